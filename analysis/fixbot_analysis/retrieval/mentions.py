"""What a text in natural language points at: traceback frames, files, names and error messages.

Nothing is looked up here; whether a thing mentioned exists is the index's business.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from fixbot_analysis.languages import Registry, registry
from fixbot_analysis.retrieval.frames import FrameMention, frames
from fixbot_analysis.retrieval.passages import FRAME, NOTEBOOK_FRAME, Passages


class Where(StrEnum):
    """Which part of the text a name stands in, the most telling first."""

    TITLE = "title"
    MARKED = "marked"  # in backticks
    BLOCK = "block"  # in a code block
    PROSE = "prose"  # in running text, recognisable by its form


@dataclass(frozen=True, slots=True)
class FileMention:
    """A file as written (slashes made POSIX), with the line (from 1) where one is given, else 0."""

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name, perhaps dotted, in the most telling place where it stands."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class Mentions:
    """Everything that one text points at, each thing once, in order of appearance; of frames the innermost is last."""

    frames: tuple[FrameMention, ...] = ()
    files: tuple[FileMention, ...] = ()
    names: tuple[NameMention, ...] = ()
    errors: tuple[str, ...] = ()  # messages of exceptions, and longer quoted strings


# Scripts that are written without spaces between words: an identifier may touch them on either side.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"

_NAME = rf"(?:(?![{_UNSPACED}])[^\W\d])(?:(?![{_UNSPACED}])\w)*"
_DOTTED = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_WHOLE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")

# pytest ends a frame with `path:12: SomeError` or `path:12: in function`, and begins a report with `path:12:`.
_PYTEST_FRAME = re.compile(
    r"^(?:E\s+)?((?:[A-Za-z]:)?[\w./\\+-]+\.py):(\d{1,9}): ?(?:in (\S+)|[A-Z]\w*(?:Error|Exception|Warning)?)?\s*$",
    re.MULTILINE,
)
# Below a frame of a notebook: a few numbered lines, of which one is pointed at.
_ARROW = re.compile(r"[^\n]{0,500}\n(?:[ \t]*\d+[^\n]{0,500}\n|[ \t]*\n){0,12}-+> ?(\d{1,9})")
# Suffixes of what is no source of a language but is named in issues: documents, settings, parts of Python.
_BESIDES = (".pyi", ".pyx", ".rst", ".md", ".txt", ".cfg", ".toml", ".ini", ".html", ".json", ".yml", ".yaml")
_NUMBER = r"(\d{1,9})(?!\d)"
_LINE_BEFORE = re.compile(rf"\blines? {_NUMBER} (?:of|in) (?:the )?(?:file )?[`'\"]?$")
_BEFORE = 40  # characters before a file in which its line may stand


@cache
def _file(languages: Registry) -> re.Pattern[str]:
    """A file with a suffix or name of a known language, plug-ins included, or of a document; then its line."""
    known = languages.languages.values()
    suffixes = {*_BESIDES, *(suffix for each in known for suffix in each.suffixes)}
    names = {name for each in known for name in each.filenames}
    ends = "|".join(re.escape(each) for each in sorted(suffixes, key=lambda each: (-len(each), each)))
    whole = "|".join(re.escape(name) for name in sorted(names, key=lambda each: (-len(each), each))) or "(?!)"
    return re.compile(
        r"(?<![A-Za-z0-9_/\\.~+@-])(?:[@+]|~(?![/\\]))*+"
        rf"((?:[A-Za-z]:)?(?:[A-Za-z0-9_.+@~-]*[/\\])*(?:[A-Za-z0-9_.+-]+(?i:{ends})|(?:{whole})))"
        r"(?![A-Za-z0-9_/]|\((?!\d+(?:,\d+)?\)|line \d))"
        rf"(?:[`'\"*]{{0,2}}(?::|：|#L|\(|,?\s{{0,2}}\(?(?:at |in |on )?lines? |[ ，]?的?[ ]?第 ?){_NUMBER})?"
    )


_MARKED = re.compile(r"(?<!`)(?P<ticks>`{1,2})(?P<body>[^`\n]{1,200})(?P=ticks)(?!`)")

_RAISED = re.compile(
    r"^(?:E\s+)?(?:[\w.]+\.)?([A-Z]\w*(?:Error|Exception|Warning|Exit)|[A-Z]\w*): (\S.*)$", re.MULTILINE
)
_QUOTED = re.compile(r"\"([^\"\n]{12,200})\"|“([^”\n]{12,200})”|(?<!\w)'([^'\n]{12,200})'(?!\w)")


def mentions(text: str, passages: Passages | None = None) -> Mentions:
    """Find what `text` (an issue, a log, a question) points at; `passages`: its parts, where they are known. Never fails; linear time."""
    text = text.replace("\r\n", "\n")
    return Mentions(
        frames=tuple(dict.fromkeys(_frames(text))),
        files=tuple(dict.fromkeys(files(text))),
        names=tuple(NameMention(name, where) for name, where in _names(passages or Passages.of(text)).items()),
        errors=tuple(dict.fromkeys(_errors(text))),
    )


def files(text: str, languages: Registry | None = None) -> Iterator[FileMention]:
    """Files written in `text`, in order: those of `languages` (all that are installed) and documents."""
    for match in _file(languages or registry()).finditer(text):
        line = match[2]
        if not line and (before := _LINE_BEFORE.search(text[max(0, match.start() - _BEFORE) : match.start()])):
            line = before[1]
        yield FileMention(_posix(match[1]), int(line or 0))


def _frames(text: str) -> Iterator[FrameMention]:
    found = list(frames(text))
    for pattern in (FRAME, _PYTEST_FRAME):
        found += [(m.start(), FrameMention(_posix(m[1]), int(m[2]), m[3] or "")) for m in pattern.finditer(text)]
    for m in NOTEBOOK_FRAME.finditer(text):
        arrow = None if m[2] else _ARROW.match(text, m.end())
        line = int(m[2] or (arrow[1] if arrow else "0"))
        found.append((m.start(), FrameMention(_posix(m[1]), line, m[3].rpartition(".")[2])))
    return (frame for _, frame in sorted(found, key=lambda each: each[0]))


def _posix(path: str) -> str:
    return path.replace("\\", "/")


def _names(parts: Passages) -> dict[str, Where]:
    """Each name with the most telling place it stands in."""
    title, prose = parts.title, parts.prose
    blocks = (*parts.blocks, *parts.traces)
    marked = [m["body"] for m in _MARKED.finditer(prose)]
    found: dict[str, Where] = {}
    for where, names in (
        (Where.TITLE, [*_marked_names(m["body"] for m in _MARKED.finditer(title)), *_formed(_MARKED.sub(" ", title))]),
        (Where.MARKED, _marked_names(marked)),
        (Where.BLOCK, [name for block in blocks for name in _DOTTED.findall(block)]),
        (Where.PROSE, _formed(_MARKED.sub(" ", prose))),
    ):
        for name in names:
            found.setdefault(name, where)
    return found


def _marked_names(bodies: Iterator[str] | list[str]) -> Iterator[str]:
    for body in bodies:
        if whole := _WHOLE.fullmatch(body.strip().removesuffix("()")):
            yield whole[0]
        else:
            yield from _DOTTED.findall(body)


def _formed(prose: str) -> Iterator[str]:
    """Words of running text that can only be code: dotted, with an underscore or inner capital, or called."""
    for match in _DOTTED.finditer(prose):
        name = match[0]
        called = prose.startswith("(", match.end())
        if called or "_" in name.strip("_") or name.startswith("__") or _inner_capital(name) or _is_dotted(name):
            yield name


def _inner_capital(name: str) -> bool:
    return any(a.islower() and b.isupper() for a, b in pairwise(name))


def _is_dotted(name: str) -> bool:
    return "." in name and all(len(part) > 1 for part in name.split("."))


def _errors(text: str) -> Iterator[str]:
    for match in _RAISED.finditer(text):
        yield match[2].strip()
    for match in _QUOTED.finditer(text):
        quoted = next(group for group in match.groups() if group)
        if " " in quoted.strip():
            yield quoted.strip()
