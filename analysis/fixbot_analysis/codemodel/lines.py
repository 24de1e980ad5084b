"""Whole lines from the CodeModel: continued lexeme by lexeme while it is confident, and written out as text."""

import keyword
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.model import CodeModel
from fixbot_analysis.codemodel.tokens import CLOSING, LAYOUT, OPENING, STRING

CONFIDENT = 0.4  # a rest of a line less likely than this is not told

_LONGEST = 32  # tokens
_UNSEEN = 0.01  # chance kept for a word that was never seen here

_TIGHT_BEFORE = frozenset({",", ":", ";", ".", ")", "]", "}"})
_TIGHT_AFTER = frozenset({"(", "[", "{", ".", "~"})
_MAYBE_UNARY = frozenset({"-", "+", "*", "**", "@"})


@dataclass(frozen=True, slots=True)
class Line:
    """The rest of a line as tokens; `score` is the probability of all of them and of the line's end after them."""

    tokens: tuple[str, ...]
    score: float


def continue_line(
    model: CodeModel, path: str, before: Sequence[str], prefix: str = "", confident: float = CONFIDENT
) -> Line | None:
    """The likeliest rest of the line in `path` after the tokens `before`; None where it is not `confident`.

    Where a word is under way, the first token begins with that `prefix`, and the score is of what is not yet written.
    """
    context, score = list(before), 1.0
    for _ in range(_LONGEST):
        chances = model.following(path, context)
        if prefix and len(context) == len(before):
            chances = _beginning(chances, prefix)
        lexeme, chance = _likeliest(chances)
        score *= chance
        if score < confident or lexeme == STRING:
            return None
        if lexeme in LAYOUT:
            return Line(tuple(context[len(before) :]), score)
        context.append(lexeme)
    return None


def _beginning(chances: dict[str, float], prefix: str) -> dict[str, float]:
    """The chances of what begins with `prefix`, given that something does; the word as typed is no evidence of itself."""
    fitting = {lexeme: chance for lexeme, chance in chances.items() if lexeme.startswith(prefix) and lexeme != prefix}
    total = sum(fitting.values()) + _UNSEEN
    return {lexeme: chance / total for lexeme, chance in fitting.items()}


def _likeliest(chances: dict[str, float]) -> tuple[str, float]:
    return max(chances.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))


def write_out(before: Sequence[str], tokens: Sequence[str]) -> str:
    """The text of `tokens`, spaced as PEP 8 asks, where they follow the tokens `before` on the same line.

    A space before the first lexeme is part of it where one belongs there.
    """
    line = list(before[_line_start(before) :])
    text = []
    for lexeme in tokens:
        text.append((" " if line and _spaced(line, lexeme) else "") + lexeme)
        line.append(lexeme)
    return "".join(text)


def _line_start(tokens: Sequence[str]) -> int:
    at = len(tokens)
    while at and tokens[at - 1] not in LAYOUT:
        at -= 1
    return at


def _spaced(line: Sequence[str], lexeme: str) -> bool:
    last = line[-1]
    brackets = _open_brackets(line)
    if last in _TIGHT_AFTER:
        return last == "." and keyword.iskeyword(lexeme)
    if lexeme in _TIGHT_BEFORE:
        return lexeme == "." and keyword.iskeyword(last)
    if lexeme in "([" and (last in CLOSING or _is_name(last)):
        return False
    if "=" in (lexeme, last) and brackets and brackets[-1] == "(":
        return _annotated(line)
    if last == ":" and brackets and brackets[-1] == "[":
        return False
    return not (last in _MAYBE_UNARY and _is_unary(line))


def _is_name(lexeme: str) -> bool:
    return (lexeme.isidentifier() and not keyword.iskeyword(lexeme)) or lexeme[-1] in "'\""


def _is_unary(line: Sequence[str]) -> bool:
    if len(line) == 1:
        return True
    earlier = line[-2]
    return not (_is_name(earlier) or earlier in CLOSING or earlier[0].isdigit())


def _open_brackets(line: Sequence[str]) -> list[str]:
    found: list[str] = []
    for lexeme in line:
        if lexeme in OPENING:
            found.append(lexeme)
        elif lexeme in CLOSING and found:
            found.pop()
    return found


def _annotated(line: Sequence[str]) -> bool:
    """Whether the parameter under way has an annotation, so that its default is set off by spaces."""
    depth = 0
    for lexeme in reversed(line):
        if lexeme in CLOSING:
            depth += 1
        elif lexeme in OPENING:
            depth -= 1
            if depth < 0:
                return False
        elif depth == 0 and lexeme == ",":
            return False
        elif depth == 0 and lexeme == ":":
            return True
    return False
