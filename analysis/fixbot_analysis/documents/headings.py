"""Headings of Markdown (CommonMark 0.31) and reStructuredText (the docutils specification), by line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its first line and the first after it (from 0), its level (1 is the highest) and its text."""

    line: int
    after: int
    level: int
    title: str


_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_PARAGRAPH = re.compile(r" {4}|\t| {0,3}(?:[-*+>|]|\d{1,9}[.)])(?:\s|$)")  # nothing that a setext line can underline
_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SHORT = 4  # docutils takes an underline that is shorter than its title for one from this length on


def markdown(lines: Sequence[str]) -> Iterator[Heading]:
    """Headings of a Markdown text; what stands in fenced code is none."""
    fence = ""
    at = front_matter(lines)
    while at < len(lines):
        line = lines[at]
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif not fence and line:
            if atx := _ATX.match(line):
                yield Heading(at, at + 1, len(atx[1]), atx[2] or "")
            elif at + 1 < len(lines) and (under := _under(line, lines[at + 1])):
                yield Heading(at, at + 2, 1 if under == "=" else 2, line.strip())
                at += 1
        at += 1


def _under(line: str, below: str) -> str:
    """The mark of the setext line `below` that makes `line` a heading."""
    mark = below[:4].lstrip()[:1]
    if mark not in ("=", "-") or not line.strip() or _NO_PARAGRAPH.match(line) or not _SETEXT.match(below):
        return ""
    return mark


def front_matter(lines: Sequence[str]) -> int:
    """The first line (from 0) after the YAML header of a Markdown text."""
    if lines and lines[0].rstrip() == "---":
        for at in range(1, min(len(lines), 200)):
            if lines[at].rstrip() in ("---", "..."):
                return at + 1
    return 0


def restructured(lines: Sequence[str]) -> Iterator[Heading]:
    """Headings of a reStructuredText; which line style means which level is told by the order of their first use."""
    levels: list[tuple[str, bool]] = []
    for at in range(1, len(lines)):
        line = lines[at]
        if not line or line[0] not in _MARKS or not (mark := _adornment(line)):
            continue
        title = lines[at - 1]
        if not title.strip() or _adornment(title) or len(line.rstrip()) < min(_SHORT, _columns(title.strip())):
            continue
        over = at > 1 and _adornment(lines[at - 2]) == mark and (at == 2 or not lines[at - 3].strip())
        if not over and (title[0] in " \t" or not _free(lines, at - 2)):
            continue
        if (mark, over) not in levels:
            levels.append((mark, over))
        yield Heading(at - 2 if over else at - 1, at + 1, levels.index((mark, over)) + 1, title.strip())


def _adornment(line: str) -> str:
    """The mark that `line` repeats and has nothing else but; ``""`` where it does not."""
    body = line.rstrip()
    return body[0] if len(body) > 1 and body[0] in _MARKS and body == body[0] * len(body) else ""


def _free(lines: Sequence[str], at: int) -> bool:
    """Whether a title may follow line `at`: it is no part of a paragraph."""
    return at < 0 or not lines[at].strip() or lines[at][0] in " \t" or lines[at].startswith(".. ")


def _columns(text: str) -> int:
    """Width on a terminal, where wide characters take two columns."""
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
