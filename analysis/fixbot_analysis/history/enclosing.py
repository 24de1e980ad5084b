"""Which definition a changed line lies in, told from the text alone: cheap enough for every hunk of every fix.

Python: by indentation, which is what the language itself goes by; only a string or bracket whose lines stand further left
than the code around them can mislead it. Other languages: the name in the line that git shows as the hunk's head.
"""

import re
from bisect import bisect_right
from itertools import accumulate

_HEAD = re.compile(rb"^([ \t]*)(?:(?:async[ \t]+)?def|class)[ \t]+([^\W\d]\w*)", re.MULTILINE)
_CODE = re.compile(rb"^([ \t]*)[^\s#)\]}]", re.MULTILINE)
_CALLED = re.compile(r"([A-Za-z_$][\w$]*)\s*\(")
_NAMED = re.compile(
    r"\b(?:class|struct|interface|enum|trait|impl|fn|func|function|type|namespace|module)\s+([A-Za-z_$][\w$]*)"
)
_CONTROL = frozenset({"if", "for", "while", "switch", "catch", "return", "sizeof"})


class PythonText:
    """The definitions of one Python file, by place and indentation."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts = [0, *accumulate(map(len, content.splitlines(keepends=True)))]
        self._heads = [(m.start(), _width(m[1]), m[2].decode("utf-8", "replace")) for m in _HEAD.finditer(content)]
        self._at = [start for start, _, _ in self._heads]

    def around(self, first: int, last: int) -> str:
        """Qualified name of what holds the lines `first` to `last` (from 1): that of the first code among them."""
        start = self._starts[min(max(first, 1), len(self._starts)) - 1]
        stop = self._starts[min(max(last, first), len(self._starts) - 1)]
        code = _CODE.search(self._content, start)
        if code is None or (code.start() >= stop and first <= last):
            code = None
        if code is not None and (own := self._head_at(code.start())) is not None:
            return self._name(own)
        width = _width(code[1]) if code else self._width_before(start)
        return self._name(self._holding(bisect_right(self._at, start) - 1, width))

    def _head_at(self, offset: int) -> int | None:
        at = bisect_right(self._at, offset) - 1
        return at if at >= 0 and self._at[at] == offset else None

    def _width_before(self, offset: int) -> int:
        """Indentation of the last code before `offset`: where lines were only taken out, or are prose."""
        before = self._content[:offset].rstrip()
        return _width(_indent(before[before.rfind(b"\n") + 1 :]))

    def _holding(self, at: int, width: int) -> int:
        """The last definition up to number `at` that is indented less than `width`; -1 where none is."""
        while at >= 0 and self._heads[at][1] >= width:
            at -= 1
        return at

    def _name(self, at: int) -> str:
        parts: list[str] = []
        while at >= 0:
            _, width, name = self._heads[at]
            parts.append(name)
            at = self._holding(at - 1, width)
        return ".".join(reversed(parts))


def from_header(header: str) -> str:
    """The name in the line that git shows at the head of a hunk; ``""`` where it has none."""
    if named := _NAMED.search(header):
        return named[1]
    names = [name for name in _CALLED.findall(header) if name not in _CONTROL]
    return names[0] if names else ""


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip())]


def _width(indent: bytes) -> int:
    return len(indent.expandtabs(8))
