"""The layout of an issue: what is prose and what are blocks (fenced, indented, or typed at a prompt), in their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_repair.issue_source import programs

LONGEST_LINE = 2000  # characters that the patterns look at
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$")
PROMPT = re.compile(r"^\s*(?:>>>(?!>)|In ?\[\d+\]:)(?: ?(.*))?$")
MORE = re.compile(r"^\s*\.\.\.(?::? (.*)|:?)$")
DIFF = re.compile(r"^(?:diff --git |--- (?:a/|\S+\.\w))")
# A line that begins so speaks of an answer and is none.
_SPEAKS = re.compile(
    r"^\s*[*_#]*(?:expected|actual|desired|correct\b|should\b|but\b|instead\b|observed|i (?:would |'d )?expect"
    r"|(?:it|this|that|which) (?:should|is|was)\b|期望|预期|应|实际|但)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or a block without its fence and its common indentation."""

    text: str
    is_block: bool


def pieces(lines: list[str]) -> Iterator[Piece]:
    """The pieces of an issue in their order; a heading is a paragraph by itself, and empty ones are left out."""
    at, unfenced = 0, programs(lines)
    while at < len(lines):
        if fence := FENCE.match(lines[at][:LONGEST_LINE]):
            end = next((i for i in range(at + 1, len(lines)) if _closes(lines[i], fence[1])), len(lines))
            found, at = Piece(_dedented(lines[at + 1 : end]), True), end + 1
        elif _is_indented(lines[at]) and (at == 0 or not lines[at - 1].strip()):
            end = next(
                (i for i in range(at, len(lines)) if lines[i].strip() and not _is_indented(lines[i])), len(lines)
            )
            found, at = Piece(_dedented(lines[at:end]), True), end
        elif PROMPT.match(lines[at][:LONGEST_LINE]):
            end = next((i for i in range(at + 1, len(lines)) if _ends_session(lines[i])), len(lines))
            found, at = Piece(_dedented(lines[at:end]), True), end
        elif end := unfenced.get(at, 0):
            found, at = Piece(_dedented(lines[at:end]), True), end
        else:
            end = next((i for i in range(at + 1, len(lines)) if i in unfenced or _ends_paragraph(lines, i)), len(lines))
            found, at = Piece("\n".join(line[:LONGEST_LINE].strip() for line in lines[at:end]), False), end
        if found.text.strip():
            yield found


def is_session(block: str) -> bool:
    """Whether `block` was typed at a prompt."""
    return any(PROMPT.match(line[:LONGEST_LINE]) for line in block.split("\n"))


def is_output(block: str) -> bool:
    """Whether `block` is what a program wrote, and nothing that could be run."""
    if is_session(block):
        return False
    return (
        re.match(r"\s*(?:Traceback \(most recent call last\)|-{20,}\n)", block) is not None
        or ("Traceback (most recent call last)" in block and not re.match(r"(?:from|import|def|class|@|#)\b", block))
        or re.search(r"^(?:E {2,8}|=+ \w+.* =+$)", block, re.MULTILINE) is not None
    )


def exchanges(block: str) -> Iterator[tuple[str, str]]:
    """What was typed at each prompt of `block`, and the answer below it ("" for none)."""
    source: list[str] = []
    output: list[str] = []
    for line in block.split("\n"):
        if prompt := PROMPT.match(line[:LONGEST_LINE]):
            if source:
                yield "\n".join(source), "\n".join(output).strip()
            source, output = [prompt[1] or ""], []
        elif source and not output and (more := MORE.match(line[:LONGEST_LINE])):
            source.append(more[1] or "")
        elif source:
            output.append(re.sub(r"^Out ?\[\d+\]: ?", "", line.strip() if line.startswith(" ") else line))
    if source:
        yield "\n".join(source), "\n".join(output).strip()


def _is_indented(line: str) -> bool:
    return line.startswith(("    ", "\t"))


def _ends_session(line: str) -> bool:
    return not line.strip() or FENCE.match(line[:LONGEST_LINE]) is not None or bool(_SPEAKS.match(line[:LONGEST_LINE]))


def _ends_paragraph(lines: list[str], at: int) -> bool:
    above, line = lines[at - 1], lines[at]
    if not line.strip() or not above.strip() or above.startswith("#") or line.startswith("#"):
        return True
    return bool(FENCE.match(line[:LONGEST_LINE]) or PROMPT.match(line[:LONGEST_LINE]))


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _dedented(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    width = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[width:] for line in lines).strip("\n")
