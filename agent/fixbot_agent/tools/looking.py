"""The tool that shows files: windows with line numbers, definitions by name, an outline first where a file is long."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.finding import KINDS, Definitions
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_agent.tools.searching import described
from fixbot_analysis.errors import SourceError
from fixbot_analysis.symbols import Symbol

_WINDOW = 120  # lines of one view
_OVER = 12  # more of them that are not worth another call
_TOGETHER = 240  # lines of several
_WIDEST = 400  # characters of one line, where all of them are more than
_ROOM = 10_000  # characters
_OUTLINE = 80  # definitions of one outline
_RANGE = re.compile(r"\s*(\d{1,7})\s*(?:-\s*(\d{1,7})\s*)?")


@dataclass(frozen=True, slots=True)
class View:
    """Arguments of view."""

    path: str = arguments.text("The file, relative to the repository. Not needed with 'symbol'.", "")
    start_line: int = arguments.whole("First line to show, from 1. Leave it out for an outline and the first lines.", 0)
    end_line: int = arguments.whole(f"Last line to show. At most {_WINDOW} lines are shown at once.", 0)
    symbol: str = arguments.text(
        "A function, method or class to show: path::Class.method, or a dotted name that only one has.", ""
    )
    ranges: tuple[str, ...] = arguments.texts('Several ranges of lines of the file at once: ["10-40", "200-230"].')


def view(desk: Desk, definitions: Definitions, args: View) -> Outcome:
    """Effect: show windows of a file with line numbers; without a range, first its outline."""
    if args.symbol:
        return Outcome(_definition(desk, definitions, args))
    if not args.path:
        raise Refused("give 'path' or 'symbol'")
    lines = _lines(desk, args.path)
    if not lines:
        return Outcome(f"{args.path} is empty")
    if args.ranges:
        return Outcome("\n\n".join(_several(desk, args.path, lines, args.ranges)))
    first = args.start_line or 1
    wanted = args.end_line if args.end_line >= first else first + _WINDOW - 1
    outline = _outline(desk, args.path) if not args.start_line and len(lines) > _WINDOW else ""
    return Outcome(outline + _window(desk, args.path, lines, first, wanted))


def _definition(desk: Desk, definitions: Definitions, args: View) -> str:
    name = args.symbol if not args.path or "::" in args.symbol else f"{args.path}::{args.symbol}"
    found = [definitions.named(name, args.start_line)] if args.start_line else definitions.alike(name)
    path, symbol = found[0]
    others = ", ".join(str(s.line) for _, s in found[1:6])
    also = f"\n(it is defined again on line {others}; 'start_line' chooses)" if others else ""
    lines = _lines(desk, path)
    last = min(symbol.end_line, len(lines))
    if last < symbol.line:
        raise Refused(f"{path} changed since it was read; view it by lines")
    inside = [s for s in definitions.of(path) if s.parent == symbol.qualname] if last - symbol.line >= _WINDOW else []
    head = "Members:\n" + "\n".join(_rows(inside)) + "\n\n" if inside else ""
    return f"{head}{symbol.qualname} in {_window(desk, path, lines, symbol.line, last)}{also}"


def _several(desk: Desk, path: str, lines: Sequence[str], ranges: Sequence[str]) -> Iterator[str]:
    left = _TOGETHER
    for text in ranges:
        match = _RANGE.fullmatch(text)
        if match is None:
            raise Refused(f"{text[:40]!r} is no range of lines; write it as '10-40'")
        first, last = int(match[1]), int(match[2] or match[1])
        if left <= 0:
            yield f"… {text}: left out, more than {_TOGETHER} lines"
            continue
        most = min(left, _WINDOW)
        yield _window(desk, path, lines, first, max(first, last), most)
        left -= min(max(first, last) - first + 1, most)


def _window(desk: Desk, path: str, lines: Sequence[str], first: int, wanted: int, most: int = _WINDOW) -> str:
    if not 1 <= first <= len(lines):
        raise Refused(f"{path} has {len(lines)} lines; there is no line {first}")
    wanted = min(wanted, len(lines))
    last = wanted if wanted < first + most + _OVER else first + most - 1
    shown = lines[first - 1 : last]
    desk.shown.setdefault(path, []).append((first, last))
    widest = _WIDEST if sum(map(len, shown)) > _ROOM else _ROOM
    rows = "\n".join(f"{n:>5}  {cut(line, widest)}" for n, line in enumerate(shown, first))
    more = f"\n… cut after {most} lines; it goes on to line {wanted}" if last < wanted else ""
    return f"{path}, lines {first} to {last} of {len(lines)}:\n{rows}{more}"


def _lines(desk: Desk, path: str) -> list[str]:
    lines = desk.document(path).text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def _outline(desk: Desk, path: str) -> str:
    try:
        found = [s for s in desk.symbols.facts(path).symbols if s.kind in KINDS]
    except SourceError:
        return ""  # not source
    return "Outline:\n" + "\n".join(_rows(found)) + "\n\n" if found else ""


def _rows(found: Sequence[Symbol]) -> Iterator[str]:
    for s in found[:_OUTLINE]:
        yield f"{s.line:>5}-{s.end_line:<5} {'  ' * s.qualname.count('.')}{cut(described(s), _WIDEST)}"
    if len(found) > _OUTLINE:
        yield f"… {len(found) - _OUTLINE} more"
