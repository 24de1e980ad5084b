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
        self._starts = [0]
        self._owners = [outer]
        around: list[tuple[int, T]] = []
        for span, owner in owned:
            self._leave(around, span.start)
            self._cut(span.start, owner)
            around.append((span.end, owner))
        self._leave(around, size)

    def owner(self, offset: int) -> T:
        """Owner of the innermost span that holds `offset`."""
        return self._owners[bisect_right(self._starts, offset) - 1]

    def __iter__(self) -> Iterator[tuple[Span, T]]:
        """Every piece that is not empty, in order."""
        ends = [*self._starts[1:], self._size]
        for start, end, owner in zip(self._starts, ends, self._owners, strict=True):
            if start < end:
                yield Span(start, end), owner

    def _leave(self, around: list[tuple[int, T]], offset: int) -> None:
        while around and around[-1][0] <= offset:
            end, _ = around.pop()
            self._cut(end, around[-1][1] if around else self._owners[0])

    def _cut(self, offset: int, owner: T) -> None:
        self._starts.append(offset)
        self._owners.append(owner)
