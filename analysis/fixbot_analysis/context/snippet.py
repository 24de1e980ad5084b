"""Pieces of source for a reader with little room: whole units, each with its reason and the way that led to it."""

from dataclasses import dataclass

CHARACTERS_PER_TOKEN = 4  # the usual estimate for code and English; no model's tokenizer is asked


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines `start_line` to `end_line` (from 1, both in) of `path` as text with a final line end, and why they are here.

    `via` holds the ways through the graph that led here, one for each definition in it:
    ``cart.total -> Cart (returns) -> Money (annotation)``.
    """

    path: str
    start_line: int
    end_line: int
    text: str
    why: str
    via: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """Estimated tokens of the text."""
        return tokens_in(self.text)


def tokens_in(text: str) -> int:
    """Estimated tokens of `text`, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
