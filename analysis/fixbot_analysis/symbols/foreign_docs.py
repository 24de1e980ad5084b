"""Comments that say what the definition below them is, and which lines a span covers."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

_DOC_LIMIT = 500  # characters
_LICENCE = re.compile(r"copyright|licen[cs]e|spdx|all rights reserved", re.IGNORECASE)
_MARKERS = re.compile(r"^\s*(?:/\*+!?|\*+/|//+!?|\*(?!\w)|#+!?|--+|;+)?[ \t]?|\s*\*+/\s*$")
_TAGS = re.compile(r"\s[@\\](?:param|returns?|throws?|tparam|see|since|author|type|brief|deprecated)\b.*", re.DOTALL)


class Docs:
    """The comments of one file, by the line that they end on; `marked` are lines of attributes, which do not part a comment from its definition."""

    def __init__(self, data: bytes, comments: Iterable[Node], marks: Iterable[Span]) -> None:
        self._data = data
        self._starts = [0, *(m.end() for m in re.finditer(rb"\n", data))]
        self._ending: dict[int, tuple[int, str]] = {}
        self._starting: dict[int, int] = {}
        for node in comments:
            start, end = node.start_byte, node.end_byte
            first = self._starts[self._line(start) - 1]
            if not data[first:start].strip():  # what stands behind code speaks of that
                line, last = self.lines(Span(start, end))
                self._starting[line] = last
                self._ending[last] = (line, data[start:end].decode("utf-8", "replace"))
        self._marked = {last: line for line, last in map(self.lines, marks)}

    def lines(self, span: Span) -> tuple[int, int]:
        """First and last line (from 1) of `span`; a line end at its end does not count."""
        first = self._line(span.start)
        last = self._line(span.end)
        if span.end == self._starts[last - 1] and last > first:
            last -= 1
        return first, last

    def above(self, line: int) -> str:
        """The comment that ends on the line before `line`: its first paragraph, on one line, without its markers."""
        texts: list[str] = []
        at = line - 1
        while at > 0:
            if at in self._marked and self._marked[at] <= at:
                at = self._marked[at] - 1
            elif at in self._ending:
                first, text = self._ending[at]
                texts.append(text)
                at = first - 1
            else:
                break
        return plain("\n".join(reversed(texts)))

    def head(self) -> str:
        """What the comment at the top of the file says, unless it is a licence."""
        opening = len(self._data) - len(self._data.lstrip())
        line, texts = self._line(opening), list[str]()
        while line in self._starting:
            last = self._starting[line]
            texts.append(self._ending[last][1])
            line = last + 1
        text = "\n".join(texts)
        return "" if _LICENCE.search(text) else plain(text)

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)


def plain(comment: str) -> str:
    """A comment's first paragraph on one line, without its markers and tags."""
    paragraph: list[str] = []
    for line in comment.splitlines():
        bare = _MARKERS.sub("", line).strip()
        if bare:
            paragraph.append(bare)
        elif paragraph:
            break
    return _TAGS.sub("", " " + " ".join(paragraph)).strip()[:_DOC_LIMIT]
