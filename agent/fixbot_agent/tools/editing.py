"""The tool that changes files: one exact replacement, kept only when the file still parses."""

import ast
import warnings
from dataclasses import dataclass
from difflib import SequenceMatcher

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis.source import Document

_AROUND = 3  # lines shown around a change
_MOST_LINES = 4000  # of a file in which the nearest text is looked for


@dataclass(frozen=True, slots=True)
class Edit:
    """Arguments of edit."""

    path: str = arguments.text("The file, relative to the repository.")
    search: str = arguments.text(
        "The text to replace, exactly as it is in the file; it must occur once. Empty: make a new file."
    )
    replace: str = arguments.text("What stands there afterwards.")


def edit(desk: Desk, args: Edit) -> Outcome:
    """Effect: replace one piece of text. Refused when it does not occur exactly once, or the file would no longer parse."""
    desk.check_writable(args.path)
    if not args.search:
        return _make(desk, args)
    document = desk.document(args.path)
    crlf = document.data.count(b"\r\n") * 2 > document.data.count(b"\n")
    search, replace = (_bytes(part, crlf) for part in (args.search, args.replace))
    start = _only_place(document, search)
    data = document.data[:start] + replace + document.data[start + len(search) :]
    if data == document.data:
        raise Refused("the replacement is the same as the text: nothing would change")
    _check_syntax(document, data)
    desk.put(document, data)
    return Outcome(f"{args.path} is changed:\n{_shown(data, start, len(replace))}")


def _make(desk: Desk, args: Edit) -> Outcome:
    if desk.exists(args.path):
        raise Refused(f"{args.path} exists; give the text to replace in 'search'")
    document, data = Document(args.path, b""), _bytes(args.replace, crlf=False)
    _check_syntax(document, data)
    desk.put(document, data)
    return Outcome(f"{args.path} is made")


def _bytes(text: str, crlf: bool) -> bytes:
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("the text holds half a character (a lone surrogate)") from error
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if crlf else data


def _only_place(document: Document, search: bytes) -> int:
    first = document.data.find(search)
    if first < 0:
        raise Refused(f"the text is not in {document.path}.{_did_you_mean(document, search)}")
    places = [first]
    while (following := document.data.find(search, places[-1] + 1)) >= 0 and len(places) < 10:
        places.append(following)
    if len(places) > 1:
        lines = ", ".join(str(document.line_of(p) + 1) for p in places)
        raise Refused(
            f"the text occurs {len(places)} times in {document.path} (lines {lines}); take more lines around it"
        )
    return first


def _did_you_mean(document: Document, search: bytes) -> str:
    """The lines of the file that are most like what was looked for, exactly as they are."""
    lines = document.text.splitlines()[:_MOST_LINES]
    wanted = [w.strip() for w in search.decode("utf-8").splitlines() if w.strip()]
    if not wanted or not lines:
        return ""
    matcher = SequenceMatcher(b=wanted[0])
    scores = []
    for number, line in enumerate(lines):
        matcher.set_seq1(line.strip())
        if matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6:
            scores.append((matcher.ratio(), -number))
    best, at = max(scores, default=(0.0, 0))
    if best < 0.6:
        return " No line of it is like the first line of the text; view the file again."
    near = lines[-at : -at + min(len(search.splitlines()), 20)]
    shown = "\n".join(near)
    return f" Did you mean this, from line {1 - at} (copy it exactly, whitespace included)?\n{shown}"


def _check_syntax(document: Document, data: bytes) -> None:
    """Refuse an edit that makes a Python file unreadable that was readable before."""
    if not document.path.endswith((".py", ".pyi")) or _syntax_error(document.text) is not None:
        return
    error = _syntax_error(data.decode("utf-8"))
    if error is not None:
        raise Refused(f"the edit is undone, {document.path} would no longer parse: {error}")


def _syntax_error(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}: {(error.text or '').strip()[:120]}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _shown(data: bytes, start: int, length: int) -> str:
    lines = data.decode("utf-8").splitlines()
    first = data[:start].count(b"\n")
    last = first + data[start : start + length].count(b"\n")
    window = range(max(first - _AROUND, 0), min(last + _AROUND + 1, len(lines), first + 60))
    return "\n".join(f"{n + 1:>5}  {lines[n][:400]}" for n in window)
