"""A concrete syntax tree of one file, and the tree after an edit, parsed again only where it changed."""

from tree_sitter import Node, Tree

from fixbot_analysis.source import Span
from fixbot_analysis.syntax.grammars import captures, is_costly, parse, parser

ERRORS = "(ERROR) @error (MISSING) @error"  # a query for where the text breaks the grammar


class SyntaxTree:
    """`data` (UTF-8, at most 4 GB) and its tree; every offset counts bytes. Any bytes have a tree: see :meth:`errors`.

    A tree is never changed: an edit gives a new one. What takes the parser, or would take a query, too long has an empty tree, and is one error.
    """

    def __init__(self, data: bytes, tree: Tree | None, language: str) -> None:
        """`tree` is None where the parse was given up."""
        self.data = data
        self.language = language
        self.given_up = tree is None or is_costly(tree.root_node)
        self._tree = parser(language).parse(b"") if tree is None or self.given_up else tree

    @classmethod
    def parse(cls, data: bytes, language: str = "python") -> "SyntaxTree":
        """Parse from scratch. Raises KeyError for a language without grammar."""
        return cls(data, parse(language, data), language)

    def edited(self, data: bytes, start: int, old_end: int, new_end: int) -> "SyntaxTree":
        """The tree of `data`, which is this one's with bytes [start, old_end) replaced by data[start:new_end].

        Raises ValueError where the offsets do not fit the two texts.
        """
        grown = new_end - old_end
        if not 0 <= start <= min(old_end, new_end) or old_end > len(self.data) or len(self.data) + grown != len(data):
            raise ValueError(
                f"edit [{start}, {old_end}) -> {new_end} does not lead from {len(self.data)} to {len(data)} bytes"
            )
        if self.given_up:
            return SyntaxTree.parse(data, self.language)
        old = self._tree.copy()
        at, before, after = _point(self.data, start), _point(self.data, old_end), _point(data, new_end)
        old.edit(start, old_end, new_end, at, before, after)
        return SyntaxTree(data, parse(self.language, data, old), self.language)

    @property
    def root(self) -> Node:
        """The node that covers the whole file."""
        return self._tree.root_node

    def node_at(self, offset: int) -> Node:
        """The smallest named node that holds the byte `offset` (clamped to the file)."""
        offset = min(max(offset, 0), len(self.data))
        return self.root.named_descendant_for_byte_range(offset, offset) or self.root

    def captures(self, query: str) -> dict[str, list[Node]]:
        """What a tree-sitter `query` captures: name -> nodes in order, outer before inner; empty where nothing matches."""
        return captures(self.language, query, self.root)

    def errors(self) -> tuple[Span, ...]:
        """Where the text breaks the grammar: what could not be parsed, and (as empty spans) what is missing."""
        if self.given_up:
            return (Span(0, len(self.data)),)
        if not self.root.has_error:
            return ()
        found = self.captures(ERRORS).get("error", [self.root])  # the root stands for an error below the depth limit
        return tuple(Span(n.start_byte, n.end_byte) for n in found)


def _point(data: bytes, offset: int) -> tuple[int, int]:
    """Row and column (bytes) of `offset`."""
    return data.count(b"\n", 0, offset), offset - (data.rfind(b"\n", 0, offset) + 1)
