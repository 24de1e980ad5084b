"""Reading an issue: hidden characters out, and what a machine can use of it in.

Everything here is data from outside: patterns are linear, sizes are bounded, and nothing that is read is run.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from fixbot_repair.issue import Expectation, Issue, TraceFrame

MAX_CHARACTERS = 400_000
_MOST = 50  # of each kind of thing
_LONGEST_LINE = 2000  # characters that the patterns look at
_HIDDEN_SYMBOLS = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$")
_FRAME = re.compile(r'^\s*File "([^"\n]{1,400})", line (\d{1,7})(?:, in (\S+))?')
_PYTEST_FRAME = re.compile(r"^([\w./\\-]{1,300}\.py):(\d{1,7}): (?:in (\S+)|(\w+)?\s*$)")
_ERROR = re.compile(
    r"^(?:E\s{1,8})?((?:[A-Za-z_]\w*\.){0,6}[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration))(?::\s?(.*))?$"
)
_TEST_ID = re.compile(r"[\w./-]{1,200}\.py::[\w:.-]{1,200}(?:\[[^\]\n]{0,200}\])?")
_DJANGO_TEST = re.compile(r"\b(test_\w{1,100}) \(([\w.]{1,200})\)")
_DIFF = re.compile(r"^(?:diff --git |--- (?:a/|\S+\.\w))")
_PROMPT = re.compile(r"^\s*(?:>>>|In \[\d+\]:)(?: (.*))?$")
_MORE = re.compile(r"^\s*\.\.\.(?: (.*)|)$")
_EXPECTED = re.compile(
    r"\b(?:expect(?:ed|s)?|should (?:be|return|give|print|output)|want(?:ed)?)\b[:\s]{1,4}", re.IGNORECASE
)
_ACTUAL = re.compile(
    r"\b(?:got|actual(?:ly)?|instead(?: of that)? (?:it )?(?:returns|gives|prints)|returned|but (?:it )?(?:returns|gives|is|was))\b"
    r"[:\s]{1,4}",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"(?:(?:to (?:be|return|print|get)|it to \w+|result|output|value|is|was)[:\s]{1,4}){0,3}(`[^`\n]{1,300}`|[\"'][^\"'\n]{0,300}[\"']|-?\d[\w.]{0,40}|True|False|None)"
)


def read(text: str) -> Issue:
    """Read an issue's text (Markdown or plain). Never fails: what is not understood is left in the text."""
    notes: list[str] = []
    if len(text) > MAX_CHARACTERS:
        notes.append(f"the text was cut at {MAX_CHARACTERS} of {len(text)} characters")
        text = text[:MAX_CHARACTERS]
    clean = _visible(text.replace("\r\n", "\n").replace("\r", "\n"), notes)
    lines = clean.split("\n")
    blocks = [block for block in _blocks(lines) if block.strip()]
    frames, error = _traceback(lines)
    return Issue(
        text=clean,
        title=_title(lines),
        frames=frames,
        error=error,
        code_blocks=tuple(b for b in blocks if not _is_output(b) and not _DIFF.match(b))[:_MOST],
        expectations=tuple(_expectations(lines, blocks))[:_MOST],
        test_ids=_test_ids(clean),
        patches=tuple(_patches(lines))[:_MOST],
        notes=tuple(notes),
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


def _blocks(lines: list[str]) -> Iterator[str]:
    """Fenced blocks, and indented ones that no list explains."""
    at = 0
    while at < len(lines):
        if fence := _FENCE.match(lines[at][:_LONGEST_LINE]):
            end = next((i for i in range(at + 1, len(lines)) if _closes(lines[i], fence[1])), len(lines))
            yield _dedented(lines[at + 1 : end])
            at = end + 1
        elif lines[at].startswith(("    ", "\t")) and (at == 0 or not lines[at - 1].strip()):
            end = next(
                (i for i in range(at, len(lines)) if lines[i].strip() and not lines[i].startswith(("    ", "\t"))),
                len(lines),
            )
            yield _dedented(lines[at:end])
            at = end
        else:
            at += 1


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _dedented(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    width = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[width:] for line in lines).strip("\n")


def _is_output(block: str) -> bool:
    return (
        "Traceback (most recent call last)" in block
        or re.search(r"^(?:E {2,8}|=+ \w+.* =+$)", block, re.MULTILINE) is not None
    )


def _traceback(lines: list[str]) -> tuple[tuple[TraceFrame, ...], str]:
    """Frames of the last traceback in the text, innermost last, and the error at its end."""
    frames: list[TraceFrame] = []
    last: tuple[tuple[TraceFrame, ...], str] = ((), "")
    for raw in lines:
        line = (
            raw[:_LONGEST_LINE].lstrip("> ")
            if raw.startswith(">") and not raw.startswith(">>>")
            else raw[:_LONGEST_LINE]
        )
        if line.strip().startswith("Traceback (most recent call last)"):
            frames = []
        elif (found := _FRAME.match(line)) or (found := _PYTEST_FRAME.match(line.strip())):
            frames.append(TraceFrame(found[1], int(found[2]), found[3] or ""))
        elif found := _ERROR.match(line.strip()):
            error = found[1] + (f": {found[2].strip()}" if found[2] else "")
            last = (tuple(frames) or last[0], error) if frames or not last[1] else last
            frames = []
    return last if last[0] or last[1] or not frames else (tuple(frames), "")


def _test_ids(text: str) -> tuple[str, ...]:
    found = [m[0].rstrip(".:") for m in _TEST_ID.finditer(text)]
    found += [f"{m[2]}.{m[1]}" for m in _DJANGO_TEST.finditer(text)]
    return tuple(dict.fromkeys(found))[:_MOST]


def _patches(lines: list[str]) -> Iterator[str]:
    """Unified diffs, wherever they stand: from their first header to the last line that can belong to them."""
    starts = [i for i, line in enumerate(lines) if _DIFF.match(line[:_LONGEST_LINE]) and not _continues(lines, i)]
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


def _expectations(lines: list[str], blocks: list[str]) -> Iterator[Expectation]:
    stated = _stated(lines)
    expected, actual = stated
    sessions = [e for block in blocks for e in _session(block)]
    for number, session in enumerate(sessions):
        is_last = number == len(sessions) - 1
        if expected and is_last and (not actual or _same(actual, session.expected)):
            # What the session shows is the fault; what it should be is said in words.
            yield Expectation(session.expression, expected, session.expected, session.setup)
        elif not expected and not session.expected.startswith("Traceback"):
            yield session
    if not sessions and expected:
        yield from _of_script(blocks, expected, actual)


def _same(one: str, other: str) -> bool:
    return one.strip().strip("\"'") == other.strip().strip("\"'")


def _stated(lines: list[str]) -> tuple[str, str]:
    """The value that should come out and the one that does, as far as the text says so outside of blocks."""
    prose = [line[:_LONGEST_LINE] for line in _prose(lines)]
    # A sentence may go over two lines.
    joined = [*prose, *(f"{a} {b}" for a, b in pairwise(prose))]
    expected = next((value for line in joined if (value := _after(_EXPECTED, line))), "")
    actual = next((value for line in joined if (value := _after(_ACTUAL, line))), "")
    return expected, actual


def _prose(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif found := _FENCE.match(line[:_LONGEST_LINE]):
            fence = found[1]
        elif line.strip():
            yield line.strip()


def _after(pattern: re.Pattern[str], line: str) -> str:
    for found in pattern.finditer(line):
        if value := _VALUE.match(line[found.end() : found.end() + 400]):
            text = value[1]
            return text.strip("`").strip() if text.startswith("`") else text.rstrip(".")
    return ""


def _session(block: str) -> Iterator[Expectation]:
    """Each prompt of an interactive session with the output below it; what came before is its set-up."""
    setup: list[str] = []
    for source, output in _exchanges(block.split("\n")):
        if output:
            yield Expectation(source, output, "", tuple(setup))
        setup.append(source)


def _exchanges(lines: list[str]) -> Iterator[tuple[str, str]]:
    source: list[str] = []
    output: list[str] = []
    for line in lines:
        if prompt := _PROMPT.match(line[:_LONGEST_LINE]):
            if source:
                yield "\n".join(source), "\n".join(output).strip()
            source, output = [prompt[1] or ""], []
        elif source and not output and (more := _MORE.match(line[:_LONGEST_LINE])):
            source.append(more[1] or "")
        elif source:
            output.append(re.sub(r"^Out\[\d+\]: ?", "", line.strip() if line.startswith(" ") else line))
    if source:
        yield "\n".join(source), "\n".join(output).strip()


def _of_script(blocks: list[str], expected: str, actual: str) -> Iterator[Expectation]:
    """A script whose last statement is an expression or a print, with the value that the text says it should give."""
    for block in blocks:
        lines = [line for line in block.split("\n") if line.strip()]
        if not lines or _is_output(block) or _DIFF.match(block) or lines[-1][:1].isspace():
            continue
        printed = re.fullmatch(r"print\((.*)\)", lines[-1].strip()[:_LONGEST_LINE])
        expression = printed[1] if printed else lines[-1].strip()
        if re.match(r"(?:\w+\s*=[^=]|import |from |def |class |assert |for |while |return )", expression):
            continue
        yield Expectation(expression, expected, actual, tuple(lines[:-1]))
        return
