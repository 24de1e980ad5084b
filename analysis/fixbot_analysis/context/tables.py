"""Nodes and edges of files that are looked at again and again: where each stands in its file's block, told once a file."""

from collections.abc import Iterator, Mapping, Sequence

from fixbot_analysis.graph import EdgeKind, Node
from fixbot_analysis.graph.blocks import SYMBOL_KINDS
from fixbot_analysis.graph.links import Links
from fixbot_analysis.graph.model import KINDS, Edge


class Tables:
    """Of one graph's links. :class:`Links` finds a node or its edges by walking along the block, which suits a single look."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._nodes: dict[str, Mapping[int, int]] = {}
        self._edges: dict[str, Mapping[int, int]] = {}

    def node(self, node: str) -> Node | None:
        """The class, function or method of an id; None where there is none."""
        path, _, qualname = node.partition("::")
        block, number = self._links.blocks.get(path), self._links.numbers.known(node)
        if block is None or number is None:
            return None
        if path not in self._nodes:
            self._nodes[path] = _firsts(block.numbers)
        at = self._nodes[path].get(number)
        if at is None:
            return None
        name = qualname.rpartition(".")[2]
        return Node(node, SYMBOL_KINDS[block.kinds[at]], path, block.lines[at], block.ends[at], name)

    def sure(self, node: str, kinds: Sequence[EdgeKind]) -> Iterator[Edge]:
        """Edges of these `kinds` that begin at `node` and are not guessed, in the links' order."""
        path, _, _ = node.partition("::")
        block, number = self._links.blocks.get(path), self._links.numbers.known(node)
        if block is None or number is None:
            return
        if path not in self._edges:
            self._edges[path] = _firsts(block.sources)
        codes, sources = {KINDS.index(kind) for kind in kinds}, block.sources
        at = self._edges[path].get(number, len(sources))
        while at < len(sources) and sources[at] == number:
            if block.edge_kinds[at] in codes:
                yield self._links.edge(block, at)
            at += 1


def _firsts(numbers: Sequence[int]) -> Mapping[int, int]:
    """Where each number stands first."""
    last = len(numbers) - 1
    return dict(zip(reversed(numbers), range(last, -1, -1), strict=True))
