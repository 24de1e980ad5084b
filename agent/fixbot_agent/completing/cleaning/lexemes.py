"""Lexemes of any language, roughly: words and signs for comparing lines, brackets and quotes for balancing them."""

import re
from dataclasses import dataclass

_LEXEME = re.compile(r"\w+|[^\w\s]")
PAIRS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = frozenset(PAIRS.values())
_HASHED = frozenset({"python"})
_TRIPLE = ('"""', "'''")
# What opens a text: python's prefixes do not matter here; a template of JavaScript and a raw string of Go may go over lines.
_QUOTES = {"python": "\"'", "go": "\"'`", "javascript": "\"'`", "typescript": "\"'`", "tsx": "\"'`", "rust": '"'}
_STYLE = frozenset("\"',;()")
_LINES = frozenset({"`"})
_CHARACTER = re.compile(r"'(?:\\.|[^\\'\n])'")


def lexemes(line: str) -> list[str]:
    """Words and signs of a line."""
    return _LEXEME.findall(line)


def alike(one: str, other: str) -> bool:
    """Whether two lines say the same but for blanks, quotes, commas, semicolons and, in a longer line, brackets around it.

    Any other word or sign makes another statement of it.
    """
    a, b = lexemes(one), lexemes(other)
    if a == b:
        return True
    return [x for x in a if x not in _STYLE] == [x for x in b if x not in _STYLE] and len(a) >= 5 and len(b) >= 5


def is_telling(line: str) -> bool:
    """Whether a line says enough for its repetition to be no accident: three lexemes, one of them a word of two letters."""
    found = lexemes(line)
    return len(found) >= 3 and any(len(word) >= 2 and word[0].isalpha() for word in found)


@dataclass(frozen=True, slots=True)
class Nesting:
    """What a stretch of text leaves open: `closing` brackets whose openings stand before it, `opening` ones that it does not close.

    `quote` is the delimiter of the text under way at its end, "" outside texts; `at` are the offsets of the closing ones, `opened` of the opening.
    """

    closing: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    quote: str = ""
    at: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()
    crossed: bool = False  # a bracket closes another's opening
    comment: bool = False  # its end lies in a comment


class Reader:
    """Reads a text once from left to right, brackets and quotes and comments."""

    def __init__(self, language: str) -> None:
        self._quotes = _QUOTES.get(language, "\"'")
        self._hashed = language in _HASHED
        self._characters = language in {"rust", "c", "cpp", "java"}

    def nesting(self, text: str, quote: str = "") -> Nesting:
        """The brackets that `text` leaves open; `quote` is the delimiter of the literal that it begins in."""
        opened: list[tuple[str, int]] = []
        closing: list[tuple[str, int]] = []
        crossed, comment, at = False, False, 0
        while at < len(text):
            if quote:
                at, quote = self._quoted(text, at, quote)
                continue
            sign = text[at]
            if end := self._comment(text, at):
                comment = end == len(text) and not text.endswith("*/")
                at = end
                continue
            if sign in self._quotes and not self._is_apostrophe(text, at):
                at, quote = self._open(text, at)
                continue
            if sign in PAIRS:
                opened.append((sign, at))
            elif sign in CLOSERS:
                if opened:
                    crossed = crossed or PAIRS[opened.pop()[0]] != sign
                else:
                    closing.append((sign, at))
            at += 1
        return Nesting(
            tuple(c for c, _ in closing), tuple(o for o, _ in opened), quote, tuple(i for _, i in closing),
            tuple(i for _, i in opened), crossed, comment,
        )  # fmt: skip

    def _is_apostrophe(self, text: str, at: int) -> bool:
        """Whether a single quote stands within a word, as in the text of a page; texts of Python may have a prefix."""
        return text[at] == "'" and not self._hashed and text[at - 1 : at].isalnum()

    def _open(self, text: str, at: int) -> tuple[int, str]:
        if text[at : at + 3] in _TRIPLE and self._hashed:
            return at + 3, text[at : at + 3]
        if self._characters and text[at] == "'":
            found = _CHARACTER.match(text, at)
            return (found.end() if found else at + 1), ""
        return at + 1, text[at]

    def _quoted(self, text: str, at: int, quote: str) -> tuple[int, str]:
        """Past the next character of a literal, and the delimiter that is still open."""
        if text[at] == "\\" and quote != "`":
            return at + 2, quote
        if text.startswith(quote, at):
            return at + len(quote), ""
        if text[at] == "\n" and len(quote) == 1 and quote not in _LINES:
            return at + 1, ""  # never closed on its line: broken, or an apostrophe
        return at + 1, quote

    def _comment(self, text: str, at: int) -> int:
        """Where the comment at `at` ends, 0 where there is none."""
        if self._hashed:
            is_comment = text[at] == "#"
        elif text.startswith("/*", at):
            end = text.find("*/", at + 2)
            return end + 2 if end >= 0 else len(text)
        else:
            is_comment = text.startswith("//", at)
        if not is_comment:
            return 0
        end = text.find("\n", at)
        return end if end >= 0 else len(text)
