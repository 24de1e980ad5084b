"""Reading an issue: hidden characters out, and what a machine can use of it in.

Everything here is data from outside: patterns are linear, sizes are bounded, and nothing that is read is run.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from fixbot_repair.issue import Issue
from fixbot_repair.issue_blocks import DIFF, LONGEST_LINE, is_output, pieces
from fixbot_repair.issue_code import does, runnable
from fixbot_repair.issue_expectations import Told, told
from fixbot_repair.issue_logs import python_of
from fixbot_repair.issue_traces import entries, traceback, warned

MAX_CHARACTERS = 400_000
_MOST = 50  # of each kind of thing
_HIDDEN_SYMBOLS = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")

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
    found = told(parts)
    frames, error = ((), "") if found.is_error_fine else traceback(lines)
    return Issue(
        text=clean,
        title=_title(lines),
        frames=frames,
        error=error or warned(lines),
        code_blocks=tuple(b for b in blocks if not is_output(b) and not DIFF.match(b))[:_MOST],
        expectations=found.expectations[:_MOST],
        crashing=(found.crashing or _entries(found, blocks, lines))[:_MOST],
        named=found.named,
        test_ids=_test_ids(clean),
        patches=tuple(_patches(lines))[:_MOST],
        notes=tuple(notes),
        python=python_of(clean),
    )


def _entries(found: Told, blocks: list[str], lines: list[str]) -> tuple[str, ...]:
    """The statements by which a traceback was entered, where the issue shows no code and tells no value."""
    has_code = any(does(runnable(block)) for block in blocks if not is_output(block))
    return () if has_code or any(e.expected for e in found.expectations) else tuple(entries(lines))


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
