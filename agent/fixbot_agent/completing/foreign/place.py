"""What stands at a cursor in a document of another language than Python."""

import re
from dataclasses import dataclass

from fixbot_analysis.codemodel import tokenize
from fixbot_analysis.codemodel.tokens import open_text
from fixbot_analysis.source import Document, Position, Span, language_of

_SELECTING = frozenset({".", "?."})  # what a member stands behind, in all languages
_MORE = {"c": {"->"}, "cpp": {"->", "::"}, "rust": {"::"}, "java": {"::"}}

_WINDOW = 24_000  # bytes before the cursor that are read for tokens
_SCRIPTS = frozenset({"typescript", "tsx", "javascript"})
_LITERAL = re.compile(r"""//.*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?""")
_LITERAL_CLOSED = re.compile(r"'(?:[^'\\]|\\.)*'")
_WORD = re.compile(r"[^\W\d][\w$]*\Z|\$[\w$]*\Z")


@dataclass(frozen=True, slots=True)
class Spotted:
    """A place in a document of another language: the word under way, its text, the tokens before it; whether that is in a literal."""

    path: str
    language: str
    word: Span
    prefix: str
    before: tuple[str, ...]
    text: str
    rest: str
    in_literal: bool

    @property
    def is_selecting(self) -> bool:
        """Whether a member is being chosen."""
        return self.before[-1:] != () and self.selects(self.before[-1])

    def selects(self, token: str) -> bool:
        """Whether a member stands behind `token`."""
        return token in _SELECTING or token in _MORE.get(self.language, ())


def spotted(document: Document, position: Position) -> Spotted:
    """What stands at `position` (clamped to the document)."""
    offset = document.offset(position)
    span = document.line_span(document.line_of(offset))
    head = document.data[span.start : offset].decode("utf-8", "replace")
    prefix = match[0] if (match := _WORD.search(head)) else ""
    start = offset - len(prefix.encode())
    text = document.data[max(0, start - _WINDOW) : start].decode("utf-8", "replace")
    language = language_of(document.path) or ""
    rest = document.data[offset : span.end].decode("utf-8", "replace").rstrip("\r\n")
    before = tuple(tokenize(text, language))
    in_literal = open_text(text) or (language in _SCRIPTS and _is_quoted(text.rpartition("\n")[2]))
    return Spotted(document.path, language, Span(start, offset), prefix, before, text, rest, in_literal)


def _is_quoted(line: str) -> bool:
    """Whether a line of a script ends in a text of single quotes, which other languages have for characters and lifetimes."""
    last = ""
    for found in _LITERAL.finditer(line):
        last = found[0]
    return last[:1] == "'" and not _LITERAL_CLOSED.fullmatch(last)


def is_name(word: str) -> bool:
    """Whether a token is a name or a keyword."""
    return word[:1].isalpha() or word[:1] in ("_", "$")
