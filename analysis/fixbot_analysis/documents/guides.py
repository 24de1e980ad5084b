"""Guides for contributors and agents, as statements: an item of a list or a paragraph each, with the headings above it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_analysis.documents.splitting import split

# In lower case, at the root; of those in any folder, all around a place count.
IN_ANY_FOLDER = frozenset({"agents.md", "claude.md"})
_PROSE = r"contributing|style|style_?guide|code_?style|coding_?style|hacking|conventions"
_AT_ROOT = re.compile(
    rf"(?:agents|claude|gemini)\.md|\.cursorrules|\.windsurfrules|\.github/copilot-instructions\.md|"
    rf"(?:\.github/|docs?/)?(?:{_PROSE})(?:\.md|\.rst|\.txt)?"
)
FOLDERS = ("", ".github", "docs", "doc")  # where they are looked for


def is_guide(path: str) -> bool:
    """Whether the file at `path`, relative to the root, is a guide by its name, in whatever case."""
    return _AT_ROOT.fullmatch(path.lower()) is not None


_ITEM = re.compile(r"[ \t]{0,3}(?:[-*+]|\d{1,3}[.)]|#\.)[ \t]+\S")
_SAYS_NOTHING = re.compile(r"[\W_]*\Z")
_SHORT = 12  # characters


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `line` to `end_line` (from 1) of a file."""

    line: int
    end_line: int
    title: str
    text: str


def statements(path: str, text: str) -> Iterator[Part]:
    """The statements of one guide, in order."""
    name = path if path.endswith((".md", ".rst", ".txt")) else f"{path}.md"
    for section in split(name, text):
        lines = section.text.split("\n")
        begin = 0
        for at in range(1, len(lines) + 1):
            ends = at == len(lines) or not lines[at].strip() or _ITEM.match(lines[at]) is not None
            if not ends:
                continue
            part = "\n".join(lines[begin:at]).strip("\n")
            if len(part.strip()) >= _SHORT and not _SAYS_NOTHING.match(part) and not _is_heading(part, section.title):
                first = begin + next(n for n, line in enumerate(lines[begin:at]) if line.strip())
                yield Part(section.line + first, section.line + at - 1, section.title, part)
            begin = at


def _is_heading(part: str, title: str) -> bool:
    last = title.rpartition(" > ")[2]
    return bool(last) and part.strip("#=-~^*+\"'` \t\n") == last.strip("`* ")
