"""The grammars that source is parsed with, loaded on first use, and the queries run over their trees."""

import importlib
import sys
import threading
from contextlib import suppress
from functools import cache
from operator import attrgetter
from time import monotonic, thread_time

from tree_sitter import Language, Node, Parser, Point, Query, QueryCursor, Tree

from fixbot_analysis import languages

# Deeper nodes are parsed but not looked at: a query's time grows with the square of the depth, and no person nests that deep.
DEPTH_LIMIT = 1000

# CPU seconds after which a parse is given up, and seconds more for each byte. 400 kB of comments that never end take a C grammar minutes;
# a real megabyte takes a fifth of a second.
PATIENCE = 0.6
_PATIENCE_A_BYTE = 1.5e-6

# Bytes more in this process after which a parse is given up: 400 kB of calls that never end take a C grammar a gigabyte, real files a few megabytes.
_MEMORY = 256 * 1024 * 1024

# Children in a row that no query can name (brackets, commas, keywords): at each, the cursor of a query looks for the next that it can,
# so a row of 100,000 that no code is made of takes it a quarter of a minute.
ROW_LIMIT = 10_000

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, see getrusage(2)

# Seconds in which no parse can come to either limit: the system is asked for time and memory after them only, as each of its hundreds of
# answers costs what a parse of a hundred bytes does.
_UNASKED = 0.05

_CHUNK = 1 << 16  # bytes handed to the parser at a time

_START, _END = attrgetter("start_byte"), attrgetter("end_byte")


@cache
def grammar(language: str) -> Language:
    """The grammar of `language`. Raises KeyError for a language that is not registered or has none, ImportError where it is not installed."""
    known = languages.get(language)
    if not known.grammar:
        raise KeyError(language)
    return Language(getattr(importlib.import_module(known.grammar), known.entry)())


_PARSERS = threading.local()


def parser(language: str) -> Parser:
    """This thread's parser for `language`: the binding lets go of the interpreter's lock now and then, and two threads in one parser crash it."""
    known: dict[str, Parser] = _PARSERS.__dict__
    if language not in known:
        known[language] = Parser(grammar(language))
    return known[language]


def parse(language: str, data: bytes, old: Tree | None = None, patience: float = PATIENCE) -> Tree | None:
    """The tree of `data`, reusing what is the same as in the edited tree `old`; None where it takes too much time or memory.

    `patience` are CPU seconds, to which the size of `data` adds. Raises as :func:`grammar` does.
    """
    used, patience = parser(language), patience + _PATIENCE_A_BYTE * len(data)
    began, until, most = monotonic(), thread_time() + patience, _peak() + _MEMORY
    unasked = min(_UNASKED, patience)
    handed: list[bytes] | None = []  # while it is parsed

    def read(offset: int, _point: Point) -> bytes:
        piece = data[offset : offset + _CHUNK]
        if handed is not None:
            handed.append(piece)
        return piece

    def is_late(_offset: int, _has_error: bool) -> bool:
        return monotonic() - began > unasked and (thread_time() > until or _peak() > most)

    try:
        if old is None:
            return used.parse(read, progress_callback=is_late)
        return used.parse(read, old, progress_callback=is_late)
    except ValueError:  # how the binding says that the callback stopped it
        used.reset()
        return None
    except BaseException:  # an interrupt in a callback: the parser would go on with this text in the next one
        used.reset()
        raise
    finally:
        pieces, handed = handed, None  # the tree goes on holding `read`
        _give_back(language, pieces or [])


def _give_back(language: str, pieces: list[bytes]) -> None:
    """Effect: let go of what the binding has forgotten to let go of: without, each parse costs the memory of its text for good."""
    if _is_kept(language):
        import ctypes

        for piece in pieces:
            ctypes.pythonapi.Py_DecRef(ctypes.py_object(piece))


@cache
def _is_kept(language: str) -> bool:
    """Whether the binding keeps a reference to what a reader gave it when the tree is gone, as 0.26.1 does: tried out, so that a version that does not is left alone."""
    if sys.implementation.name != "cpython":
        return False
    piece = bytes(bytearray(b"a b c\n"))  # an object of its own
    before = sys.getrefcount(piece)
    tree = Parser(grammar(language)).parse(_Reader(piece))
    del tree
    return sys.getrefcount(piece) == before + 1


class _Reader:
    """Gives one piece; a class, as the variables of a function would count as references."""

    def __init__(self, piece: bytes) -> None:
        self.piece = piece

    def __call__(self, offset: int, _point: Point) -> bytes:
        return b"" if offset else self.piece


def _peak() -> int:
    """Bytes of memory that this process has held at the most; 0 where the system does not tell (Windows)."""
    with suppress(ImportError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT
    return 0


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


def is_costly(root: Node) -> bool:
    """Whether a query below `root` would take very long: somewhere more than :data:`ROW_LIMIT` nameless nodes stand in a row."""
    level = [root] if root.end_byte - root.start_byte > ROW_LIMIT else []
    for _ in range(DEPTH_LIMIT):
        if not level:
            return False
        if any(
            node.child_count - node.named_child_count > ROW_LIMIT and _longest_row(node) > ROW_LIMIT for node in level
        ):
            return True
        # A node with that many children has as many bytes.
        level = [child for node in level for child in node.children if child.end_byte - child.start_byte > ROW_LIMIT]
    return False


def _longest_row(node: Node) -> int:
    """How many nameless children of `node` follow each other at the most."""
    longest = row = 0
    for child in node.children:
        row = 0 if child.is_named else row + 1
        longest = max(longest, row)
    return longest
