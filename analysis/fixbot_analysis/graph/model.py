"""Nodes and edges of the dependency graph, and how a graph is packed into bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

from fixbot_analysis.symbols import SymbolKind


class EdgeKind(StrEnum):
    """What the source of an edge does with its target."""

    IMPORTS = "imports"  # module -> module
    DEFINES = "defines"  # what encloses -> what is enclosed
    CALLS = "calls"  # function, class body or module -> function, method or class
    INHERITS = "inherits"  # class -> base
    OVERRIDES = "overrides"  # method -> the nearest method of a base that it replaces
    USES = "uses"  # function, class body or module -> what it names without calling it
    TESTS = "tests"  # test function or method -> what it exercises outside of the tests


KINDS = tuple(EdgeKind)


@dataclass(frozen=True, slots=True)
class Node:
    """A module, class, function or method. `id` is ``path`` or ``path::Qual.name``; lines from 1, both ends included.

    `name` is a module's dotted name, else the last part of the qualified name.
    """

    id: str
    kind: SymbolKind
    path: str
    line: int
    end_line: int
    name: str

    @property
    def qualname(self) -> str:
        """Qualified name within the module; ``""`` for the module itself."""
        return self.id.partition("::")[2]


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A dependency between two nodes, by id.

    `guessed` marks a call on a receiver of unknown type, linked because one method only in the project has that name.
    """

    source: str
    target: str
    kind: EdgeKind
    guessed: bool = False


class Edges(Sequence[Edge]):
    """Edges without duplicates, in the order of their sources: three arrays, made into :class:`Edge` when looked at."""

    __slots__ = ("ids", "kinds", "sources", "targets")

    def __init__(self, ids: Sequence[str], sources: Sequence[int], targets: Sequence[int], kinds: bytes) -> None:
        """`sources` and `targets` index `ids` (which may hold more than these); `kinds` index KINDS, plus GUESSED."""
        self.ids, self.sources, self.targets, self.kinds = ids, sources, targets, kinds

    def __len__(self) -> int:
        return len(self.kinds)

    @overload
    def __getitem__(self, index: int) -> Edge: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Edge]: ...
    def __getitem__(self, index: int | slice) -> Edge | Sequence[Edge]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        kind = self.kinds[index]
        ids = self.ids
        return Edge(ids[self.sources[index]], ids[self.targets[index]], KINDS[kind & ~GUESSED], kind >= GUESSED)

    def __iter__(self) -> Iterator[Edge]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Edges)
            and len(self) == len(other)
            and all(a == b for a, b in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]  # compared as a list is


GUESSED = 128
