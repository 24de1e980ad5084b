"""A Python text cut between statements of its outermost level, so that after an edit only what is around it is parsed again.

What is guaranteed: the trees of the pieces, each parsed alone, are together the tree of the whole text, which has no error. Where that
cannot be shown of an edited text, there are no pieces of it, and the whole is to be parsed.

In languages with ``/*`` that does not hold: without the end of a comment, which may stand anywhere below, its begin reads as something else.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from fixbot_analysis.syntax.tree import SyntaxTree

_LEAST = 2_000  # bytes of a piece, where a statement does not end the file sooner
_WIDER = 2  # times that the neighbours are taken in, where what was edited does not stand alone

Shape = tuple[tuple[str, int, int], ...]  # statements: kind, and bytes from the begin of their piece


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` is the byte that it begins with: the first of a line, where a statement begins (of the first piece, the file)."""

    start: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Pieces:
    """The text `data` (UTF-8) in pieces, none of them without a statement."""

    data: bytes
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, tree: SyntaxTree) -> "Pieces | None":
        """What a whole text is cut into; None where it has an error or no statement, or is not Python."""
        if tree.language != "python" or tree.given_up or tree.root.has_error:
            return None
        return cls(tree.data, found) if (found := tuple(_cut(tree, 0, 0, len(tree.data)))) else None

    def __len__(self) -> int:
        return len(self.pieces)

    def text(self, number: int) -> bytes:
        """What a piece reads."""
        return self.data[self.pieces[number].start : self._end(number)]

    def tree(self, number: int) -> SyntaxTree | None:
        """A piece, parsed: its bytes are counted from its begin; None where it does not read alone as it does in the whole."""
        tree = SyntaxTree.parse(self.text(number))
        is_same = (
            not tree.root.has_error and not tree.given_up and _shape(tree.root.children, 0) == self.pieces[number].shape
        )
        return tree if is_same else None

    def edited(self, data: bytes) -> "Edited | None":
        """The pieces of `data`: only those that differ, and what is beside them, is parsed; None where that does not show how it is to be cut."""
        head, tail = _common(self.data, data)
        starts = [piece.start for piece in self.pieces]
        first = bisect_right(starts, head) - 1
        last = max(bisect_left(starts, len(self.data) - tail) - 1, first)
        for _ in range(_WIDER + 1):
            base, end = self.pieces[max(first - 1, 0)].start, self._end(min(last + 1, len(self) - 1))
            tree = SyntaxTree.parse(data[base : end + len(data) - len(self.data)])
            if tree.given_up or tree.root.has_error:
                return None  # more of the text around would seldom mend it
            if (found := self._fitted(data, tree, first, last)) is not None:
                return found
            if not first and last == len(self) - 1:
                return None
            first, last = max(first - 1, 0), min(last + 1, len(self) - 1)
        return None

    def _fitted(self, data: bytes, tree: SyntaxTree, first: int, last: int) -> "Edited | None":
        """`data` with the pieces from `first` to `last` cut anew, by the `tree` of them between their neighbours; None where these are not as they were.

        A parser knows no more, where a statement of the outermost level begins, than that one does, and what follows it. So where the
        neighbour behind still begins one, the rest reads as it did; and the one before shows what the edit makes of what it ends with.
        """
        grown, pieces = len(data) - len(self.data), self.pieces
        low, high = max(first - 1, 0), min(last + 1, len(self) - 1)
        base = pieces[low].start
        begin, finish = pieces[first].start - base, self._end(last) + grown - base
        new = tuple(_cut(tree, base, begin, finish))
        whole = _shape(tree.root.children, 0)
        kept = (
            (low, 0, begin) if low < first else None,
            (high, finish, len(tree.data)) if high > last else None,
        )
        if not new or new[0].start != begin + base:
            return None
        if any(side and _between(whole, side[1], side[2]) != pieces[side[0]].shape for side in kept):
            return None
        after = (Piece(piece.start + grown, piece.shape) for piece in pieces[last + 1 :])
        return Edited(Pieces(data, (*pieces[:first], *new, *after)), first, last + 1, first + len(new))

    def _end(self, number: int) -> int:
        return self.pieces[number + 1].start if number + 1 < len(self) else len(self.data)


@dataclass(frozen=True, slots=True)
class Edited:
    """Pieces of an edited text: [first, old_end) of the earlier ones are now [first, new_end), the others are as they were."""

    pieces: Pieces
    first: int
    old_end: int
    new_end: int


def _cut(tree: SyntaxTree, base: int, begin: int, finish: int) -> Iterator[Piece]:
    """The pieces of a parsed text from byte `begin` to `finish`; in the file that text begins at byte `base`. None where it cannot be cut there."""
    children = [c for c in tree.root.children if begin <= c.start_byte < finish]
    if not begin and children:
        start = 0
    elif children and _opens(children[0]) and children[0].start_byte == begin:
        start = begin
    else:
        return
    held: list[Node] = []
    has_statement = False
    for child in children:
        if has_statement and child.start_byte - start >= _LEAST and _opens(child):
            yield Piece(base + start, _shape(held, start))
            held, has_statement, start = [], False, child.start_byte
        held.append(child)
        has_statement = has_statement or not child.is_extra
    if has_statement:
        yield Piece(base + start, _shape(held, start))


def _opens(node: Node) -> bool:
    """Whether a piece may begin with a node of the outermost level: a comment belongs to no statement, and says nothing of what comes before."""
    return not node.is_extra and node.start_point[1] == 0


def _shape(nodes: Sequence[Node], start: int) -> Shape:
    return tuple([(node.type, node.start_byte - start, node.end_byte - start) for node in nodes])


def _between(shape: Shape, begin: int, finish: int) -> Shape:
    return tuple([(kind, start - begin, end - begin) for kind, start, end in shape if begin <= start < finish])


def _common(old: bytes, new: bytes) -> tuple[int, int]:
    """How many bytes the two begin with, and end with, in common."""
    limit = min(len(old), len(new))
    head = _longest(old, new, limit, 1)
    return head, _longest(old, new, limit - head, -1)


def _longest(old: bytes, new: bytes, limit: int, way: int) -> int:
    """The largest n up to `limit` such that the first (`way` 1) or last n bytes are the same, by bisection."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if way > 0:
            is_same = old[low:middle] == new[low:middle]
        else:
            is_same = old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]
        low, high = (middle, high) if is_same else (low, middle - 1)
    return low
