"""What a query can say, as a tree; printed, it is a query again."""

import re
from dataclasses import dataclass, field
from typing import Union

from fixbot_analysis.graph.kinds import TRAITS as KINDS_OF_EDGES
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE
from fixbot_analysis.symbols import SymbolKind

Query = Union["AllOf", "AnyOf", "Not", "Name", "Filter", "Relation", "Heir", "Path"]

TRAITS = ("test", "unused", "cyclic")
KINDS_OF = ("module", *(k.value for k in SymbolKind if k not in (SymbolKind.MODULE, SymbolKind.VARIABLE)))
FILTERS = ("kind", "name", "is")
VERBS = {verb.name: verb.finds for trait in KINDS_OF_EDGES.values() for verb in trait.verbs} | {
    "dependents": "what leans on it in any way",
    "dependencies": "what it leans on in any way",
    "near": "what lies around it, either way",
    "impact": "what may behave differently when it changes, all the way",
    "tests": "tests that a change of it may break, all the way",
}
RESERVED = frozenset(
    {"and", "or", "not", "in", "of", "within", "via", "known", "class", "path", "from", "to", "between", *VERBS}
)
_PLAIN = re.compile(r"""(?!')(?:[^\s(),<"']|(?<!:)')+""")


def quoted(text: str) -> str:
    """`text` as a query can hold it: in quotes where it would be read as something else."""
    key, colon, value = text.partition(":")
    reads_otherwise = text in RESERVED or (colon and key in FILTERS and not value.startswith(":"))
    if _PLAIN.fullmatch(text) and not reads_otherwise:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Name:
    """What is called so: an id, a path, a dotted or qualified name, or the end of one; ``*`` and ``?`` stand for any characters.

    `column` is where it stands in the query, from 1.
    """

    text: str
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return quoted(self.text)


@dataclass(frozen=True, slots=True)
class Filter:
    """Everything of one ``kind``, whose own last ``name`` matches a pattern, that ``is`` of one of :data:`TRAITS`,
    or that lies ``in`` a folder, file or package.
    """

    by: str
    value: str

    def __str__(self) -> str:
        value = quoted(self.value) if self.by in ("in", "name") else self.value
        return f"{self.by}{' ' if self.by == 'in' else ':'}{value}"


@dataclass(frozen=True, slots=True)
class Relation:
    """What one of :data:`VERBS` finds from what `of` finds; `within` edges where it is said, along `kinds` where they are said,
    leaving guesses out where `known`.
    """

    verb: str
    of: Query
    within: int | None = None
    kinds: tuple[EdgeKind, ...] = ()
    known: bool = False

    def __str__(self) -> str:
        far = "" if self.within is None else f" within {'*' if self.within >= ANY_DISTANCE else self.within}"
        return f"{self.verb}({self.of}){far}{_via(self.kinds)}{' known' if self.known else ''}"


@dataclass(frozen=True, slots=True)
class Heir:
    """Classes called `name` that inherit, directly or not, from a class called `base`."""

    name: Name
    base: Name

    def __str__(self) -> str:
        return f"class {self.name} < {self.base}"


@dataclass(frozen=True, slots=True)
class Path:
    """What lies on the shortest paths from `source` to `target`; edges are followed either way where not `directed`."""

    source: Name
    target: Name
    directed: bool = True
    kinds: tuple[EdgeKind, ...] = ()

    def __str__(self) -> str:
        first, second = ("from", "to") if self.directed else ("between", "and")
        return f"path {first} {self.source} {second} {self.target}{_via(self.kinds)}"


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else."""

    part: Query

    def __str__(self) -> str:
        return f"not {_grouped(self.part)}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What all `parts` find; two at least."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " and ".join(_grouped(p) for p in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What any of the `parts` finds; two at least."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " or ".join(f"({p})" if isinstance(p, AnyOf) else str(p) for p in self.parts)


def _grouped(part: Query) -> str:
    return f"({part})" if isinstance(part, AllOf | AnyOf) else str(part)


def _via(kinds: tuple[EdgeKind, ...]) -> str:
    return f" via {','.join(kinds)}" if kinds else ""
