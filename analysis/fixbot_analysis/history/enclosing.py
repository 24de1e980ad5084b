"""Which definition a changed line lies in, told from the text alone: cheap enough for every hunk of every fix.

Python: by indentation, which is what the language itself goes by; only a string or bracket whose lines stand further left
than the code around them can mislead it. Other languages: the name in the line that git shows as the hunk's head.
"""

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

_KEYWORDS = (b"def ", b"class ")
_NAME = re.compile(rb"[ \t]*([^\W\d]\w*)")
_CODE = re.compile(rb"^([ \t]*)[^\s)\]}]", re.MULTILINE)
# Strings over several lines, known from quotes in comments and in other strings by reading those too.
_STRINGS = re.compile(
    rb"#[^\n]*|(\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\"|\Z)|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z))"
    rb"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)
_CALLED = re.compile(r"([A-Za-z_$][\w$]*)\s*\(")
_NAMED = re.compile(
    r"\b(?:class|struct|interface|enum|trait|impl|fn|func|function|type|namespace|module)\s+([A-Za-z_$][\w$]*)"
)
_RECEIVER = re.compile(r"\bfunc\s+\([^()]*?([A-Za-z_]\w*)(?:\[[^\]]*\])?\)\s+([A-Za-z_]\w*)")
_CONTROL = frozenset({"if", "for", "while", "switch", "catch", "return", "sizeof"})


class PythonText:
    """The definitions of one Python file, by place and indentation."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts = [0, *accumulate(map(len, content.splitlines(keepends=True)))]
        self._strings = _strings(content)
        self._heads = [head for head in _heads(content) if not self._string_at(head[0])]
        self._at = [start for start, _, _ in self._heads]

    def around(self, first: int, last: int) -> str:
        """Qualified name of what holds the lines `first` to `last` (from 1): that of the first code among them.

        With `last` before `first` nothing is there, and what stands above `first` decides.
        """
        start = self._starts[min(max(first, 1), len(self._starts)) - 1]
        stop = self._starts[min(max(last, 0), len(self._starts) - 1)]
        code = _CODE.search(self._content, start)
        if code is None or code.start() >= stop:
            return self._name(self._holding(start, self._width_above(start)))
        own = self._definition_at(code.start())
        return self._name(self._holding(code.start(), self._width_at(code.start())) if own is None else own)

    def _definition_at(self, offset: int) -> int | None:
        """The definition whose head, or decorator, begins at `offset`."""
        at = bisect_right(self._at, offset - 1)
        if at == len(self._at):
            return None
        start, width, _ = self._heads[at]
        decorated = self._content.startswith(b"@", offset + width) and width == self._width_at(offset)
        return at if start == offset or decorated else None

    def _string_at(self, offset: int) -> tuple[int, int] | None:
        """The string of several lines that `offset` lies in, not at its very beginning."""
        at = bisect_right(self._strings, (offset, 0)) - 1
        return self._strings[at] if at >= 0 and self._strings[at][0] < offset < self._strings[at][1] else None

    def _width_at(self, offset: int) -> int:
        """Indentation of the line that begins at `offset`; inside a string that of the line on which the string begins."""
        if string := self._string_at(offset):
            offset = self._content.rfind(b"\n", 0, string[0]) + 1
        end = self._content.find(b"\n", offset)
        return _width(_indent(self._content[offset : end if end >= 0 else None]))

    def _width_above(self, offset: int) -> int:
        """Indentation below the last code before `offset`: a line that ends in a colon holds what follows."""
        above = self._content[:offset].rstrip()
        return self._width_at(above.rfind(b"\n") + 1) + above.endswith(b":")

    def _holding(self, offset: int, width: int) -> int:
        """The definition that code at `offset`, indented by `width`, stands in; -1 where it stands in none."""
        at = bisect_right(self._at, offset - 1) - 1
        while at >= 0:
            start, own, _ = self._heads[at]
            if own < width:
                if not self._is_over(start, offset, own):
                    return at
                width = own  # something stands where it stood: what holds that stands further left
            at -= 1
        return -1

    def _is_over(self, start: int, offset: int, width: int) -> bool:
        """Whether between a definition's head at `start` and `offset` code stands as far left as the head."""
        body = self._content.find(b"\n", start)
        found = _code_within(width).search(self._content, body + 1, offset) if body >= 0 else None
        while found and self._string_at(found.start()):
            found = _code_within(width).search(self._content, found.end(), offset)
        return found is not None

    def _name(self, at: int) -> str:
        parts: list[str] = []
        while at >= 0:
            start, width, name = self._heads[at]
            parts.append(name)
            at = self._holding(start, width)
        return ".".join(reversed(parts))


def _heads(content: bytes) -> list[tuple[int, int, str]]:
    """Where the line of each definition begins, how far it is indented, and the name; those in strings too.

    Looking for the keywords and then at what stands before them is ten times faster than a pattern for lines.
    """
    found = []
    for keyword in _KEYWORDS:
        at = content.find(keyword)
        while at >= 0:
            begin = content.rfind(b"\n", 0, at) + 1
            name = _NAME.match(content, at + len(keyword))
            if name and content[begin:at].strip() in (b"", b"async"):
                found.append((begin, _width(_indent(content[begin:at])), name[1].decode("utf-8", "replace")))
            at = content.find(keyword, at + len(keyword))
    return sorted(found)


def _strings(content: bytes) -> list[tuple[int, int]]:
    """Where strings over several lines stand.

    Mostly triple quotes come in pairs and hold no definition: then to count them is enough, at a tenth of the cost.
    """
    parts = content.split(b'"""')
    if b"'''" in content or not len(parts) % 2 or any(map(_heads, parts[1::2])):
        return [m.span() for m in _STRINGS.finditer(content) if m[1] and b"\n" in m[1]]
    ends = list(accumulate(len(part) + 3 for part in parts))
    return [(ends[at - 1] - 3, ends[at]) for at in range(1, len(parts), 2) if b"\n" in parts[at]]


@lru_cache(maxsize=64)
def _code_within(width: int) -> re.Pattern[bytes]:
    """Code that is indented by at most `width`; brackets that close what began further up are none."""
    return re.compile(rb"^(?: {0,%d}|\t{0,%d})[^\s#)\]}]" % (width, width // 8), re.MULTILINE)


def from_header(header: str) -> str:
    """The name in the line that git shows at the head of a hunk; ``""`` where it has none."""
    if received := _RECEIVER.search(header):  # Go
        return f"{received[1]}.{received[2]}"
    if named := _NAMED.search(header):
        return named[1]
    names = [name for name in _CALLED.findall(header) if name not in _CONTROL]
    return names[0] if names else ""


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _width(indent: bytes) -> int:
    return len(indent.expandtabs(8))
