"""Which definition or block a byte belongs to: spans nested in each other, flattened into segments."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from fixbot_analysis.source import Span

T = TypeVar("T")


class Segments(Generic[T]):
    """A file cut at every border of a span; each piece belongs to the innermost one around it, else to `outer`."""

    def __init__(self, size: int, owned: Iterable[tuple[Span, T]], outer: T) -> None:
        """`owned` are spans with their owners, nested or apart, by start, outer before inner."""
        self._size = size
        self._starts = starts = [0]
        self._owners = owners = [outer]
        around: list[tuple[int, T]] = [(size, outer)]
        end = size
        for span, owner in owned:
            start = span.start
            while end <= start and len(around) > 1:
                starts.append(end)
                around.pop()
                end, inner = around[-1]
                owners.append(inner)
            starts.append(start)
            owners.append(owner)
            end = span.end
            around.append((end, owner))
        while len(around) > 1:
            starts.append(around.pop()[0])
            owners.append(around[-1][1])

    def owner(self, offset: int) -> T:
        """Owner of the innermost span that holds `offset`."""
        return self._owners[bisect_right(self._starts, offset) - 1]

    def pieces(self) -> Iterator[tuple[int, int, T]]:
        """Start, end and owner of every piece that is not empty, in order."""
        ends = [*self._starts[1:], self._size]
        return ((a, b, owner) for a, b, owner in zip(self._starts, ends, self._owners, strict=True) if a < b)

    def __iter__(self) -> Iterator[tuple[Span, T]]:
        """Every piece that is not empty, in order, with its owner."""
        return ((Span(start, end), owner) for start, end, owner in self.pieces())
