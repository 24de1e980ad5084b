"""A document as sections of a size that can be shown: at headings, at what a directive describes, else at blank lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixbot_analysis.documents.headings import Heading, front_matter, markdown, restructured
from fixbot_analysis.documents.naming import names_in
from fixbot_analysis.documents.section import Section, SectionKind

_LONG = 60  # lines; a longer section is parted at the next blank line
_LONGEST = 200  # lines; there even where no line is blank
_TITLE = 200  # characters

# Sphinx's directives that describe one thing each: the domains' own and those that projects add (setting, confval, …).
_DESCRIBING = re.compile(
    r"([ \t]*)\.\. (?:\w+:)?(?:auto)?(?:function|class|method|attribute|exception|data|module|property|decorator|macro|type|"
    r"staticmethod|classmethod|decoratormethod|struct|enum|var|member|option|cmdoption|program|setting|confval|"
    r"django-admin|envvar|describe|templatetag|templatefilter|fieldlookup|signal|directive|role|rst:directive)::[ \t]+(\S.*)"
)
_MARKED = re.compile(r"(?::[\w:+.-]+:)?(`{1,2})~?([^`]+?)(?:\s*<[^<>`]+>)?\1")
_ENTRY = re.compile(r"[-*+][ \t]+\S")
_CHANGES = re.compile(r"^(?:change|history|news|release|whats_?new)", re.IGNORECASE)
_DECISIONS = frozenset({"adr", "adrs", "decisions", "decision-records"})
_NO_PROSE = re.compile(
    r"^(?:requirements|constraints|robots|sources|top_level|entry_points|licen[cs]e|copying|authors|contributors|notice|"
    r"cmakelists|manifest|mit|apache)\b", re.IGNORECASE
)  # fmt: skip


def is_prose(path: str) -> bool:
    """Whether the document at `path` says something about the code: no list of packages or people, no licence."""
    return not _NO_PROSE.match(PurePosixPath(path).name)


def kind_of(path: str) -> SectionKind:
    """What sort of writing the document at `path` is, by its name and folder."""
    pure = PurePosixPath(path)
    if _CHANGES.match(pure.stem) or {"changelog", "changes", "releases"}.intersection(pure.parts[:-1]):
        return SectionKind.CHANGE
    return SectionKind.DECISION if _DECISIONS.intersection(pure.parts[:-1]) else SectionKind.PROSE


def split(path: str, text: str) -> Iterator[Section]:
    """The sections of one document (lines end in LF), in order; those that hold nothing but their heading are left out."""
    lines = text.expandtabs(8).split("\n")
    is_markdown = PurePosixPath(path).suffix.lower() in (".md", ".markdown")
    headings = list((markdown if is_markdown else restructured)(lines))
    cutter = _Cutter(path, lines, kind_of(path))
    begin = front_matter(lines) if is_markdown else 0
    stops = [*(heading.line for heading in headings), len(lines)]
    yield from cutter.cut(begin, begin, stops[0])
    for heading, stop in zip(headings, stops[1:], strict=True):
        yield from cutter.under(heading, stop)


@dataclass(slots=True)
class _Cutter:
    """Cuts a document into sections, knowing the headings above."""

    path: str
    lines: Sequence[str]
    kind: SectionKind
    above: list[Heading] = field(default_factory=list)

    def under(self, heading: Heading, stop: int) -> Iterator[Section]:
        """Sections from `heading` up to the line `stop`."""
        while self.above and self.above[-1].level >= heading.level:
            self.above.pop()
        self.above.append(heading)
        yield from self.cut(heading.line, heading.after, stop)

    def cut(self, first: int, start: int, stop: int) -> Iterator[Section]:
        """Sections of the lines from `start` to `stop`, to the first of which those from `first` on belong."""
        for begin, end, described in self._parts(start, stop):
            if section := self._section(first if begin == start else begin, begin, end, described):
                yield section

    def _parts(self, start: int, stop: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Where each part begins and ends, and what it describes."""
        described: list[tuple[int, str]] = []
        begin = start
        for at in range(start, stop):
            line = self.lines[at]
            if not line:
                if at - begin >= _LONG:
                    yield begin, at, tuple(name for _, name in described)
                    begin = at
                continue
            found = _DESCRIBING.match(line) if ".. " in line else None
            indent = len(line) - len(line.lstrip()) if described or found else 0
            leaves = bool(described) and indent <= described[-1][0]
            if not (
                found or leaves or at - begin >= _LONGEST or (self.kind is SectionKind.CHANGE and _ENTRY.match(line))
            ):
                continue
            if at > begin:
                yield begin, at, tuple(name for _, name in described)
                begin = at
            while described and indent <= described[-1][0]:
                described.pop()
            if found:
                described.append((indent, found[2]))
        if stop > begin:
            yield begin, stop, tuple(name for _, name in described)

    def _section(self, first: int, begin: int, end: int, described: tuple[str, ...]) -> Section | None:
        while end > begin and not self.lines[end - 1].strip():
            end -= 1
        while begin < end and not self.lines[begin].strip():
            begin += 1
        if begin >= end:
            return None
        first = min(begin, first)
        text = "\n".join(self.lines[first:end])
        title = _MARKED.sub(_unmarked, " > ".join([*(heading.title for heading in self.above), *described]))[:_TITLE]
        return Section(self.path, first + 1, end, title, text, names_in(text, described), self.kind)


def _unmarked(found: re.Match[str]) -> str:
    """What a reader sees of marked text: ``:setting:`DEBUG``` shows ``DEBUG``."""
    return found[2]
