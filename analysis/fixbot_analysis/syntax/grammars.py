"""The grammars that source is parsed with, loaded on first use, and the queries run over their trees."""

import importlib
from functools import cache
from operator import attrgetter
from time import thread_time

from tree_sitter import Language, Node, Parser, Point, Query, QueryCursor, Tree

from fixbot_analysis import languages

# Deeper nodes are parsed but not looked at: a query's time grows with the square of the depth, and no person nests that deep.
DEPTH_LIMIT = 1000

# CPU seconds after which a parse is given up: 400 kB of comments that never end take a C grammar minutes, real files of a megabyte a fifth of a second.
PATIENCE = 3.0

_CHUNK = 1 << 16  # bytes handed to the parser at a time

_START, _END = attrgetter("start_byte"), attrgetter("end_byte")


@cache
def grammar(language: str) -> Language:
    """The grammar of `language`. Raises KeyError for a language that is not registered or has none, ImportError where it is not installed."""
    known = languages.get(language)
    if not known.grammar:
        raise KeyError(language)
    return Language(getattr(importlib.import_module(known.grammar), known.entry)())


@cache
def parser(language: str) -> Parser:
    """A parser for `language`, shared: one parse at a time, which the interpreter's lock sees to."""
    return Parser(grammar(language))


def parse(language: str, data: bytes, old: Tree | None = None, patience: float = PATIENCE) -> Tree | None:
    """The tree of `data`, reusing what is the same as in the edited tree `old`; None where it takes more than `patience` CPU seconds.

    Raises as :func:`grammar` does.
    """
    used, until = parser(language), thread_time() + patience

    def read(offset: int, _point: Point) -> bytes:
        return data[offset : offset + _CHUNK]

    def is_late(_offset: int, _has_error: bool) -> bool:
        return thread_time() > until

    try:
        if old is None:
            return used.parse(read, progress_callback=is_late)
        return used.parse(read, old, progress_callback=is_late)
    except ValueError:  # how the binding says that the callback stopped it
        used.reset()
        return None


@cache
def _query(language: str, source: str) -> Query:
    return Query(grammar(language), source)


def captures(language: str, source: str, node: Node) -> dict[str, list[Node]]:
    """What the query `source` captures below `node`: name -> nodes, from the first byte on, outer before inner.

    Nodes more than :data:`DEPTH_LIMIT` levels down are left out.
    """
    found = _cursor(language, source).captures(node)
    for nodes in found.values():
        # Two stable sorts by what C can read beat one by a key made here.
        nodes.sort(key=_END, reverse=True)
        nodes.sort(key=_START)
    return found


def matches(language: str, source: str, node: Node) -> list[dict[str, list[Node]]]:
    """What each match of the query `source` below `node` captures together: name -> nodes; as deep as :func:`captures` looks."""
    return [found for _, found in _cursor(language, source).matches(node)]


def _cursor(language: str, source: str) -> QueryCursor:
    cursor = QueryCursor(_query(language, source))
    cursor.set_max_start_depth(DEPTH_LIMIT)
    return cursor
