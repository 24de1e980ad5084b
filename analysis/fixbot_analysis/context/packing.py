"""Filling a budget: units taken by worth per token, overlaps merged, no line twice."""

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from fixbot_analysis.context.snippet import Snippet
from fixbot_analysis.context.units import Lines, Units

_HEADING = 2  # tokens that a snippet of its own costs its reader besides its text
_REASONS = 3  # that are told of one snippet
_SLACK = 0.7  # an offer worth less than promised is put back only where the next one promises this much more
_MISFITS = 25  # offers in a row that find no room: the budget counts as spent
_LEAST = 4  # tokens that anything costs, which keeps what was not looked at yet in front


class Part(IntEnum):
    """What a snippet is there for, in the order in which a context shows them."""

    PLACE = 0
    DEFINITION = 1
    CALLER = 2
    TEST = 3
    FILE = 4
    SIMILAR = 5
    DOCUMENT = 6


@dataclass(frozen=True, slots=True)
class Reason:
    """Why lines are taken, and the way that led to them (empty where there is none)."""

    why: str
    via: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit in forms that grow: form n gives its lines by `lines(n)`, worth the share `gains[n]` of `score` (rising).

    `lines` is called when a form is considered, as reading files is what costs.
    """

    score: float
    gains: Sequence[float]
    lines: Callable[[int], Lines]
    reason: Reason
    likely: Sequence[int]  # tokens that each form adds, as far as can be told without reading

    def worth(self, form: int, tokens: int) -> float:
        """What a form adds to the one before it, per token of `tokens`."""
        gain = self.gains[form] - self.gains[form - 1] if form else self.gains[0]
        return self.score * gain / max(tokens, _LEAST)


@dataclass(slots=True)
class _Piece:
    lines: Lines
    tokens: int
    part: Part
    order: int
    reasons: dict[int, Reason] = field(default_factory=dict)  # by order
    text: str = ""  # where it is not what the lines say


class Growth(NamedTuple):
    """What taking lines would do: the lines that would stand there, their tokens, those added, the pieces they swallow."""

    lines: Lines
    tokens: int
    added: int
    swallowed: Sequence[_Piece]


class Filling:
    """Offers of one part that are taken by worth per token; what is left waits for more room."""

    def __init__(self, packing: "Packing", offers: Iterable[Offer], part: Part) -> None:
        self._packing = packing
        self._part = part
        self._waiting = [(-o.worth(0, o.likely[0]), n, 0, o) for n, o in enumerate(offers)]
        heapq.heapify(self._waiting)

    def until(self, share: float = 1.0) -> None:
        """Take the growth that is worth most per token, again and again, until `share` of the budget is spent."""
        waiting, packing = self._waiting, self._packing
        misfits: list[tuple[float, int, int, Offer]] = []
        while waiting and len(misfits) < _MISFITS and packing.room(share) >= _LEAST:
            promised, number, form, offer = heapq.heappop(waiting)
            growth = packing.growth(offer.lines(form))
            worth = -offer.worth(form, growth.added + (0 if form else _HEADING))
            if growth.added and waiting and worth > promised and worth > _SLACK * waiting[0][0]:
                heapq.heappush(waiting, (worth, number, form, offer))
            elif not packing.take(growth, self._part, offer.reason, packing.room(share)):
                misfits.append((worth, number, form, offer))
            elif form + 1 < len(offer.gains):
                heapq.heappush(waiting, (-offer.worth(form + 1, offer.likely[form + 1]), number, form + 1, offer))
        for each in misfits:
            heapq.heappush(waiting, each)


class Packing:
    """Takes lines while there is room."""

    def __init__(self, units: Units, budget: int) -> None:
        self.budget = max(budget, 0)
        self.tokens = 0
        self._units = units
        self._pieces: dict[str, list[_Piece]] = {}  # apart from each other, by line
        self._firsts: dict[str, list[int]] = {}  # their first lines
        self._count = 0

    def room(self, share: float = 1.0) -> int:
        """Tokens left of `share` of the whole budget, counted from nothing."""
        return int(share * self.budget) - self.tokens

    def put(self, lines: Lines, part: Part, reason: Reason, room: int | None = None) -> bool:
        """Whether `lines` are in now: they are if they add at most `room` tokens (all that is left by default)."""
        left = self.budget - self.tokens
        return self.take(self.growth(lines), part, reason, left if room is None else min(room, left))

    def add(self, snippet: Snippet, part: Part) -> bool:
        """Whether a text that is no unit of code is in now: it is if there is room and nothing of its lines is in."""
        lines = Lines(snippet.path, snippet.start_line, snippet.end_line)
        if snippet.tokens > self.room() or self._overlapping(lines):
            return False
        self._count += 1
        piece = _Piece(lines, snippet.tokens, part, self._count, {self._count: Reason(snippet.why)}, snippet.text)
        self._insert(piece)
        self.tokens += snippet.tokens
        return True

    def covers(self, lines: Lines) -> bool:
        """Whether all of `lines` are in."""
        return any(p.lines.first <= lines.first and lines.last <= p.lines.last for p in self._overlapping(lines))

    def snippets(self) -> tuple[Snippet, ...]:
        """What was taken: by part, then by file as first needed, then by line; the place itself as it was taken."""
        pieces = [p for each in self._pieces.values() for p in each]
        first: dict[tuple[Part, str], int] = {}
        for piece in pieces:
            key = (piece.part, piece.lines.path)
            first[key] = min(first.get(key, piece.order), piece.order)
        pieces.sort(
            key=lambda p: (p.part, p.order if p.part is Part.PLACE else first[p.part, p.lines.path], p.lines.first)
        )
        return tuple(self._snippet(p) for p in pieces)

    def _snippet(self, piece: _Piece) -> Snippet:
        reasons = [reason for _, reason in sorted(piece.reasons.items())]
        why = "; ".join(list(dict.fromkeys(r.why for r in reasons))[:_REASONS])
        via = tuple(dict.fromkeys(r.via for r in reasons if r.via))
        lines = piece.lines
        text = piece.text or self._units.text(lines)
        return Snippet(lines.path, lines.first, lines.last, text, why, via)

    def growth(self, lines: Lines) -> Growth:
        """What taking `lines` would do."""
        inside = self._overlapping(lines)
        union = _union(lines, inside) if inside else lines
        tokens = self._units.tokens(union)
        added = tokens - sum([p.tokens for p in inside]) if inside else tokens
        return Growth(union, tokens, added, inside)

    def take(self, growth: Growth, part: Part, reason: Reason, room: int) -> bool:
        """Whether a growth is in now; it is if it adds at most `room` tokens."""
        if not growth.tokens or growth.added > room:
            return False
        if not growth.added:
            return True
        self._count += 1
        piece = _Piece(growth.lines, growth.tokens, part, self._count)
        for each in growth.swallowed:
            piece.part, piece.order = min(piece.part, each.part), min(piece.order, each.order)
            piece.reasons |= each.reasons
            at = self._firsts[growth.lines.path].index(each.lines.first)
            del self._firsts[growth.lines.path][at], self._pieces[growth.lines.path][at]
        piece.reasons[self._count] = reason
        self._insert(piece)
        self.tokens += growth.added
        return True

    def _insert(self, piece: _Piece) -> None:
        path, first, _ = piece.lines
        firsts = self._firsts.setdefault(path, [])
        at = bisect_right(firsts, first)
        firsts.insert(at, first)
        self._pieces.setdefault(path, []).insert(at, piece)

    def _overlapping(self, lines: Lines) -> Sequence[_Piece]:
        firsts = self._firsts.get(lines.path)
        if not firsts:
            return ()
        pieces = self._pieces[lines.path]
        start = end = bisect_right(firsts, lines.last)
        while start and pieces[start - 1].lines.last >= lines.first:
            start -= 1
        return pieces[start:end]


def _union(lines: Lines, pieces: Sequence[_Piece]) -> Lines:
    first, last = pieces[0].lines.first, pieces[-1].lines.last
    return Lines(lines.path, min(lines.first, first), max(lines.last, last))
