"""The links of a project at one moment: the blocks of its files, and how to get from a node to its place and its edges."""

import sys
from array import array
from collections.abc import Container, ItemsView, Iterator, Mapping, ValuesView
from functools import cached_property

from fixbot_analysis.graph.blocks import SYMBOL_KINDS, Block, Numbers
from fixbot_analysis.graph.model import GUESSED, KINDS, Edge, Node
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.symbols import SymbolKind

_METHOD = SYMBOL_KINDS.index(SymbolKind.METHOD)
_STALE = 40  # files that differ from a table before it is made anew


class Links(Mapping[str, Node]):
    """Nodes by id, made when they are looked at, and the edges at each; `blocks` are by path, `modules` maps their names.

    Never changed once made: what changed is linked into another one, which shares the blocks that stay.
    """

    def __init__(
        self,
        blocks: Mapping[str, Block],
        numbers: Numbers,
        modules: ModuleMap | None = None,
        like: "Links | None" = None,
    ) -> None:
        """`like` are links that share most blocks with these, and whose tables are used further."""
        self.blocks = blocks
        self.numbers = numbers
        self._modules = modules
        self._targets: Targets | None = like.targets_kept() if like is not None else None

    @property
    def modules(self) -> ModuleMap:
        """The map of the project's modules."""
        self._modules = ModuleMap(self.blocks) if self._modules is None else self._modules
        return self._modules

    @cached_property
    def in_order(self) -> tuple[Block, ...]:
        """The blocks by path."""
        return tuple(self.blocks[path] for path in sorted(self.blocks))

    def __getitem__(self, node: str) -> Node:
        path, _, qualname = node.partition("::")
        block, number = self.blocks.get(path), self.numbers.known(node)
        at = first(number, block.numbers) if block is not None and number is not None else -1
        if block is None or at < 0:
            raise KeyError(node)
        return self._node(block, at, path, qualname)

    def __contains__(self, node: object) -> bool:
        block = self.blocks.get(node.partition("::")[0]) if isinstance(node, str) else None
        number = self.numbers.known(str(node))
        return block is not None and number is not None and first(number, block.numbers) >= 0

    def __iter__(self) -> Iterator[str]:
        ids = self.numbers.ids
        return (ids[number] for block in self.in_order for number in block.numbers)

    def __len__(self) -> int:
        return sum(len(block.kinds) for block in self.blocks.values())

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return sum(len(block.edge_kinds) for block in self.blocks.values())

    def outgoing(self, node: str, kinds: Container[int] | None = None) -> Iterator[Edge]:
        """Edges that begin at `node`, by target and kind: of the `kinds` (places in KINDS, plus GUESSED) or of all."""
        found = self._beginning_at(node)
        return (self.edge(block, at) for block, at in found if kinds is None or block.edge_kinds[at] in kinds)

    def _beginning_at(self, node: str) -> Iterator[tuple[Block, int]]:
        block, number = self.blocks.get(node.partition("::")[0]), self.numbers.known(node)
        begin = first(number, block.sources) if block is not None and number is not None else -1
        if block is None or begin < 0:
            return
        for at in range(begin, len(block.sources)):
            if block.sources[at] != number:
                break
            yield block, at

    def _ending_at(self, node: str) -> Iterator[tuple[Block, int]]:
        number = self.numbers.known(node)
        if number is None:
            return
        for path in self._table().paths(number, self.blocks):
            block = self.blocks[path]
            for at in places(number, block.targets):
                yield block, at

    def _table(self) -> "Targets":
        self._targets = self._targets if self._targets and self._targets.fits(self.blocks) else Targets(self.blocks)
        return self._targets

    def pointing_at(self, node: str) -> int:
        """How many files hold edges that end at `node`: as many edges there are at least."""
        number = self.numbers.known(node)
        return len(self._table().paths(number, self.blocks)) if number is not None else 0

    def targets_kept(self) -> "Targets | None":
        """The table of what each node is a target of, if it was made."""
        return self._targets

    def incoming(self, node: str) -> Iterator[Edge]:
        """Edges that end at `node`, by the path and place of their source."""
        return (self.edge(block, at) for block, at in self._ending_at(node))

    def degree(self, node: str, outgoing: bool = True, kinds: Container[int] | None = None) -> int:
        """How many edges begin or end at `node`, of the `kinds` (places in KINDS, plus GUESSED) or of all."""
        found = self._beginning_at(node) if outgoing else self._ending_at(node)
        return sum(kinds is None or block.edge_kinds[at] in kinds for block, at in found)

    def edge(self, block: Block, at: int) -> Edge:
        """The edge at a place of a block."""
        ids, kind = self.numbers.ids, block.edge_kinds[at]
        return Edge(ids[block.sources[at]], ids[block.targets[at]], KINDS[kind & ~GUESSED], kind >= GUESSED)

    def methods(self, name: str) -> Iterator[str]:
        """Ids of the methods called `name`."""
        for number, block, at in self._called(name):
            if block.kinds[at] == _METHOD:
                yield self.numbers.ids[number]

    def defining(self, name: str) -> Iterator[str]:
        """Ids of all definitions called `name`."""
        return (self.numbers.ids[number] for number, _, _ in self._called(name))

    def _called(self, name: str) -> Iterator[tuple[int, Block, int]]:
        """Number, block and place in it of each node whose last name is `name`."""
        for number in self.numbers.called(name):
            block = self.blocks.get(self.numbers.ids[number].partition("::")[0])
            at = first(number, block.numbers) if block is not None else -1
            if block is not None and at >= 0:
                yield number, block, at

    def items(self) -> ItemsView[str, Node]:
        """All nodes with their ids, in order."""
        return _Items(self)

    def values(self) -> ValuesView[Node]:
        """All nodes, in order."""
        return _Values(self)

    def all_nodes(self) -> Iterator[Node]:
        """All nodes, in order; quicker than looking at each."""
        ids = self.numbers.ids
        for path, block in zip(sorted(self.blocks), self.in_order, strict=True):
            for number, kind, line, end in zip(block.numbers, block.kinds, block.lines, block.ends, strict=True):
                node = ids[number]
                name = node[len(path) + 2 :].rpartition(".")[2] or block.module
                yield Node(node, SYMBOL_KINDS[kind], path, line, end, name)

    def _node(self, block: Block, at: int, path: str, qualname: str) -> Node:
        name = qualname.rpartition(".")[2] or block.module
        node = self.numbers.ids[block.numbers[at]]
        return Node(node, SYMBOL_KINDS[block.kinds[at]], path, block.lines[at], block.ends[at], name)


class _Items(ItemsView[str, Node]):
    _mapping: Links

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return ((node.id, node) for node in self._mapping.all_nodes())


class _Values(ValuesView[Node]):
    _mapping: Links

    def __iter__(self) -> Iterator[Node]:
        return self._mapping.all_nodes()


class Targets:
    """Which files hold edges to a node: a table made once for many versions of a project, as few files differ between them."""

    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self._blocks = dict(blocks)
        self._order = sorted(blocks)
        self._table: dict[int, array[int]] = {}
        for place, path in enumerate(self._order):
            for number in set(blocks[path].targets):
                if number not in self._table:
                    self._table[number] = array("I")
                self._table[number].append(place)
        self._compared: tuple[Mapping[str, Block], frozenset[str]] = (blocks, frozenset())

    def fits(self, blocks: Mapping[str, Block]) -> bool:
        """Whether few enough files differ."""
        return len(self._other(blocks)) <= _STALE

    def paths(self, number: int, blocks: Mapping[str, Block]) -> list[str]:
        """Paths of the files of `blocks` that hold edges to the node `number`, sorted."""
        other = self._other(blocks)
        kept = (self._order[place] for place in self._table.get(number, ()))
        found = [path for path in kept if path not in other]
        return sorted([*found, *(p for p in other if p in blocks and number in blocks[p].targets)])

    def _other(self, blocks: Mapping[str, Block]) -> frozenset[str]:
        if self._compared[0] is not blocks:
            mine = self._blocks
            moved = [p for p, block in blocks.items() if mine.get(p) is not block]
            self._compared = blocks, frozenset(moved) | (mine.keys() - blocks.keys())
        return self._compared[1]


def first(number: int, among: "array[int]") -> int:
    """Where `number` stands first `among` others; -1 where it does not."""
    return next(places(number, among), -1)


def places(number: int, among: "array[int]") -> Iterator[int]:
    """Where `number` stands `among` others.

    Searched as bytes, which makes no object of each of the others: several times as fast.
    """
    width = among.itemsize
    data, wanted = among.tobytes(), number.to_bytes(width, sys.byteorder)
    at = data.find(wanted)
    while at >= 0:
        if at % width == 0:
            yield at // width
        at = data.find(wanted, at + 1)
