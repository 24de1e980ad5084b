"""Blocks: what the graph knows of one file, as compact arrays, and how blocks are kept as bytes.

Nodes are numbered by a table of ids that only grows, so a block whose file and surroundings stay as they are is never made again.
"""

import marshal
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.symbols import SymbolKind

_FORMAT = 4  # of marshal
SYMBOL_KINDS = tuple(SymbolKind)

# Source (its place among the file's nodes), id of the target, kind (a place in KINDS, plus GUESSED).
Arrow = tuple[int, str, int]
# Key, names, module, [(id, kind, line, end line)], [arrow]
_FlatBlock = tuple[str, str, str, list[tuple[str, int, int, int]], list[Arrow]]


class Numbers:
    """The numbers of node ids: given out in order, never taken back."""

    __slots__ = ("_called", "_counted", "_of", "ids")

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self.ids: list[str] = list(ids)
        self._of: dict[str, int] | None = None
        self._called: dict[str, array[int]] = {}
        self._counted = 0

    def of(self, node: str) -> int:
        """The number of an id, a new one where it has none."""
        table = self._table()
        number = table.get(node)
        if number is None:
            number = table[node] = len(self.ids)
            self.ids.append(node)
        return number

    def known(self, node: str) -> int | None:
        """The number of an id, None where it has none."""
        return self._table().get(node)

    def called(self, name: str) -> Sequence[int]:
        """Numbers of the ids that end in `name`, as a definition's last name."""
        for number in range(self._counted, len(self.ids)):
            last = self.ids[number].rpartition("::")[2].rpartition(".")[2]
            if last not in self._called:
                self._called[last] = array("I")
            self._called[last].append(number)
        self._counted = len(self.ids)
        return self._called.get(name, ())

    def _table(self) -> dict[str, int]:
        if self._of is None:
            self._of = {node: n for n, node in enumerate(self.ids)}
        return self._of


@dataclass(frozen=True, slots=True)
class Block:
    """One file: its nodes in the order of the source, and the edges that begin at them, sorted by source, target id and kind.

    `key` names the content that it was made of, `names` are the words that its meaning may hang on (each between line feeds),
    `module` is its dotted name. `numbers`, `sources` and `targets` are numbers of ids; `kinds` and `edge_kinds` places in
    SYMBOL_KINDS and KINDS (plus GUESSED); `lines` and `ends` count from 1.
    """

    key: str
    names: str
    module: str
    numbers: "array[int]"
    kinds: bytes
    lines: "array[int]"
    ends: "array[int]"
    sources: "array[int]"
    targets: "array[int]"
    edge_kinds: bytes

    def flat(self, ids: list[str]) -> _FlatBlock:
        """The block without numbers."""
        place = {number: n for n, number in enumerate(self.numbers)}
        nodes = [(ids[n], k, a, b) for n, k, a, b in zip(self.numbers, self.kinds, self.lines, self.ends, strict=True)]
        ends = zip(self.sources, self.targets, self.edge_kinds, strict=True)
        return self.key, self.names, self.module, nodes, [(place[s], ids[t], k) for s, t, k in ends]


def make(flat: _FlatBlock, numbers: Numbers) -> Block:
    """The block that :meth:`Block.flat` took apart."""
    key, names, module, nodes, arrows = flat
    of = numbers.of
    own = array("I", [of(node[0]) for node in nodes])
    return Block(
        key,
        names,
        module,
        own,
        bytes([node[1] for node in nodes]),
        array("I", [node[2] for node in nodes]),
        array("I", [node[3] for node in nodes]),
        array("I", [own[arrow[0]] for arrow in arrows]),
        array("I", [of(arrow[1]) for arrow in arrows]),
        bytes([arrow[2] for arrow in arrows]),
    )


def encode_block(block: Block, ids: list[str]) -> bytes:
    """One block as bytes for :func:`decode_block`."""
    return _sealed(marshal.dumps(block.flat(ids), _FORMAT))


def decode_block(blob: bytes, numbers: Numbers) -> Block:
    """The block that :func:`encode_block` wrote. Raises ValueError for anything else."""
    return make(marshal.loads(_opened(blob)), numbers)  # noqa: S302  the seal says that we wrote it


def encode(blocks: Mapping[str, Block], numbers: Numbers) -> bytes:
    """All blocks (by path) as bytes for :func:`decode`: columns of the whole project, numbered anew."""
    ids = numbers.ids
    order = sorted(blocks)
    dense = Numbers()
    for path in order:
        for number in blocks[path].numbers:
            dense.of(ids[number])
    ends = [
        [array("I", [dense.of(ids[n]) for n in part]) for part in (b.sources, b.targets)]
        for b in map(blocks.get, order)
        if b
    ]
    rows = [(p, b.key, b.names, b.module, len(b.kinds), len(b.edge_kinds)) for p in order for b in (blocks[p],)]
    columns = (
        b"".join(blocks[p].kinds for p in order),
        *(b"".join(getattr(blocks[p], name).tobytes() for p in order) for name in ("lines", "ends")),
        b"".join(sources.tobytes() for sources, _ in ends),
        b"".join(targets.tobytes() for _, targets in ends),
        b"".join(blocks[p].edge_kinds for p in order),
    )
    return _sealed(marshal.dumps(("\0".join(dense.ids), rows, columns), _FORMAT))


def decode(blob: bytes) -> tuple[dict[str, Block], Numbers]:
    """The blocks that :func:`encode` wrote on this machine. Raises ValueError for anything else."""
    ids, rows, (kinds, *rest, edge_kinds) = marshal.loads(_opened(blob))  # noqa: S302  the seal says that we wrote it
    lines, ends, sources, targets = (array("I", column) for column in rest)
    numbers = Numbers(ids.split("\0") if ids else ())
    found: dict[str, Block] = {}
    node = edge = 0
    for path, key, names, module, nodes, edges in rows:
        a, b, c, d = node, node + nodes, edge, edge + edges
        own = array("I", range(a, b))
        found[path] = Block(
            key, names, module, own, kinds[a:b], lines[a:b], ends[a:b], sources[c:d], targets[c:d], edge_kinds[c:d]
        )
        node, edge = b, d
    return found, numbers


def _sealed(body: bytes) -> bytes:
    """With a checksum first, as marshal must not see damaged data."""
    return zlib.crc32(body).to_bytes(4, "big") + body


def _opened(blob: bytes) -> memoryview:
    body = memoryview(blob)[4:]
    if not body or zlib.crc32(body) != int.from_bytes(blob[:4], "big"):
        raise ValueError("damaged graph")
    return body
