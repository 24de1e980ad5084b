"""Definitions as their headers show them, found line by line: quick enough to be asked at every look of the editor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(rb"^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)", re.MULTILINE)
_CALLED = re.compile(rb"(\w+)[ \t]*\(")
_STRINGS = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
_INIT = re.compile(rb"^[ \t]+def[ \t]+__init__[ \t]*(?=\()", re.MULTILINE)
_PARAMETERS = re.compile(rb"\(\s*(?:(?:self|cls)\b\s*(?::[^,)]*)?,?\s*)?(?!(?:self|cls)\b)[\w*]")
_TELLS = re.compile(rb"->(?!\s*None)|^[ \t]+(?:return[ \t]+(?!None\b)\S|raise[ \t]+\S|.*\byield\b)", re.MULTILINE)
_FAR = 60  # lines of a header


@dataclass(frozen=True, slots=True)
class Header:
    """A Python function or class: its dotted name within the file, the line of its header (from 0)."""

    name: str
    line: int
    indent: int
    is_function: bool


def holds_tests(path: str) -> bool:
    """Whether a Python file holds tests, by its name or a folder around it: the graph's rule, without loading the graph."""
    *folders, name = path.split("/")
    named = name.startswith("test_") or name.endswith("_test.py") or name == "tests.py"
    return name.endswith(".py") and name not in ("__init__.py", "conftest.py") and (named or "tests" in folders)


def headers(data: bytes) -> Iterator[Header]:
    """The functions and classes of a Python text, in order. What stands in a string counts, too: it is only looked at line by line."""
    above: list[tuple[int, str]] = []
    line, at = 0, 0
    for match in _HEADER.finditer(data):
        line += data.count(b"\n", at, match.start())
        at = match.start()
        indent, name = len(match[1].expandtabs()), match[3].decode("utf-8", "replace")
        while above and above[-1][0] >= indent:
            above.pop()
        above.append((indent, name))
        yield Header(".".join(part for _, part in above), line, indent, match[2] == b"def")


def line_of(data: bytes, test: str) -> int | None:
    """The line (from 0) of the test with pytest's id `test`; None where the text has no such function."""
    wanted = test.partition("::")[2].partition("[")[0].replace("::", ".")
    return next((h.line for h in headers(data) if h.name == wanted), None) if wanted else None


def body(data: bytes, header: Header) -> tuple[int, int]:
    """First and last line (from 0) of a definition: up to the next line that is indented no further."""
    lines = data.split(b"\n")
    last = header.line
    for number in range(header.line + 1, len(lines)):
        text = lines[number].expandtabs()
        stripped = text.strip()
        if (
            stripped
            and not stripped.startswith(b"#")
            and not stripped.startswith((b")", b"]", b"}"))
            and len(text) - len(text.lstrip()) <= header.indent
        ):
            break
        last = number if stripped else last
    return header.line, last


def head(data: bytes, header: Header) -> range:
    """The lines (from 0) of a definition's head: decorators above it, and its signature to the colon that ends it."""
    lines = data.split(b"\n")
    first = header.line
    while first > 0 and lines[first - 1].lstrip().startswith(b"@"):
        first -= 1
    last, depth = header.line, 0
    for number in range(header.line, min(header.line + _FAR, len(lines))):
        code = _STRINGS.sub(b"", lines[number]).split(b"#")[0].rstrip()
        depth += sum(code.count(c) for c in (b"(", b"[", b"{")) - sum(code.count(c) for c in (b")", b"]", b"}"))
        last = number
        if depth <= 0 and b":" in code:
            break
    return range(first, last + 1)


def says_more(data: bytes, header: Header) -> bool:
    """Whether a definition's text tells more of it than its name: parameters, a result, an exception; of a class, those of its making."""
    lines = data.split(b"\n")
    first, last = body(data, header)
    text = b"\n".join(lines[first : last + 1])
    if not header.is_function:
        made = _INIT.search(text)
        return made is not None and _PARAMETERS.match(text, made.end()) is not None
    start = text.find(b"(")
    return (start >= 0 and _PARAMETERS.match(text, start) is not None) or _TELLS.search(text) is not None


def has_docstring(data: bytes, header: Header) -> bool:
    """Whether a string follows the header."""
    lines = data.split(b"\n")[header.line : header.line + _FAR]
    for number, text in enumerate(lines):
        if text.split(b"#")[0].rstrip().endswith(b":"):
            after = next((each.strip() for each in lines[number + 1 :] if each.strip()), b"")
            return re.match(rb"[rRuU]?(\"\"\"|'''|\"|')", after) is not None
    return False


def calls(data: bytes, first: int, last: int) -> frozenset[str]:
    """Names that stand before a bracket on the lines `first` to `last` (from 0)."""
    text = b"\n".join(data.split(b"\n")[first + 1 : last + 1])
    return frozenset(name.decode("utf-8", "replace") for name in _CALLED.findall(text))
