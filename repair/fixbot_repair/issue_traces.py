"""Tracebacks in the text of an issue: Python's own, pytest's and IPython's; and what of a session's answers is one."""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fixbot_repair import issue_errors as told_errors
from fixbot_repair.issue import TraceFrame
from fixbot_repair.issue_blocks import LONGEST_LINE
from fixbot_repair.issue_source import parsed

_FRAME = re.compile(r'^\s*File "([^"\n]{1,400})", line (\d{1,7})(?:, in (\S+))?')
_PYTEST_FRAME = re.compile(r"^([\w./\\-]{1,300}\.py):(\d{1,7}): (?:in (\S+)|(\w+)?\s*$)")
# "File ~/x/plot.py:265, in Plot.show(self)"; before IPython 8 "~/x/plot.py in show(self)", whose line an arrow tells.
_IPYTHON_FRAME = re.compile(r"^(?:File )?([~\w./\\:-]{1,400}\.py)(?::(\d{1,7}),)? in ([\w.<>]{1,200})\(")
_ARROW = re.compile(r"^-{1,5}> ?(\d{1,7})\b")
_ERROR = re.compile(
    r"^(?:E\s{1,8})?((?:[A-Za-z_]\w*\.){0,6}[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration))(?::\s?(.*))?$"
)
_WARNED = re.compile(r"^\S{1,300}\.py:\d{1,7}: ((?:\w+\.){0,6}[A-Z]\w*Warning): (.*)")
_SAYS_WARNED = re.compile(
    r"\b(?:gives?|gave|emits?|emitted|raises?|issues?|issued|shows?|prints?|produces?|triggers?|gets?|got|with)\b[^.\n`]{0,40}?"
    r"`?\b((?:\w+\.){0,6}[A-Z]\w*Warning)\b(?:: ?([^`\n]{1,200}))?"
)
_WANTED = re.compile(
    r"\b(?:should|must|expect(?:ed|s)?|ought|want)\b(?! not|n['’]t)[^.\n]{0,40}?\b(?:(?:emit|issue|raise|give|show|see|get)\w*|warn)\b",
    re.IGNORECASE,
)
_HEAD = "Traceback (most recent call last)"


def traceback(lines: Sequence[str]) -> tuple[tuple[TraceFrame, ...], str]:
    """Frames of the last traceback in the text, innermost last, and the error at its end."""
    frames: list[TraceFrame] = []
    last: tuple[tuple[TraceFrame, ...], str] = ((), "")
    for raw in lines:
        cut = raw[:LONGEST_LINE]
        line = cut.lstrip("> ") if raw.startswith(">") and not raw.startswith(">>>") else cut
        if line.strip().startswith(_HEAD) or line.rstrip().endswith(f" {_HEAD}"):
            frames = []
        elif (found := _PYTEST_FRAME.match(line.strip())) and found[4] and found[4] in last[1].partition(":")[0]:
            last = _placed(last, TraceFrame(found[1], int(found[2])))
        elif (found := _FRAME.match(line)) or (found := _PYTEST_FRAME.match(line.strip())):
            frames.append(TraceFrame(found[1], int(found[2]), found[3] or ""))
        elif found := _IPYTHON_FRAME.match(line.strip()):
            frames.append(TraceFrame(found[1], int(found[2] or 0), found[3].rpartition(".")[2]))
        elif frames and not frames[-1].line and (found := _ARROW.match(line.strip())):
            frames[-1] = TraceFrame(frames[-1].file, int(found[1]), frames[-1].function)
        elif found := _ERROR.match(line.strip().strip("`*").strip()):
            error = found[1] + (f": {found[2].strip()}" if found[2] else "")
            placed = tuple(frame for frame in frames if frame.line)
            last = (placed or last[0], error) if frames or not last[1] else last
            frames = []
    if last[0] or last[1]:
        return last
    placed = tuple(frame for frame in frames if frame.line)
    return (placed, "") if placed else ((), told_errors.raised("\n".join(lines)))


def entries(lines: Sequence[str]) -> Iterator[str]:
    """The statements at the top of a module, in the last traceback, that call something: how it was entered."""
    start = max((n for n, line in enumerate(lines) if _HEAD in line[:LONGEST_LINE]), default=len(lines))
    for line, below in pairwise(lines[start:]):
        found = _FRAME.match(line[:LONGEST_LINE])
        source = below[:LONGEST_LINE].strip()
        if found and found[3] == "<module>" and "(" in source and len(body := parsed(source)) == 1:
            yield source
            yield from _written_out(body[0])


def _written_out(statement: ast.stmt) -> Iterator[str]:
    """The calls within `statement` whose arguments are all written out: those around them may be the user's own."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and node.args and node is not getattr(statement, "value", None):
            given = (n for a in (*node.args, *node.keywords) for n in ast.walk(a))
            if not any(isinstance(n, ast.Name) for n in given):
                yield ast.unparse(node)


def warned(lines: Sequence[str]) -> str:
    """The warning that the text of these lines is about, "FutureWarning: old"; "" where its title speaks of none, or one is wanted."""
    title = next((line for line in lines if line.strip()), "")
    if "warn" not in title.lower() or any(_WANTED.search(line[:LONGEST_LINE]) for line in lines):
        return ""
    shown = (_WARNED.match(line[:LONGEST_LINE].strip()) for line in lines)
    said = (_SAYS_WARNED.search(line[:LONGEST_LINE]) for line in lines)
    found = next(filter(None, shown), None) or next(filter(None, said), None)
    return f"{found[1]}: {found[2].strip()}" if found and found[2] else found[1] if found else ""


def is_crash(answer: str) -> bool:
    """Whether what a session shows below a statement is the error that it ended in."""
    lines = answer.strip().split("\n")
    return _HEAD in answer or any(_FRAME.match(line) for line in lines) or crashed(lines[-1]) != ""


def crashed(line: str) -> str:
    """The name of the error that `line`, the last one of a traceback, tells; "" for none."""
    found = _ERROR.match(line[:LONGEST_LINE].strip())
    return found[1] if found and not found[1].endswith("Warning") else ""


def _placed(last: tuple[tuple[TraceFrame, ...], str], place: TraceFrame) -> tuple[tuple[TraceFrame, ...], str]:
    """The traceback `last` with its innermost place, which pytest shows below the error."""
    is_there = bool(last[0]) and (last[0][-1].file, last[0][-1].line) == (place.file, place.line)
    return last if is_there else ((*last[0], place), last[1])
