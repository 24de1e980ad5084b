"""Two usual ways to fill a context, that ours stands beside: BM25 with the last lines as the query, and windows of open files."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from fixbot_analysis.context import Focus, Snippet
from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.units import Lines, Units
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Query, search
from fixbot_analysis.source import language_of

_QUERY_LINES = 20  # before a place, that both go by
_WINDOW = 20  # lines of an open file that are taken together
_HITS = 300
_IDENTIFIER = re.compile(r"[^\W\d]\w+")


def bm25(index: Index, focus: Focus, budget: int) -> Sequence[Snippet]:
    """Definitions that share most words with the last lines, whole while they fit, else their headers."""
    return _by_words(index, focus, budget, whole=True)


def bm25_headers(index: Index, focus: Focus, budget: int) -> Sequence[Snippet]:
    """The same ranking, headers only, as many as fit: what is left of our lead is not owed to packing."""
    return _by_words(index, focus, budget, whole=False)


def _by_words(index: Index, focus: Focus, budget: int, *, whole: bool) -> Sequence[Snippet]:
    units = Units(index)
    packing = Packing(units, budget)
    for hit in search(index, Query.from_text(_last_lines(index, focus)), _HITS):
        node = index.graph.nodes.get(f"{hit.path}::{hit.name}")
        if node is None or hit.path == focus.path or not node.qualname:
            continue
        if not (whole and packing.put(units.whole(node), Part.DEFINITION, Reason("words"))):
            packing.put(units.header(node), Part.DEFINITION, Reason("words"))
    return packing.snippets()


def open_files(index: Index, focus: Focus, budget: int) -> Sequence[Snippet]:
    """Windows of the files that are likely open (imported here, or of the same folder) most like the last lines."""
    units = Units(index)
    packing = Packing(units, budget)
    wanted = set(_IDENTIFIER.findall(_last_lines(index, focus)))
    windows = sorted(
        (-_jaccard(wanted, units.text(lines)), lines.path, lines.first)
        for path in _likely_open(index, focus.path)
        for lines in _windows(units, path)
    )
    for _, path, first in windows:
        packing.put(
            Lines(path, first, min(first + _WINDOW - 1, units.page(path).last_line)), Part.DEFINITION, Reason("window")
        )
        if packing.room() < _WINDOW:
            break
    return packing.snippets()


def _last_lines(index: Index, focus: Focus) -> str:
    document, line = index.tree.read(focus.path), focus.position.line
    return "\n".join(document.line_text(n) for n in range(max(0, line - _QUERY_LINES), line))


def _likely_open(index: Index, path: str) -> list[str]:
    folder = str(PurePosixPath(path).parent)
    resolver = index.graph.resolver
    imported = (resolver.imported(path, each) for each in index.facts(path).imports)
    beside = (p for p in index.paths if str(PurePosixPath(p).parent) == folder)
    return [
        p
        for p in dict.fromkeys([*(i for i in imported if i), *beside])
        if p != path and language_of(p) == language_of(path)
    ]


def _windows(units: Units, path: str) -> Iterator[Lines]:
    last = units.page(path).last_line
    for first in range(1, last + 1, _WINDOW // 2):
        yield Lines(path, first, min(first + _WINDOW - 1, last))


def _jaccard(wanted: set[str], text: str) -> float:
    have = set(_IDENTIFIER.findall(text))
    return len(wanted & have) / max(len(wanted | have), 1)
