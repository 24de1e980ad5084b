"""A text with a member under way made whole: a name where one is to be written, brackets closed, bodies that do not matter left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fixbot_analysis.source import Span
from fixbot_analysis.symbols import Symbol, SymbolKind

NAME = b"member__"  # stands for the name that is being written

_PAIRS = {b")": b"(", b"]": b"[", b"}": b"{"}
_CLOSERS = {opening: closing for closing, opening in _PAIRS.items()}
_SCAN = {
    True: re.compile(
        rb"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\[^\n]{1,8})'|[()\[\]{}]", re.DOTALL
    ),
    False: re.compile(
        rb"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*(?:`|\Z)|[()\[\]{}]",
        re.DOTALL,
    ),
}  # whether ' is for single characters
_SINGLE = frozenset({"rust", "c", "cpp", "java", "go"})
_ENDED = frozenset({"c", "cpp", "java", "rust"})  # languages whose statements a semicolon ends
_BLANKED = 2_000  # bytes of a body from which it is left out


@dataclass(frozen=True, slots=True)
class Mended:
    """A text (UTF-8) that is likely to parse, and where in it that begins which is being written."""

    data: bytes
    at: int


def mended(data: bytes, word: Span, language: str, symbols: Iterable[Symbol] = (), text: bytes = NAME) -> Mended:
    """`data` with `text` in the place of the bytes `word`; brackets that nothing closes are closed.

    Long bodies of those functions among `symbols` that the word is not in are left blank.
    """
    head, tail = data[: word.start], data[word.end :]
    tail = tail[_word_end(tail) :]
    lengths = len(data) - len(tail)
    bodies = [s.body for s in symbols if s.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD)]
    for body in bodies:
        if body.end - body.start >= _BLANKED:
            if body.end <= word.start:
                head = _blank(head, body.start, body.end)
            elif body.start >= lengths:
                tail = _blank(tail, body.start - lengths, body.end - lengths)
    stack = _opened(head + text, language)
    rest = tail.partition(b"\n")[0].strip()
    ended = b";" if language in _ENDED and (not rest or rest.startswith(b"}")) else b""
    inner, outer = _missing(stack, tail, language)
    return Mended(head + text + inner + ended + tail + outer, len(head))


def _word_end(tail: bytes) -> int:
    """How much of `tail` goes on with the word."""
    found = re.match(rb"\w*", tail)
    return found.end() if found else 0


def _blank(text: bytes, start: int, end: int) -> bytes:
    """`text` with blanks between the brackets of the body at `start` to `end`; line ends stay."""
    inside = text[start + 1 : end - 1]
    if text[start : start + 1] != b"{" or text[end - 1 : end] != b"}":
        return text
    return text[: start + 1] + re.sub(rb"[^\n]", b" ", inside) + text[end - 1 :]


def _opened(text: bytes, language: str) -> list[bytes]:
    """The brackets that are open at the end of `text`, the outermost first."""
    stack: list[bytes] = []
    for found in _SCAN[language in _SINGLE].finditer(text):
        sign = found[0]
        if sign in _CLOSERS:
            stack.append(sign)
        elif sign in _PAIRS and stack:
            _close(stack, sign)
    return stack


def _close(stack: list[bytes], sign: bytes) -> list[bytes]:
    """Take from `stack` what `sign` closes; what stood above it, which it leaves open."""
    opening = _PAIRS[sign]
    if opening not in stack:
        return []
    left = []
    while (last := stack.pop()) != opening:
        left.append(last)
    return left


def _missing(stack: list[bytes], tail: bytes, language: str) -> tuple[bytes, bytes]:
    """What is to be closed right after what is written, and at the end of the text."""
    base, inner = len(stack), b""
    for found in _SCAN[language in _SINGLE].finditer(tail):
        sign = found[0]
        if sign in _CLOSERS:
            stack.append(sign)
        elif sign in _PAIRS:
            was = min(len(stack), base)
            left = _close(stack, sign)
            if len(stack) < was - 1:
                inner += b"".join(_CLOSERS[each] for each in left[-(was - 1 - len(stack)) :])
            base = min(base, len(stack))
    statement = b";" if language in _ENDED else b"\n"
    outer = b"".join((statement if each == b"{" else b"") + _CLOSERS[each] for each in reversed(stack))
    return inner, outer
