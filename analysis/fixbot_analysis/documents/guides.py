"""Guides for contributors and agents, as statements: an item of a list or a paragraph each, with the headings above it."""

import re
from collections.abc import Iterator, Sequence
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
    """The statements of one guide, in order; what they show as code goes with the words before it, and is none by itself."""
    name = path if path.endswith((".md", ".rst", ".txt")) else f"{path}.md"
    for section in split(name, text):
        lines = section.text.split("\n")
        shown = _code(lines)
        begin = 0
        for at in range(1, len(lines) + 1):
            if at < len(lines) and (shown[at] or (lines[at].strip() and not _ITEM.match(lines[at]))):
                continue
            words = "\n".join(line for line, code in zip(lines[begin:at], shown[begin:at], strict=True) if not code)
            if _says(words.strip(), section.title):
                first = begin + next(n for n, line in enumerate(lines[begin:at]) if line.strip())
                yield Part(
                    section.line + first, section.line + at - 1, section.title, "\n".join(lines[begin:at]).strip("\n")
                )
            begin = at


def _says(words: str, title: str) -> bool:
    return len(words) >= _SHORT and not _SAYS_NOTHING.match(words) and not _is_heading(words, title)


def _code(lines: Sequence[str]) -> list[bool]:
    """Which lines show code: fenced (Markdown), or set off further than a line that ends in ``::`` or a directive; with the blank lines before."""
    found = [False] * len(lines)
    fence, margin = "", -1
    for at, line in enumerate(lines):
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if fence:
            found[at], fence = True, "" if bare.startswith(fence) else fence
        elif bare[:3] in ("```", "~~~"):
            found[at], fence = True, bare[:3]
        elif bare and indent <= margin:
            margin = -1
        elif bare and margin >= 0:
            found[at] = True
        if bare and not found[at] and (bare.endswith("::") or bare.startswith(".. ")):
            margin = indent
    for at in range(len(lines) - 2, -1, -1):
        found[at] = found[at] or (found[at + 1] and not lines[at].strip())
    return found


def _is_heading(part: str, title: str) -> bool:
    last = title.rpartition(" > ")[2]
    return bool(last) and part.strip("#=-~^*+\"'` \t\n") == last.strip("`* ")
