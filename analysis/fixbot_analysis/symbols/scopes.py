"""Which definition a byte belongs to: definitions nested in each other, flattened into segments."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from fixbot_analysis.source import Span


class Segments:
    """A file cut at every border of a definition; each piece belongs to the innermost definition around it."""

    def __init__(self, size: int, owned: Iterable[tuple[Span, str]]) -> None:
        """`owned` are spans with their owners' names, nested or apart, by start, outer before inner."""
        self._size = size
        self._starts = [0]
        self._owners = [""]
        around: list[tuple[int, str]] = []
        for span, owner in owned:
            self._leave(around, span.start)
            self._cut(span.start, owner)
            around.append((span.end, owner))
        self._leave(around, size)

    def owner(self, offset: int) -> str:
        """Name of the innermost definition that holds `offset`, ``""`` for the module."""
        return self._owners[bisect_right(self._starts, offset) - 1]

    def __iter__(self) -> Iterator[tuple[Span, str]]:
        """Every piece that is not empty, in order."""
        ends = [*self._starts[1:], self._size]
        for start, end, owner in zip(self._starts, ends, self._owners, strict=True):
            if start < end:
                yield Span(start, end), owner

    def _leave(self, around: list[tuple[int, str]], offset: int) -> None:
        while around and around[-1][0] <= offset:
            end, _ = around.pop()
            self._cut(end, around[-1][1] if around else "")

    def _cut(self, offset: int, owner: str) -> None:
        self._starts.append(offset)
        self._owners.append(owner)
