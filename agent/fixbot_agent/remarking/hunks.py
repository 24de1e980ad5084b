"""A change as a model reads it: hunks numbered by the lines of the new files, each with the function around it, within a bound."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from fixbot_agent.reviewing import Change
from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.hits import cut
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import Symbol, SymbolKind

_ROOM = 30_000  # characters of all hunks
_LARGEST = 7000  # of one
_AROUND = 4  # lines before and after what changed, where no function holds it
_WHOLE = 70  # lines of a function that is shown whole
_WIDEST = 300  # characters of a line
_NAMED = 30  # files and places that are only named

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines `first` to `last` (from 1, of the new file) with what was there before; `inside` is the definition that holds them."""

    path: str
    first: int
    last: int
    inside: str
    text: str

    def __str__(self) -> str:
        held = f" in {self.inside}" if self.inside else ""
        return f"@@ lines {self.first} to {self.last}{held} @@\n{self.text}"


def diff(change: Change, definitions: Definitions, room: int = _ROOM) -> str:
    """The whole change within `room` characters, what is no test first; what is left out is named."""
    hunks = [h for path in sorted(change.after, key=lambda p: (is_test(p), p)) for h in _of(change, path, definitions)]
    shown: list[Hunk] = []
    left: list[Hunk] = []
    for hunk in hunks:
        fits = len(str(hunk)) <= room
        (shown if fits else left).append(hunk)
        room -= len(str(hunk)) if fits else 0
    files = [
        f"{_head(change, path)}\n" + "\n".join(map(str, group)) for path, group in groupby(shown, key=lambda h: h.path)
    ]
    return "\n\n".join([*files, *_named(change, left)]) or "(no source file changed)"


def _named(change: Change, left: Sequence[Hunk]) -> Iterator[str]:
    """What of the change is not shown, by name."""
    if left:
        rows = [
            f"- {_on_a_line(h.path)}, lines {h.first} to {h.last}{f' in {h.inside}' if h.inside else ''}" for h in left
        ]
        more = [f"- and {len(rows) - _NAMED} more"] if len(rows) > _NAMED else []
        yield "\n".join(["Left out for room (`view` shows them as they are now):", *rows[:_NAMED], *more])
    if gone := sorted(set(change.before) - set(change.after) - set(change.renamed)):
        more = [f"- and {len(gone) - _NAMED} more"] if len(gone) > _NAMED else []
        yield "\n".join(["Deleted files:", *(f"- {_on_a_line(p)}" for p in gone[:_NAMED]), *more])


def _head(change: Change, path: str) -> str:
    origin = next((old for old, new in change.renamed.items() if new == path), path)
    if origin != path:
        return f"=== {_on_a_line(path)} (was {_on_a_line(origin)})"
    return f"=== {_on_a_line(path)}" if path in change.before else f"=== {_on_a_line(path)} (new)"


def _on_a_line(path: str) -> str:
    """A file's name as git quotes one that would begin a line of its own."""
    return path if path.isprintable() else json.dumps(path, ensure_ascii=False)


def _of(change: Change, path: str, definitions: Definitions) -> Iterator[Hunk]:
    """The hunks of one file; none of one that may hold secrets."""
    origin = next((old for old, new in change.renamed.items() if new == path), path)
    if is_secret(path) or is_secret(origin):
        return
    old, new = _lines(origin, change.before.get(origin, b"")), _lines(path, change.after[path])
    codes = SequenceMatcher(None, old, new).get_opcodes()
    for (first, last), inside in _windows(codes, len(new), definitions.of(path)):
        text = "\n".join(_rows(codes, old, new, first, last))
        yield Hunk(path, first, last, inside, _clipped(text))


def _lines(path: str, data: bytes) -> list[str]:
    try:
        return decode(path, data).text.split("\n")
    except SourceError:
        return data.decode("utf-8", "replace").split("\n")


def _windows(codes: Sequence[Opcode], length: int, symbols: Sequence[Symbol]) -> Iterator[tuple[tuple[int, int], str]]:
    """First and last line of each hunk, and what holds it; those that touch are one."""
    functions = [s for s in symbols if s.kind is not SymbolKind.CLASS]
    found: list[tuple[int, int]] = []
    for kind, _, _, start, end in codes:
        if kind == "equal":
            continue
        first, last = min(start + 1, length), max(end, min(start + 1, length))
        around = [s for s in functions if s.line <= first and last <= s.end_line and s.end_line - s.line < _WHOLE]
        whole = max(around, key=lambda s: s.line, default=None)
        window = (whole.line, whole.end_line) if whole else (max(first - _AROUND, 1), min(last + _AROUND, length))
        if found and window[0] <= found[-1][1] + 2:
            window = min(found[-1][0], window[0]), max(found.pop()[1], window[1])
        found.append(window)
    for window in found:
        holding = [s for s in symbols if s.line <= window[0] and window[1] <= s.end_line]
        yield window, max(holding, key=lambda s: s.line).qualname if holding else ""


def _rows(codes: Sequence[Opcode], old: Sequence[str], new: Sequence[str], first: int, last: int) -> Iterator[str]:
    """Rows of a hunk: the number in the new file, "+" for what is new, "-" (without a number) for what is gone."""
    for kind, a, b, start, end in codes:
        if kind == "equal":
            for n in range(max(start + 1, first), min(end, last) + 1):
                yield f"{n:>5}   {cut(new[n - 1], _WIDEST)}".rstrip()
        elif first <= min(start + 1, len(new)) <= last:
            yield from (f"      - {cut(line, _WIDEST)}".rstrip() for line in old[a:b])
            yield from (f"{n:>5} + {cut(new[n - 1], _WIDEST)}".rstrip() for n in range(start + 1, end + 1))


def _clipped(text: str) -> str:
    if len(text) <= _LARGEST:
        return text
    kept = text[:_LARGEST].rpartition("\n")[0]
    rows = text.count("\n") - kept.count("\n")
    return f"{kept}\n  … {rows} more rows of this hunk are left out for room"
