"""Whether what a model cites is there: the file, the lines, and on them a name that the sentence speaks of."""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fixbot_agent.asking.answer import Cited, Sentence
from fixbot_agent.asking.conversing.knowing import Known, listed
from fixbot_agent.asking.conversing.reading import Claim
from fixbot_agent.asking.questions import written_names
from fixbot_agent.tools import Desk
from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.outcome import Refused

_WIDEST = 150  # lines of one place: more hold any name
_SHORTEST = 3  # letters of a name that a sentence without places may not speak of
_STEM = 4  # letters that words share
_PLACE = re.compile(
    r"[`'\"]?(?P<path>[^`'\"]+?)[`'\"]?\s*(?::|#L|,?\s+lines?\s+)\s*L?(?P<first>\d+)(?:\s*[-–—:]\s*L?(?P<last>\d+))?[`'\"]?"
)
_SPAN = re.compile(r"(`+)([^`\n]+?)\1")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»\n]{4,200})[\"”“»]")
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"(?<![\w.])\d{2,}(?![\w.])")
_PART = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[A-Z]+(?![a-z])")
_EMPTY = frozenset({*keyword.kwlist, "self", "cls", "args", "kwargs"})
_COMMON = frozenset(n for n in dir(builtins) if not n.endswith(("Error", "Exception", "Warning", "Exit", "Interrupt")))


@dataclass(frozen=True, slots=True)
class Checked:
    """The sentences that stand, in order, and of each other why it does not; `doubts` say which names of those that stand are nowhere."""

    sentences: tuple[Sentence, ...]
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    @property
    def cites(self) -> bool:
        """Whether anything that stands has lines."""
        return any(s.places for s in self.sentences)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A stretch of a file: its text and the names of the definitions that it lies in."""

    text: str
    inside: frozenset[str]


class Citations:
    """Holds sentences against the files of a desk, and their names against what may be `known`.

    `sought` are words that the model looked for: it may say that they are nowhere.
    """

    def __init__(self, desk: Desk, definitions: Definitions, known: Known | None = None) -> None:
        self._desk, self._definitions = desk, definitions
        self._names = known or Known(desk, definitions)
        self.sought: set[str] = set()

    def looked(self, arguments: str, shown: str = "") -> None:
        """Take what a model looked for, and what of the past it was `shown`, which the files no longer hold."""
        asked = set(_WORD.findall(arguments))
        self.sought |= asked
        self._names.hear(word for word in _WORD.findall(shown) if word not in asked)

    def checked(self, claims: Sequence[Claim]) -> Checked:
        """Effect: read what is cited; where a name stands neither there nor among the definitions, the project and what it imports."""
        sentences: list[Sentence] = []
        problems: list[str] = []
        doubts: list[str] = []
        self._names.prepare(claim.text for claim in claims)
        for claim in claims:
            places, why = self._places(claim)
            if places or not why:
                strange = self._strangers(claim.text, places)
                sentences.append(Sentence(claim.text, places, strange))
                if unasked := [n for n in strange if not self.sought.issuperset(_WORD.findall(n))]:
                    verb = "stands" if len(unasked) == 1 else "stand"
                    doubts.append(f"“{claim.text[:300]}”: {listed(unasked)} {verb} nowhere in the project")
            else:
                problems.append(f"“{claim.text[:300]}”: {why}")
        return Checked(tuple(sentences), tuple(problems), tuple(doubts))

    def _strangers(self, text: str, places: Sequence[Cited]) -> tuple[str, ...]:
        near: set[str] = set()
        for place in places:
            lines = self._lines(place)
            near |= {*_WORD.findall(lines.text), *lines.inside, *_WORD.findall(place.path)}
        return self._names.strangers(text, near)

    def _places(self, claim: Claim) -> tuple[tuple[Cited, ...], str]:
        """The places that hold, and where none does, why not; neither for a sentence that claims nothing of the code."""
        spoken = tuple(names(claim.text))
        if not claim.cited:
            known = [name for name in spoken if name in self._known]
            return (), f"it speaks of `{known[0]}` and cites no lines" if known else ""
        held: list[Cited] = []
        whys: list[str] = []
        for written in claim.cited:
            place, why = self._place(written)
            if place is not None and not (why := self._lacks(place, claim.text, spoken)):
                held.append(place)
            elif why:
                whys.append(why)
        return tuple(dict.fromkeys(held)), "; ".join(dict.fromkeys(whys))

    @cached_property
    def _known(self) -> frozenset[str]:
        """Names of the project's definitions."""
        return frozenset(s.name for _, s in self._definitions.all() if len(s.name) >= _SHORTEST)

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self._desk.listed())

    def _place(self, written: str) -> tuple[Cited | None, str]:
        match = _PLACE.fullmatch(written.strip())
        if match is None:
            return None, f"{written[:80]!r} is no place: write 'path:12' or 'path:12-20'"
        path = self._path(match["path"].strip())
        if path is None:
            secret = is_secret(match["path"])
            return None, f"{match['path'][:120]!r} {'is not shown to you' if secret else 'is no file of the project'}"
        first = int(match["first"][:12])
        last = int((match["last"] or match["first"])[:12])
        try:
            length = len(self._desk.document(path).text.rstrip("\n").split("\n"))
        except Refused as error:
            return None, str(error)
        if not 1 <= first <= last <= length:
            return None, f"{path} has {length} lines, not {match['first'][:12]}{f' to {last}' if last != first else ''}"
        if last - first >= _WIDEST:
            return None, f"{path}:{first}-{last} are {last - first + 1} lines: cite the few that show it"
        return Cited(path, first, last if last > first else 0), ""

    def _path(self, written: str) -> str | None:
        """The file that is meant: as it is written, or the only one whose path ends so."""
        path = written.removeprefix("./")
        if path in self._paths:
            return path
        if ".." in path.split("/") or path.startswith("/"):
            return None
        ends = [p for p in self._paths if p.endswith(f"/{path}")]
        return ends[0] if len(ends) == 1 else None

    def _lacks(self, place: Cited, text: str, spoken: Sequence[str]) -> str:
        """Why the lines of `place` do not show what `text` speaks of; "" where they do, as far as can be told."""
        lines = self._lines(place)
        on_them = set(_WORD.findall(lines.text)) | lines.inside
        if on_them.intersection(spoken) or place.path in text or place.path.rpartition("/")[2] in text:
            return ""
        if any(phrase in lines.text for phrase in (*_QUOTED.findall(text), *_NUMBER.findall(text))):
            return ""
        if spoken:
            return f"nothing of {listed(spoken[:5])} stands on {place}"
        if _alike(text, (*on_them, *_WORD.findall(lines.text))):
            return ""
        return f"it names nothing that stands on {place}: name in backticks what does"

    def _lines(self, place: Cited) -> _Lines:
        rows = self._desk.document(place.path).text.split("\n")
        last = max(place.last, place.line)
        around = [s.qualname for s in self._definitions.of(place.path) if s.line <= place.line and last <= s.end_line]
        inside = {part for name in around for part in name.split(".")}
        return _Lines("\n".join(rows[place.line - 1 : last]), frozenset(inside))


def names(text: str) -> Iterator[str]:
    """The names of code that `text` speaks of, those that say most first: in backticks, or written as only code is."""
    found = [word for _, code in _SPAN.findall(text) for word in _WORD.findall(code)]
    found += [w for name in written_names(_SPAN.sub(" ", text)) for w in _WORD.findall(name) if len(w) > 1]
    told = [w for w in dict.fromkeys(found) if w not in _EMPTY]
    yield from [w for w in told if w not in _COMMON] or told


def _alike(text: str, words: Iterable[str]) -> bool:
    """Whether a word of `text` is one of those that names are made of, but for its ending."""
    parts = {p.lower() for word in words for p in _PART.findall(word) if len(p) >= _STEM and word not in _EMPTY}
    said = {w.lower() for w in _WORD.findall(text) if len(w) >= _STEM}
    return any(s[: max(_STEM, len(s) - 3)] == p[: max(_STEM, len(s) - 3)] for s in said for p in parts)
