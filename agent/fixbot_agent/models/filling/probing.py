"""By which way a model fills a hole: each is tried with holes that only one who sees what follows can fill."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.errors import ModelError
from fixbot_agent.models.filling.families import family_of
from fixbot_agent.models.filling.filler import Filler
from fixbot_agent.models.filling.hole import Hole
from fixbot_agent.models.listing import Served
from fixbot_agent.models.refusing import Transient

_PATIENCE = 20.0  # seconds that one probe may take: a model may have to be loaded first
_TOKENS = 24
_TRIES = 2
# Words that nobody would put there who did not read them below.
_WORDS = (
    "viridian", "saffron", "periwinkle", "cerulean", "vermilion", "chartreuse", "heliotrope", "alizarin", "gamboge", "celadon",
    "amaranth", "fuchsia", "mauve", "ochre", "sepia", "umber",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What one way came to: `fills` whether what follows was read; None where it could not be told. `said` in words."""

    way: str
    fills: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Way:
    """How an endpoint's model is asked: `way` "" where none was seen to work. `at` in seconds since 1970.

    `is_set` where the settings name the way; `findings` are what was tried, in order.
    """

    way: str
    findings: tuple[Finding, ...] = ()
    at: float = 0.0
    is_set: bool = False

    @property
    def fills(self) -> bool | None:
        """Whether it was seen to fill the middle."""
        return next((f.fills for f in self.findings if f.way == self.way), None)

    @property
    def why(self) -> str:
        """In words: what was found, way by way."""
        found = "; ".join(f"{f.way}: {f.said}" for f in self.findings)
        return f"set in the settings{'; ' + found if found else ''}" if self.is_set else found


def find_way(filler: Filler, served: Sequence[Served], fim: str = "auto") -> Way:
    """Effect: asks the endpoint a few short questions. The first way that fills, or the one that the settings name.

    Raises Transient where the endpoint cannot be reached, so that nothing is concluded from its silence.
    """
    findings: list[Finding] = []
    for way in (fim,) if fim != "auto" else ways_for(filler.endpoint.model, served):
        found = _tried(filler, way)
        findings.append(found)
        if found.fills:
            return Way(way, tuple(findings), time.time(), is_set=fim != "auto")
    return Way(fim if fim != "auto" else "", tuple(findings), time.time(), is_set=fim != "auto")


def ways_for(model: str, served: Sequence[Served]) -> tuple[str, ...]:
    """The ways worth a try, likeliest first, by what the server says of itself and of the model."""
    own = [s for s in served if s.id == model] or list(served[:1])
    family = family_of(model) or next((name for s in own if (name := family_of(s.id))), "")
    owner = next((s.owner.casefold() for s in own), "")
    if "llamacpp" in owner:
        order: tuple[str, ...] = ("infill", family, "chat")
    elif "mistral" in owner or (family == "codestral" and not served):
        order = ("mistral", "suffix", family, "chat")
    elif owner in ("library", "ollama"):
        order = ("suffix", family, "chat")
    elif family:  # vLLM, SGLang and their like refuse or forget a suffix, and pass tokens on
        order = (family, "suffix", "mistral", "infill", "chat")
    else:
        order = ("suffix", "infill", "mistral", "chat")
    return tuple(dict.fromkeys(way for way in order if way))


def probes() -> Iterator[tuple[Hole, str]]:
    """Holes, each with the word that belongs in it."""
    for word in random.sample(_WORDS, _TRIES):
        yield Hole("colours.py", 'colour = "', f'"\n\nassert colour == "{word}"\n', one_line=True), word


def _tried(filler: Filler, way: str) -> Finding:
    said = ""
    for hole, word in probes():
        try:
            text = _answer(filler, way, hole)
        except Transient:
            raise
        except ModelError as error:
            return Finding(way, fills=False, said=f"refused ({error.message[:160]})")
        if text.strip(" \t\n\"'").casefold().startswith(word):
            return Finding(way, fills=True, said="fills what only the text behind the cursor tells")
        said = f"wrote {text.strip()[:24]!r} where what follows asked for {word!r}: it does not read what follows"
    return Finding(way, fills=False, said=said)


def _answer(filler: Filler, way: str, hole: Hole) -> str:
    """The first line of the answer."""
    text = ""
    for text in filler.begin(hole, way, _TOKENS, _PATIENCE, () if way == "chat" else ("\n",)).texts():
        if "\n" in text.lstrip("\n"):
            break
    return text.lstrip("\n").partition("\n")[0]
