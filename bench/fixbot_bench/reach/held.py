"""One fix held against the candidates that would be made where it was: which of them are the developer's change, and how all rank."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_bench.reach.mining import Fix, Place
from fixbot_bench.reach.sameness import normal, words
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Proposal, proposals
from fixbot_repair.candidates.insight import Insight

_AROUND = 5  # lines before and after what is in no function that are suspected as well
Edits = Sequence[tuple[Span, str]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Candidates for one place of a fix, all lines of the function around it suspected alike; `right` are indices of the developer's."""

    place: Place
    found: Sequence[Proposal]
    right: tuple[int, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """Names of the templates that make the developer's change."""
        return tuple(sorted({self.found[i].template.name for i in self.right}))


class Held:
    """A fix and the file that it changed; `insight` knows the project around it, where there is one."""

    def __init__(self, fix: Fix, insight: Insight | None = None) -> None:
        self.fix, self.code = fix, Code(fix.path, fix.before, insight)

    @cached_property
    def places(self) -> tuple[Placed, ...]:
        """Each place with its candidates."""
        return tuple(self._placed(place) for place in self.fix.places)

    def _placed(self, place: Place) -> Placed:
        unit = self._unit(place)
        found = proposals(self.code, dict.fromkeys(self._lines(place, unit), 1.0))
        target = _Target(self.fix, place, self._whole(unit))
        return Placed(place, found, tuple(i for i, p in enumerate(found) if target.is_made_by(p.rewrite.edits)))

    def _lines(self, place: Place, unit: Node | None) -> range:
        if unit is not None:
            return range(unit.start_point[0] + 1, unit.end_point[0] + 2)
        first = self.fix.before.count(b"\n", 0, place.span.start) + 1
        return range(first - _AROUND, first + place.text.count(b"\n") + _AROUND + 1)

    def _unit(self, place: Place) -> Node | None:
        """The innermost function around the place."""
        inside = place.span.start + len(place.text) - len(place.text.lstrip()) if len(place.span) else place.span.start
        node = self.code.root.descendant_for_byte_range(min(inside, place.span.end), max(place.span.end - 1, inside))
        while node is not None and node.type != "function_definition":
            node = node.parent
        return node

    def _whole(self, unit: Node | None) -> Span:
        """Whole lines of `unit`, of the file where it is none."""
        data = self.fix.before
        if unit is None:
            return Span(0, len(data))
        end = data.find(b"\n", unit.end_byte)
        return Span(data.rfind(b"\n", 0, unit.start_byte) + 1, len(data) if end < 0 else end + 1)


class _Target:
    """What the developer made of the lines `unit`."""

    def __init__(self, fix: Fix, place: Place, unit: Span) -> None:
        self._before, self._unit = fix.before, unit
        grown = len(place.text) - len(place.span)
        self._wanted = difference(fix.before[place.span.start : place.span.end], place.text)
        self._whole = normal(fix.after([place]))
        self._part = normal(fix.after([place])[unit.start : unit.end + grown])

    def is_made_by(self, edits: Edits) -> bool:
        """Whether the file with `edits` says the same as with the developer's change."""
        if not self._agrees(edits):
            return False
        ordered = sorted(edits)
        inside = self._unit.start <= ordered[0][0].start and ordered[-1][0].end <= self._unit.end
        span, wanted = (self._unit, self._part) if inside else (Span(0, len(self._before)), self._whole)
        return wanted is not None and normal(b"".join(_pieces(self._before, ordered, span))) == wanted

    def _agrees(self, edits: Edits) -> bool:
        """Whether the words that come and go are those of the developer's change: cheap, and asked first."""
        gone = b" ".join(self._before[span.start : span.end] for span, _ in edits)
        return difference(gone, b" ".join(text.encode() for _, text in edits)) == self._wanted


def difference(before: bytes, after: bytes) -> Mapping[bytes, int]:
    """How often each word comes (more than nought) or goes (less) from `before` to `after`."""
    counts = words(after)
    counts.subtract(words(before))
    return {word: count for word, count in counts.items() if count}


def _pieces(data: bytes, ordered: Edits, whole: Span) -> Iterator[bytes]:
    at = whole.start
    for span, text in ordered:
        yield data[at : span.start]
        yield text.encode()
        at = span.end
    yield data[at : whole.end]
