"""The links of a project at one moment: the blocks of its files, and how to get from a node to its place and its edges."""

import sys
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import accumulate

from fixbot_analysis.graph.blocks import SYMBOL_KINDS, Block, Numbers
from fixbot_analysis.graph.model import GUESSED, KINDS, Edge, Node
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.symbols import SymbolKind

_METHOD = SYMBOL_KINDS.index(SymbolKind.METHOD)
_WIDTH = array("I").itemsize  # bytes of a number
_FEW = 50  # questions; for more of them a table is worth its making


class Links(Mapping[str, Node]):
    """Nodes by id, made when they are looked at, and the edges at each; `blocks` are by path, `modules` maps their names.

    Never changed once made: what changed is linked into another one, which shares the blocks that stay.
    """

    def __init__(self, blocks: Mapping[str, Block], numbers: Numbers, modules: ModuleMap | None = None) -> None:
        self.blocks = blocks
        self.numbers = numbers
        self._modules = modules
        self._asked = 0

    @property
    def modules(self) -> ModuleMap:
        """The map of the project's modules."""
        self._modules = self._modules or ModuleMap(self.blocks)
        return self._modules

    @cached_property
    def in_order(self) -> tuple[Block, ...]:
        """The blocks by path."""
        return tuple(self.blocks[path] for path in sorted(self.blocks))

    def __getitem__(self, node: str) -> Node:
        path, _, qualname = node.partition("::")
        block, number = self.blocks.get(path), self.numbers.known(node)
        if block is None or number is None or number not in block.numbers:
            raise KeyError(node)
        return self._node(block, block.numbers.index(number), path, qualname)

    def __contains__(self, node: object) -> bool:
        block = self.blocks.get(node.partition("::")[0]) if isinstance(node, str) else None
        return block is not None and self.numbers.known(str(node)) in block.numbers

    def __iter__(self) -> Iterator[str]:
        ids = self.numbers.ids
        return (ids[number] for block in self.in_order for number in block.numbers)

    def __len__(self) -> int:
        return sum(len(block.kinds) for block in self.blocks.values())

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return sum(len(block.edge_kinds) for block in self.blocks.values())

    def outgoing(self, node: str) -> Iterator[Edge]:
        """Edges that begin at `node`, by target and kind."""
        block, number = self.blocks.get(node.partition("::")[0]), self.numbers.known(node)
        if block is None or number is None or number not in block.sources:
            return
        for at in range(block.sources.index(number), len(block.sources)):
            if block.sources[at] != number:
                break
            yield self.edge(block, at)

    def incoming(self, node: str) -> Iterator[Edge]:
        """Edges that end at `node`, by the path and place of their source."""
        number = self.numbers.known(node)
        if number is None:
            return
        self._asked += 1
        places = self._by_target.get(number, ()) if self._asked > _FEW else self._search(number)
        for place in places:
            which = bisect_right(self._starts, place) - 1
            yield self.edge(self.in_order[which], place - self._starts[which])

    def edge(self, block: Block, at: int) -> Edge:
        """The edge at a place of a block."""
        ids, kind = self.numbers.ids, block.edge_kinds[at]
        return Edge(ids[block.sources[at]], ids[block.targets[at]], KINDS[kind & ~GUESSED], kind >= GUESSED)

    def methods(self, name: str) -> Iterator[str]:
        """Ids of the methods called `name`."""
        ids = self.numbers.ids
        for number in self._named.get(name, ()):
            block = self.blocks[ids[number].partition("::")[0]]
            if block.kinds[block.numbers.index(number)] == _METHOD:
                yield ids[number]

    def _node(self, block: Block, at: int, path: str, qualname: str) -> Node:
        name = qualname.rpartition(".")[2] or block.module
        node = self.numbers.ids[block.numbers[at]]
        return Node(node, SYMBOL_KINDS[block.kinds[at]], path, block.lines[at], block.ends[at], name)

    def _search(self, number: int) -> Iterator[int]:
        """Places of edges that end at the node `number`, found by its bytes among those of all targets."""
        sought, targets = number.to_bytes(_WIDTH, sys.byteorder), self._targets
        at = targets.find(sought)
        while at >= 0:
            if at % _WIDTH == 0:
                yield at // _WIDTH
            at = targets.find(sought, at + 1)

    @cached_property
    def _starts(self) -> list[int]:
        """Where the edges of each block begin among all."""
        return [0, *accumulate(len(block.edge_kinds) for block in self.in_order)]

    @cached_property
    def _targets(self) -> bytes:
        return b"".join(block.targets.tobytes() for block in self.in_order)

    @cached_property
    def _by_target(self) -> "dict[int, array[int]]":
        found: dict[int, array[int]] = {}
        for place, number in enumerate(memoryview(self._targets).cast("I")):
            if number not in found:
                found[number] = array("I")
            found[number].append(place)
        return found

    @cached_property
    def _named(self) -> Mapping[str, list[int]]:
        """Numbers of definitions by their last name."""
        ids, found = self.numbers.ids, defaultdict(list)
        for block in self.in_order:
            for number in block.numbers:
                found[ids[number].rpartition(".")[2]].append(number)
        return found
