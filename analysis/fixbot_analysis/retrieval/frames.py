"""How traces and messages of many languages write a place: a table of shapes, read in linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class FrameMention:
    """A frame of a traceback: the file as written, the line from 1, the function where it is given.

    `whole`: all of `file` must agree with the end of a path, since the language ties folders to names (Java).
    """

    file: str
    line: int
    function: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to write a frame: groups ``file`` and ``line``, and ``function`` or ``package`` (Java) where it gives them.

    `above` finds the function (its one group) in the line above the frame. All these begin with the innermost frame.
    """

    pattern: re.Pattern[str]
    above: re.Pattern[str] | None = None


_FILE = r"(?P<file>(?:[A-Za-z]:)?[^\s():\"'`,]{1,300}\.\w{1,10})"
_LINE = r"(?P<line>\d{1,9})"

SHAPES: tuple[Shape, ...] = (
    # The JVM: `at pkg.Class.method(File.java:861)`, perhaps after a module (`java.base/`).
    Shape(
        re.compile(
            r"^[ \t]{0,40}at (?:[\w.@$-]{0,100}/){0,3}(?P<package>(?:\w{1,80}\.){0,20})[\w$]{1,200}\."
            rf"(?:lambda\$)?(?P<function>[\w<>]{{1,200}})(?:\$\w{{1,80}})?\((?P<file>[\w$-]{{1,200}}\.\w{{1,10}}):{_LINE}\)",
            re.MULTILINE,
        )
    ),
    # A backtrace of Rust: `   4: shop::cart::total` and below it `             at ./src/cart.rs:8:12`.
    Shape(
        re.compile(rf"^[ \t]{{4,40}}at {_FILE}:{_LINE}(?::\d{{1,9}})?[ \t]*$", re.MULTILINE),
        re.compile(r"^[ \t]{0,9}\d{1,5}: .{0,400}?(\w{1,200})(?:::\{\{closure\}\}){0,9}(?:::h[0-9a-f]{16})?[ \t]{0,9}$"),
    ),
    # V8: `at f (/x/lib/utils.js:95:20)`, `at async file:///x/main.mjs:3:1`, `at new Cart (cart.ts:3:5)`.
    Shape(
        re.compile(
            r"^[ \t]{0,40}at (?:async )?(?:(?:new [\w$.]{1,200}|(?:[\w$#]{1,80}\.){0,9}(?P<function>[\w$<>]{1,200})(?: \[as [^\]\n]{1,80}\])?) \()?"
            rf"(?:file://)?{_FILE}:{_LINE}:\d{{1,9}}\)?[ \t]*$",
            re.MULTILINE,
        )
    ),
    # Go: `main.(*Cart).Total(0x1)` and below it `\t/src/cart.go:442 +0x1d`.
    Shape(
        re.compile(rf"^(?:\t| {{2,8}}){_FILE}:{_LINE}(?: \+0x[0-9a-f]{{1,16}})?[ \t]*$", re.MULTILINE),
        re.compile(r"\.(\w{1,200})(?:\.(?:func)?\d{1,5}){0,9}(?:\[\.\.\.\])?(?:\(| in goroutine|$)"),
    ),
    # Rust: `thread 'main' panicked at src/a.rs:8:12:`, before 1.73 `panicked at 'message', src/a.rs:8:12`.
    Shape(re.compile(rf"\bpanicked at (?:'[^\n]{{0,500}}', )?{_FILE}:{_LINE}:\d{{1,9}}")),
    # gdb: `#1  0x0000 in shop::total (cart=0x1) at src/cart.c:12`.
    Shape(
        re.compile(
            r"^#\d{1,5} +(?:0x[0-9a-f]{1,16} in )?(?:[\w~]{1,80}::){0,9}(?P<function>\w{1,200}) ?\([^\n]{0,500}\) at "
            rf"{_FILE}:{_LINE}[ \t]*$",
            re.MULTILINE,
        )
    ),
    # Compilers and sanitizers: `src/cart.c:12:5: error: ...`, `#0 0x4a in total src/cart.c:12:5`, `src/cart.ts(12,5): error ...`.
    Shape(
        re.compile(
            rf"^{_FILE}(?::{_LINE}(?::\d{{1,9}})?|\((?P<at>\d{{1,9}}),\d{{1,9}}\)): (?:fatal )?(?:runtime )?(?:error|warning|panic)\b",
            re.MULTILINE,
        )
    ),
    Shape(
        re.compile(rf"^[ \t]{{0,40}}#\d{{1,5}} 0x[0-9a-f]{{1,16}} in (?P<function>\w{{1,200}})\S{{0,300}} {_FILE}:{_LINE}", re.MULTILINE)
    ),
    # rustc: `  --> src/cart.rs:12:5`.
    Shape(re.compile(rf"^[ \t]{{0,40}}--> {_FILE}:{_LINE}:\d{{1,9}}[ \t]*$", re.MULTILINE)),
)  # fmt: skip

_NEXT_TRACE = "Caused by:"  # of the JVM: what follows is what raised the exception above
_ABOVE = 500  # characters of the line above a frame that are read


def frames(text: str) -> Iterator[tuple[int, FrameMention]]:
    """(where it begins, frame) for each frame of a language that writes the innermost one first; here the innermost is last.

    Several traces count as one, the first one innermost, unless one says that it is what caused the one before.
    """
    found = {m.start("file"): (m, shape) for shape in reversed(SHAPES) for m in shape.pattern.finditer(text)}
    order = sorted(found)
    causes = [m.start() for m in re.finditer(_NEXT_TRACE, text)]
    for _, trace in groupby(order, key=_Trace(causes)):
        starts = list(trace)
        for place, start in zip(starts, reversed(starts), strict=True):
            yield place, _mention(text, *found[start])


class _Trace:
    """Numbers the trace that rising offsets lie in."""

    def __init__(self, causes: list[int]) -> None:
        self._causes, self._number = causes, 0

    def __call__(self, offset: int) -> int:
        while self._number < len(self._causes) and self._causes[self._number] < offset:
            self._number += 1
        return self._number


def _mention(text: str, match: re.Match[str], shape: Shape) -> FrameMention:
    groups = match.groupdict()
    package = groups.get("package")
    file = (package or "").replace(".", "/") + match["file"]
    function = groups.get("function") or ""
    if shape.above is not None:
        begin = text.rfind("\n", max(0, match.start() - _ABOVE), max(0, match.start() - 1)) + 1
        above = shape.above.search(text[max(begin, match.start() - _ABOVE) : max(0, match.start() - 1)])
        function = above[1] if above else ""
    return FrameMention(file.replace("\\", "/"), int(match["line"] or groups["at"]), function, bool(package))
