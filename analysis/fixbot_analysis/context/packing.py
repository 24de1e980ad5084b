"""Filling a budget: units taken by worth per token, overlaps merged, no line twice."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from fixbot_analysis.context.snippet import Snippet
from fixbot_analysis.context.units import Lines, Units

_HEADING = 6  # tokens that a snippet of its own costs its reader besides its text
_REASONS = 3  # that are told of one snippet
_LEAST = 4  # tokens that anything costs, which keeps what was not looked at yet in front


class Part(IntEnum):
    """What a snippet is there for, in the order in which a context shows them."""

    PLACE = 0
    DEFINITION = 1
    CALLER = 2
    TEST = 3
    SIMILAR = 4
    DOCUMENT = 5


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


@dataclass(slots=True)
class _Piece:
    lines: Lines
    tokens: int
    part: Part
    order: int
    reasons: list[Reason] = field(default_factory=list)


class Packing:
    """Takes lines while there is room."""

    def __init__(self, units: Units, budget: int) -> None:
        self.budget = max(budget, 0)
        self.tokens = 0
        self._units = units
        self._pieces: dict[str, list[_Piece]] = {}
        self._count = 0

    def room(self, share: float = 1.0) -> int:
        """Tokens left of `share` of the whole budget, counted from nothing."""
        return int(share * self.budget) - self.tokens

    def put(self, lines: Lines, part: Part, reason: Reason, room: int | None = None) -> bool:
        """Whether `lines` are in now: they are if they add at most `room` tokens (all that is left by default)."""
        if self.covers(lines):
            return True
        inside = self._overlapping(lines)
        union = _union([lines, *(p.lines for p in inside)])
        tokens = self._units.tokens(union)
        added = tokens - sum(p.tokens for p in inside)
        left = self.budget - self.tokens
        if not tokens or added > (left if room is None else min(room, left)):
            return False
        self._count += 1
        piece = _Piece(union, tokens, part, self._count)
        for each in inside:
            piece.part, piece.order = min(piece.part, each.part), min(piece.order, each.order)
            piece.reasons += each.reasons
            self._pieces[lines.path].remove(each)
        piece.reasons.append(reason)
        self._pieces.setdefault(lines.path, []).append(piece)
        self.tokens += added
        return True

    def covers(self, lines: Lines) -> bool:
        """Whether all of `lines` are in."""
        return any(p.lines.first <= lines.first and lines.last <= p.lines.last for p in self._overlapping(lines))

    def cost(self, lines: Lines) -> int:
        """Tokens that `lines` would add."""
        inside = self._overlapping(lines)
        union = _union([lines, *(p.lines for p in inside)])
        return self._units.tokens(union) - sum(p.tokens for p in inside)

    def fill(self, offers: Iterable[Offer], part: Part, share: float = 1.0) -> None:
        """Take the growth that is worth most per token, again and again, until `share` of the budget is spent."""
        waiting = [(-o.score * o.gains[0] / _LEAST, n, 0, o) for n, o in enumerate(offers)]
        heapq.heapify(waiting)
        while waiting and self.room(share) > 0:
            promised, number, form, offer = heapq.heappop(waiting)
            lines = offer.lines(form)
            covered = self.covers(lines)
            worth = 0.0 if covered else -self._worth(offer, form, lines)
            if not covered and worth > promised and waiting and worth > waiting[0][0]:
                heapq.heappush(waiting, (worth, number, form, offer))
            elif (covered or self.put(lines, part, offer.reason, self.room(share))) and form + 1 < len(offer.gains):
                gain = offer.gains[form + 1] - offer.gains[form]
                heapq.heappush(waiting, (-offer.score * gain / _LEAST, number, form + 1, offer))

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
        why = "; ".join(list(dict.fromkeys(r.why for r in piece.reasons))[:_REASONS])
        via = tuple(dict.fromkeys(r.via for r in piece.reasons if r.via))
        lines = piece.lines
        return Snippet(lines.path, lines.first, lines.last, self._units.text(lines), why, via)

    def _overlapping(self, lines: Lines) -> list[_Piece]:
        pieces = self._pieces.get(lines.path, ())
        return [p for p in pieces if p.lines.first <= lines.last and lines.first <= p.lines.last]

    def _worth(self, offer: Offer, form: int, lines: Lines) -> float:
        """What a form adds, per token that it adds."""
        before = offer.gains[form - 1] if form else 0.0
        tokens = self.cost(lines) + (0 if form else _HEADING)
        return offer.score * (offer.gains[form] - before) / max(tokens, _LEAST)


def _union(ranges: Sequence[Lines]) -> Lines:
    return Lines(ranges[0].path, min(r.first for r in ranges), max(r.last for r in ranges))
