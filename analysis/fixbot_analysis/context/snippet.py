"""Pieces of source for a reader with little room: whole units, each with its reason, none twice."""

from collections.abc import Iterable
from dataclasses import dataclass

CHARACTERS_PER_TOKEN = 4  # the usual estimate for code and English; no model's tokenizer is asked


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines `start_line` to `end_line` (from 1, both in) of `path` as text with a final line end, and why they are here."""

    path: str
    start_line: int
    end_line: int
    text: str
    why: str

    @property
    def tokens(self) -> int:
        """Estimated tokens."""
        return tokens_in(self.text)

    def covers(self, other: "Snippet") -> bool:
        """Whether every line of `other` is in this one."""
        return self.path == other.path and self.start_line <= other.start_line and other.end_line <= self.end_line

    def overlaps(self, other: "Snippet") -> bool:
        """Whether the two share a line."""
        return self.path == other.path and self.start_line <= other.end_line and other.start_line <= self.end_line


def tokens_in(text: str) -> int:
    """Estimated tokens of `text`, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit that would help: whole, and (where there is one) its short form for when the whole does not fit."""

    whole: Snippet
    short: Snippet | None = None


class Packing:
    """Takes offers in order of worth while there is room."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.snippets: list[Snippet] = []

    @property
    def tokens(self) -> int:
        """Estimated tokens of what is packed."""
        return sum(s.tokens for s in self.snippets)

    def take(self, offers: Iterable[Offer], share: float = 1.0) -> None:
        """Pack what fits; one offer may take at most `share` of the room left, else its short form is tried."""
        for offer in offers:
            left = self.budget - self.tokens
            for form, room in ((offer.whole, share * left), (offer.short, left)):
                if form is not None and form.tokens <= room and self._put(form):
                    break

    def _put(self, snippet: Snippet) -> bool:
        """Whether the snippet is in now; one that contains others takes their place, one that cuts through others stays out."""
        if any(s.covers(snippet) for s in self.snippets):
            return True
        inside = [s for s in self.snippets if snippet.covers(s)]
        if any(s.overlaps(snippet) for s in self.snippets if s not in inside):
            return False
        first = self.snippets.index(inside[0]) if inside else len(self.snippets)
        kept = [s for s in self.snippets[:first] if s not in inside]
        self.snippets = [*kept, snippet, *(s for s in self.snippets[first:] if s not in inside)]
        return True
