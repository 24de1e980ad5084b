"""What was learnt of each endpoint's model: how to speak to it, what it can do, how long its context is, how it counts. Remembered on disk."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from fixbot_agent.models.dialect import FORMATS, Dialect
from fixbot_agent.models.keeping.file import Document, SharedFile, number, table
from fixbot_agent.models.model import Endpoint
from fixbot_agent.models.tokens import Counter, Sample, calibrated

ABILITIES = ("tools", "stream", "fim", "json_schema", "vision", "reasoning", "parallel")
_KEPT = (*ABILITIES, "rerank")
_HOLDS = 30 * 86400.0  # seconds that a finding holds
_REFUSED = 86400.0  # seconds that a refusal holds: a server may be set up anew by tomorrow
_MOST = 200  # models that are remembered
_SAMPLES = 24
_CONTEXTS = (256, 1 << 28)  # tokens: what is smaller or larger is nobody's


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether a model can do one thing, and since when that is known (seconds since 1970)."""

    can: bool
    at: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of one model. `context` in tokens, 0 where it is not known; `said` by whom it was told."""

    dialect: Dialect = field(default_factory=Dialect)
    dialect_at: float = 0.0
    context: int = 0
    said: str = ""
    context_at: float = 0.0
    abilities: Mapping[str, Ability] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    at: float = 0.0

    @property
    def counter(self) -> Counter:
        """How its tokens are estimated."""
        return calibrated(self.samples)

    def can(self, ability: str) -> bool | None:
        """Whether it can do `ability`; None where nobody knows."""
        found = self.abilities.get(ability)
        return found.can if found else None

    def with_ability(self, name: str, *, can: bool) -> "Learnt":
        """It was seen that it can, or cannot."""
        return replace(self, abilities={**self.abilities, name: Ability(can, time.time())})

    def spoken(self, dialect: Dialect) -> "Learnt":
        """It wants to be spoken to so."""
        return replace(self, dialect=dialect, dialect_at=time.time())

    def with_sample(self, sample: Sample) -> "Learnt":
        """One answer more counted its tokens."""
        return replace(self, samples=(*self.samples, sample)[-_SAMPLES:])

    def with_context(self, tokens: int, said: str) -> "Learnt":
        """Its context is `tokens` long, `said` so."""
        good = _CONTEXTS[0] <= tokens <= _CONTEXTS[1]
        if not good:
            return replace(self, said=self.said or said)
        return replace(self, context=tokens, said=said, context_at=time.time())


class Known:
    """What is learnt, in `folder`; without one, in this process alone. For any thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = SharedFile(folder / "known.json") if folder else None
        self._own: Document = {}

    def of(self, endpoint: Endpoint) -> Learnt:
        """Effect: reads the file. What is known of `endpoint`, less what is too old to be believed."""
        kept = self._file.read() if self._file else self._own
        return _read(table(kept.get(key_of(endpoint))), time.time())

    def change(self, endpoint: Endpoint, alter: Callable[[Learnt], Learnt]) -> Learnt:
        """Effect: keep what `alter` makes of what is known; returns it."""

        def changed(kept: Document) -> Learnt:
            key, now = key_of(endpoint), time.time()
            was = _read(table(kept.get(key)), now)
            better = alter(was)
            if better != was:
                kept[key] = _written(replace(better, at=now))
                oldest = sorted(kept, key=lambda k: number(table(kept[k]).get("at")))
                for old in oldest[: max(len(kept) - _MOST, 0)]:
                    del kept[old]
            return better

        return self._file.change(changed) if self._file else changed(self._own)


def key_of(endpoint: Endpoint) -> str:
    """What one model of one endpoint is known by."""
    return f"{endpoint.gguf or endpoint.base_url.rstrip('/')} {endpoint.model}"


def _written(learnt: Learnt) -> Document:
    return {
        "dialect": asdict(learnt.dialect),
        "dialect_at": learnt.dialect_at,
        "context": learnt.context,
        "said": learnt.said,
        "context_at": learnt.context_at,
        "abilities": {name: asdict(a) for name, a in learnt.abilities.items()},
        "samples": [[*s.kinds, s.messages, s.tokens] for s in learnt.samples],
        "at": learnt.at,
    }


def _read(entry: Document, now: float) -> Learnt:
    dated = number(entry.get("dialect_at"))
    dialect = _dialect(table(entry.get("dialect"))) if 0 <= now - dated < _REFUSED * 7 else Dialect()
    abilities = {}
    for name, value in table(entry.get("abilities")).items():
        can, at = table(value).get("can"), number(table(value).get("at"))
        if name in _KEPT and isinstance(can, bool) and 0 <= now - at < (_HOLDS if can else _REFUSED):
            abilities[name] = Ability(can, at)
    stored = entry.get("samples")
    samples = tuple(filter(None, map(_sample, stored[-_SAMPLES:]))) if isinstance(stored, list) else ()
    context, context_at, at = (
        int(number(entry.get("context"))),
        number(entry.get("context_at")),
        number(entry.get("at")),
    )
    if not _CONTEXTS[0] <= context <= _CONTEXTS[1] or not 0 <= now - context_at < _REFUSED * 7:
        context, entry = 0, {**entry, "said": ""}
    return Learnt(dialect, dated, context, str(entry.get("said") or "")[:80], context_at, abilities, samples, at)


def _dialect(stored: Document) -> Dialect:
    """A dialect as it was kept; what is not of its type is as it is for most."""
    usual, made = Dialect(), {}
    for one in fields(Dialect):
        value, default = stored.get(one.name), getattr(usual, one.name)
        fits = isinstance(value, bool) if default is None or isinstance(default, bool) else isinstance(value, str)
        if fits:
            made[one.name] = value
    if made.get("format") not in FORMATS or made.get("limit") not in ("max_tokens", "max_completion_tokens"):
        return usual
    return replace(usual, **made)  # type: ignore[arg-type]


def _sample(stored: object) -> Sample | None:
    if not isinstance(stored, list) or len(stored) != 5 or not all(type(n) is int and 0 <= n < 1 << 30 for n in stored):
        return None
    return Sample((stored[0], stored[1], stored[2]), stored[3], stored[4])
