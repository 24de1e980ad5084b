"""Reading an issue: hidden characters out, and what a machine can use of it in.

Everything here is data from outside: patterns are linear, sizes are bounded, and nothing that is read is run.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from fixbot_repair import issue_wording as wording
from fixbot_repair.issue import Issue, TraceFrame
from fixbot_repair.issue_blocks import DIFF, LONGEST_LINE, is_output, pieces
from fixbot_repair.issue_expectations import expectations
from fixbot_repair.issue_logs import python_of

MAX_CHARACTERS = 400_000
_MOST = 50  # of each kind of thing
_HIDDEN_SYMBOLS = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")

_FRAME = re.compile(r'^\s*File "([^"\n]{1,400})", line (\d{1,7})(?:, in (\S+))?')
_PYTEST_FRAME = re.compile(r"^([\w./\\-]{1,300}\.py):(\d{1,7}): (?:in (\S+)|(\w+)?\s*$)")
_ERROR = re.compile(
    r"^(?:E\s{1,8})?((?:[A-Za-z_]\w*\.){0,6}[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration))(?::\s?(.*))?$"
)
_TEST_ID = re.compile(r"[\w./-]{1,200}\.py::[\w:.-]{1,200}(?:\[[^\]\n]{0,200}\])?")
_DJANGO_TEST = re.compile(r"\b(test_\w{1,100}) \(([\w.]{1,200})\)")
_UNITTEST = re.compile(
    r"^(?:FAIL|ERROR): (\w{1,100}) \(([\w.]{1,200})\)", re.MULTILINE
)  # the heads of what unittest says
_OF_CLASS = ("setUpClass", "tearDownClass")
_NO_TEST = ("unittest.loader", "setUpModule", "tearDownModule")


def read(text: str) -> Issue:
    """Read an issue's text (Markdown or plain). Never fails: what is not understood is left in the text."""
    notes: list[str] = []
    if len(text) > MAX_CHARACTERS:
        notes.append(f"the text was cut at {MAX_CHARACTERS} of {len(text)} characters")
        text = text[:MAX_CHARACTERS]
    clean = _visible(text.replace("\r\n", "\n").replace("\r", "\n"), notes)
    lines = clean.split("\n")
    parts = list(pieces(lines))
    blocks = [part.text for part in parts if part.is_block]
    frames, error = _traceback(lines)
    return Issue(
        text=clean,
        title=_title(lines),
        frames=frames,
        error=error,
        code_blocks=tuple(b for b in blocks if not is_output(b) and not DIFF.match(b))[:_MOST],
        expectations=tuple(expectations(parts))[:_MOST],
        test_ids=_test_ids(clean),
        patches=tuple(_patches(lines))[:_MOST],
        notes=tuple(notes),
        python=python_of(clean),
    )


def _visible(text: str, notes: list[str]) -> str:
    """`text` without characters that nobody sees (tags, zero width, direction marks, controls); `notes` says how many."""
    removed = Counter(_what(c) for c in text if _is_hidden(c))
    if not removed:
        return text
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(removed.items()))
    notes.append(f"hidden characters were removed: {kinds}")
    return "".join(c for c in text if not _is_hidden(c))


def _is_hidden(char: str) -> bool:
    if char < "\x7f":
        return char < " " and char not in "\n\t"
    if char in _HIDDEN_SYMBOLS or 0xFE00 <= ord(char) <= 0xFE0E or 0xE0100 <= ord(char) <= 0xE01EF:
        return True  # FE0F, which makes an emoji of a symbol, stays
    return unicodedata.category(char) in ("Cf", "Cc", "Co", "Cs", "Zl", "Zp")


def _what(char: str) -> str:
    if 0xE0000 <= ord(char) <= 0xE007F:
        return "tag"
    if "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" or char in "\u200e\u200f\u061c":
        return "direction"
    if char in "\u200b\u200c\u200d\u2060\ufeff":
        return "zero width"
    return "control" if unicodedata.category(char) == "Cc" else "other"


def _title(lines: list[str]) -> str:
    first = next((line.strip() for line in lines if line.strip()), "")
    return first.lstrip("#").strip()[:300]


def _traceback(lines: list[str]) -> tuple[tuple[TraceFrame, ...], str]:
    """Frames of the last traceback in the text, innermost last, and the error at its end."""
    frames: list[TraceFrame] = []
    last: tuple[tuple[TraceFrame, ...], str] = ((), "")
    for raw in lines:
        line = (
            raw[:LONGEST_LINE].lstrip("> ") if raw.startswith(">") and not raw.startswith(">>>") else raw[:LONGEST_LINE]
        )
        if line.strip().startswith("Traceback (most recent call last)"):
            frames = []
        elif (found := _PYTEST_FRAME.match(line.strip())) and found[4] and found[4] in last[1].partition(":")[0]:
            last = _placed(last, TraceFrame(found[1], int(found[2])))
        elif (found := _FRAME.match(line)) or (found := _PYTEST_FRAME.match(line.strip())):
            frames.append(TraceFrame(found[1], int(found[2]), found[3] or ""))
        elif found := _ERROR.match(line.strip().strip("`*").strip()):
            error = found[1] + (f": {found[2].strip()}" if found[2] else "")
            last = (tuple(frames) or last[0], error) if frames or not last[1] else last
            frames = []
    if last[0] or last[1]:
        return last
    return (tuple(frames), "") if frames else ((), wording.raised("\n".join(lines)))


def _placed(last: tuple[tuple[TraceFrame, ...], str], place: TraceFrame) -> tuple[tuple[TraceFrame, ...], str]:
    """The traceback `last` with its innermost place, which pytest shows below the error."""
    is_there = bool(last[0]) and (last[0][-1].file, last[0][-1].line) == (place.file, place.line)
    return last if is_there else ((*last[0], place), last[1])


def _test_ids(text: str) -> tuple[str, ...]:
    found = [m[0].rstrip(".:") for m in _TEST_ID.finditer(text)]
    found += [_dotted(m[1], m[2]) for m in _UNITTEST.finditer(text) if not m[2].startswith(_NO_TEST)]
    found += [_dotted(m[1], m[2]) for m in _DJANGO_TEST.finditer(text) if not m[2].startswith(_NO_TEST)]
    return tuple(dict.fromkeys(i for i in found if i))[:_MOST]


def _dotted(name: str, owner: str) -> str:
    """The dotted name of a test that unittest shows as "name (owner)"; owners hold the name from Python 3.11 on.

    What failed for a whole class is named by the class. A script that is its own test file has no module's name.
    """
    owner = owner.removeprefix("__main__.")
    if name in _OF_CLASS:
        return owner.removesuffix(f".{name}")
    return owner if owner == name or owner.endswith(f".{name}") else f"{owner}.{name}"


def _patches(lines: list[str]) -> Iterator[str]:
    """Unified diffs, wherever they stand: from their first header to the last line that can belong to them."""
    starts = [i for i, line in enumerate(lines) if DIFF.match(line[:LONGEST_LINE]) and not _continues(lines, i)]
    for start, end in pairwise([*starts, len(lines)]):
        body = list(_diff_lines(lines[start:end]))
        if any(line.startswith("@@ ") for line in body):
            yield "\n".join(body) + "\n"


def _continues(lines: list[str], at: int) -> bool:
    """Whether the header at `at` is only the --- line of a "diff --git" just above, or another file of the same diff."""
    above = next((line for line in reversed(lines[max(0, at - 6) : at]) if line.strip()), "")
    return bool(above) and above.startswith(
        ("diff --git", "index ", "new file", "deleted file", "similarity", "+", "-", " ")
    )


def _diff_lines(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        inside = inside or line.startswith("@@ ")
        if line.startswith(("```", "~~~")) or (inside and line and line[0] not in "+- @\\di"):
            return
        yield line
