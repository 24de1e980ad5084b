"""What one file says, definition by definition: weighted terms, and the longer string literals.

Like facts, texts are free of the file's path and unresolved.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_analysis.retrieval.terms import count_terms, terms_of
from fixbot_analysis.source import Span
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

NAME_WEIGHT = 6  # a term of a definition's or file's own name counts as so many terms of its text
OUTER_WEIGHT = 3  # the same for names of what encloses a definition, and of bases

_LITERAL = range(12, 2000)  # characters of a string that may be a message
_KEPT = 300

# Comments, so that quotes in them begin no string, and strings. Possessive: linear on whatever is in the file.
_PYTHON = re.compile(
    rb"#[^\n]*"
    rb'|"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+(?:\'\'\'|\Z)'
    rb'|"(?:[^"\\\n]|\\.)*+"?|\'(?:[^\'\\\n]|\\.)*+\'?',
    re.DOTALL,
)
_OTHERS = re.compile(
    rb"//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*+\"?|`(?:[^`\\]|\\.)*+`?|'(?:[^'\\\n]|\\.)*+'?",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sdrifxg.\d]+|\{[^{}]*\}|\$\{[^{}]*\}|\\[nrt]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A class, function or method, or what stands outside them (``""``). What encloses a definition does not hold its text.

    `literals` are strings of its code that could be messages, each as its words (see :func:`message_words`).
    """

    qualname: str
    kind: SymbolKind
    line: int
    end_line: int
    terms: Mapping[str, int]
    literals: tuple[str, ...] = ()


def texts_of(facts: FileFacts, data: bytes) -> tuple[Entry, ...]:
    """Entries of the file with these `facts`, whose content is `data` (UTF-8); the module's own first."""
    symbols = [s for s in facts.symbols if s.kind is not SymbolKind.VARIABLE]
    segments = _segments(len(data), symbols)
    said: dict[str, list[str]] = {}
    for span, owner in segments:
        said.setdefault(owner, []).append(data[span.start : span.end].decode("utf-8", "replace"))
    literals: dict[str, list[str]] = {}
    for start, words in _literals(facts.language, data):
        literals.setdefault(_owner(segments, start), []).append(words)
    once = {symbol.qualname: symbol for symbol in reversed(symbols)}  # a property's parts share their name
    return tuple(_entry(s, said.get(name, []), literals.get(name, [])) for name, s in reversed(once.items()))


def message_words(text: str) -> str:
    """Words of a message with a space between them; placeholders (``%s``, ``{name}``) are left out."""
    return " ".join(_WORD.findall(_PLACEHOLDER.sub(" \x00 ", text).lower()))


def _entry(symbol: Symbol, said: list[str], literals: list[str]) -> Entry:
    counts = count_terms("\n".join(said))
    for term in terms_of(symbol.name):
        counts[term] = counts.get(term, 0) + NAME_WEIGHT
    for term in terms_of(" ".join([symbol.parent, *symbol.bases])):
        counts[term] = counts.get(term, 0) + OUTER_WEIGHT
    return Entry(symbol.qualname, symbol.kind, symbol.line, symbol.end_line, counts, tuple(dict.fromkeys(literals)))


def _literals(language: str, data: bytes) -> Iterator[tuple[int, str]]:
    pattern = _PYTHON if language == "python" else _OTHERS
    for match in pattern.finditer(data):
        start, end = match.span()
        if end - start in _LITERAL and data[start : start + 1] not in b"#/":
            words = message_words(data[start:end].decode("utf-8", "replace").strip("\"'`")[:_KEPT])
            if words.count(" ") >= 2:
                yield start, words


def _segments(size: int, symbols: list[Symbol]) -> list[tuple[Span, str]]:
    """The file cut where definitions begin and end; each piece belongs to the innermost around it. `symbols` go outer first."""
    pieces: list[tuple[Span, str]] = []
    around: list[tuple[int, str]] = [(size, "")]
    past = 0

    def cut(at: int) -> None:
        nonlocal past
        if past < at or not pieces:
            pieces.append((Span(past, at), around[-1][1]))
        past = max(past, at)

    for symbol in symbols:
        if symbol.qualname:
            while len(around) > 1 and around[-1][0] <= symbol.span.start:
                cut(around[-1][0])
                around.pop()
            cut(symbol.span.start)
            around.append((symbol.span.end, symbol.qualname))
    while around:
        cut(around[-1][0])
        around.pop()
    return pieces


def _owner(segments: list[tuple[Span, str]], offset: int) -> str:
    return segments[bisect_right(segments, offset, key=lambda each: each[0].start) - 1][1]
