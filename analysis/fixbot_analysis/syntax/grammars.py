"""The grammars that source is parsed with, loaded on first use, and the queries run over their trees."""

import importlib
from functools import cache
from operator import attrgetter

from tree_sitter import Language, Node, Parser, Query, QueryCursor

from fixbot_analysis import languages

# Deeper nodes are parsed but not looked at: a query's time grows with the square of the depth, and no person nests that deep.
DEPTH_LIMIT = 1000

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
