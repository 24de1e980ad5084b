"""Where words stand that are the name of no definition: options, keys, messages; and what the documents say under which heading."""

import re
from collections.abc import Iterator
from pathlib import Path

from fixbot_agent.asking.answer import Cited, Sentence, counted
from fixbot_agent.asking.ground import Ground
from fixbot_analysis.documents import Library, Section, SectionKind
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import queries

_FILES, _LINES = 12, 8  # that are listed
_LOOKED_AT = 12  # sections
_STEM = 5  # letters
_SAID = frozenset(
    [
        "what",
        "when",
        "where",
        "which",
        "with",
        "does",
        "this",
        "that",
        "from",
        "there",
        "they",
        "about",
        "write",
        "make",
        "create",
        "using",
        "have",
        "into",
        "should",
        "would",
        "could",
    ]
)
_PAST = re.compile(
    r"upgrad|migrat|whatsnew|what.s.new|histor|release|changes|news", re.IGNORECASE
)  # documents of how it was
_WORDS = re.compile(r"[^\W\d_]{4,}")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»\n]{4,200})[\"”“»]|(?<!\w)'([^'\n]{2,100} [^'\n]{1,100})'(?!\w)")
_LEAST = 2  # words of a question that a section must share


def mentions(ground: Ground, text: str, names: tuple[str, ...]) -> Iterator[Sentence]:
    """Effect: reads the project. For each quoted text of a question, and each of `names` that no definition has: the lines it stands on."""
    for words in dict.fromkeys((*(one or other for one, other in _QUOTED.findall(text)), *names)):
        by_file = dict(_lines(ground, words))
        if not by_file:
            continue
        total = sum(map(len, by_file.values()))
        first = tuple(Cited(path, lines[0]) for path, lines in list(by_file.items())[:1])
        what = "is the name of no definition, but stands" if words in names else "stands"
        yield Sentence(f"`{words}` {what} on {counted(total, 'line')} of {counted(len(by_file), 'file')}.", first)
        for path, lines in list(by_file.items())[:_FILES]:
            more = f", the first {_LINES} of {len(lines)} lines" if len(lines) > _LINES else ""
            yield Sentence(f"`{words}` stands in {path}{more}.", tuple(Cited(path, line) for line in lines[:_LINES]))
        if len(by_file) > _FILES:
            yield Sentence(f"{len(by_file) - _FILES} more files are not listed.", first)


def _lines(ground: Ground, words: str) -> Iterator[tuple[str, list[int]]]:
    """Files and lines, code before documents before tests."""
    found = re.compile(rb"(?<!\w)" + re.escape(words.encode()) + rb"(?!\w)")
    tree, code = ground.index.tree, set(ground.index.paths)
    for path in sorted({*code, *tree.docs}, key=lambda p: (queries.in_tests(p), p not in code, p)):
        try:
            data = tree.read(path).data
        except SourceError:
            continue
        if words.encode() in data and (lines := [n for n, row in enumerate(data.split(b"\n"), 1) if found.search(row)]):
            yield path, lines


def documented(ground: Ground, text: str, cache: Path | None) -> Iterator[Sentence]:
    """Effect: reads the documents. The sections that a question in words fits best, by their headings."""
    library = Library.open(ground.index.tree, cache)
    asked, ranked = _stems(text), list[tuple[bool, int, Section]]()
    for found in library.retrieve(text, _LOOKED_AT):
        section = found.section
        shared = len(asked & _stems(section.title.rpartition(" > ")[2]))
        both = len(asked & _stems(f"{section.title} {section.text}"))
        if shared and both >= min(_LEAST, len(asked)) and section.kind is not SectionKind.CHANGE:
            ranked.append((bool(_PAST.search(section.path)), -shared, section))
    for *_, section in sorted(ranked, key=lambda each: each[:2]):
        yield Sentence(f"“{section.title}” in {section.path} speaks of it.", (Cited(section.path, section.line),))


def _stems(text: str) -> set[str]:
    """The beginnings of its longer words: what is left of an ending tells little."""
    return {word.lower()[:_STEM] for word in _WORDS.findall(text) if word.lower() not in _SAID}
