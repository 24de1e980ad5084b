"""Which word of Python may follow which, told word by word: brackets that fit, operands and operators in turn, colons that belong.

Less than Python's grammar, but it can be asked after every word, and what it refuses does not parse, blocks on the line of their header aside.
"""

import keyword
from collections.abc import Iterable

from fixbot_analysis.codemodel.tokens import CLOSING, LAYOUT, OPENING, STRING

_PAIRS = {")": "(", "]": "[", "}": "{"}
_CLOSERS = {opening: closing for closing, opening in _PAIRS.items()}
_VALUES = frozenset({"None", "True", "False"})
_BINARY = frozenset({"and", "or", "in", "is", "if", "else", "for", "as", "from", "import", "async"})
_BLOCKS = frozenset({"if", "elif", "else", "for", "while", "def", "class", "with", "try", "except", "finally"})
_UNFINISHED = frozenset({".", "=", "lambda"})  # no bracket closes right after
_BEFORE_BINARY = frozenset({"yield", "else", "async", "not", ".", ",", "*"})
_REFUSED = {
    ":": frozenset({".", "="}),
    ",": OPENING | {".", "=", ","},
    **dict.fromkeys((*OPENING, "not", "await", "lambda", "yield", "**", "-", "+", "~"), frozenset({"."})),
}  # what a token does not stand right after
_ASSIGNING = frozenset({"=", "+=", "-=", "*=", "/=", "//=", "%=", "&=", "|=", "^=", ">>=", "<<=", "**=", "@="})


class Grammar:
    """A line under way: its open brackets, what it begins with, and whether an operand ended last."""

    __slots__ = ("_brackets", "_first", "_is_block", "_lambdas", "_last", "_operand")

    def __init__(self, statement: Iterable[str] = ()) -> None:
        """The line after the tokens of `statement`, the beginning of which is the statement's."""
        self._brackets: tuple[str, ...] = ()
        self._first = self._last = ""
        self._lambdas = 0
        self._operand = self._is_block = False
        for word in statement:
            self.add(word)

    @property
    def depth(self) -> int:
        """How many brackets are open."""
        return len(self._brackets)

    @property
    def first(self) -> str:
        """The word that the statement begins with."""
        return self._first

    def copy(self) -> "Grammar":
        """Another at the same point."""
        other = Grammar.__new__(Grammar)
        for name in Grammar.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    def admits(self, word: str) -> bool:
        """Whether `word` may come next."""
        if word in LAYOUT:
            return self._may_end()
        if word in CLOSING:
            return self._brackets[-1:] == (_PAIRS[word],) and self._last not in _UNFINISHED
        return not self._is_over() and self._may_stand(word)

    def add(self, word: str) -> None:
        """Take `word` as the next one."""
        if not self._first:
            self._first = word
            self._is_block = word in _BLOCKS
        elif self._first == "async" and self._last == "async":
            self._is_block = True
        if word in OPENING:
            self._brackets = (*self._brackets, word)
        elif word in CLOSING:
            self._brackets = self._brackets[:-1]
        elif word == "lambda":
            self._lambdas += 1
        self._operand = word in CLOSING or self._is_operand(word)
        self._last = word

    def _may_stand(self, word: str) -> bool:
        last = self._last
        if last in _REFUSED.get(word, ()):
            return False
        if word == ".":
            return self._operand or (self._first in ("from", "import") and last in ("from", "import", "."))
        if self._is_operand(word):
            return not self._operand or (_is_text(word) and _is_text(last))
        if word in _BINARY:
            return self._operand or not last or last in _BEFORE_BINARY or word in ("if", "for", "async")
        return word not in _ASSIGNING or self._operand

    def _may_end(self) -> bool:
        if self._brackets:
            return False
        if self._is_block:
            return self._last == ":"
        return self._operand or self._last in (
            "return",
            "pass",
            "break",
            "continue",
            "raise",
            "yield",
            ":",
            "*",
            ",",
            "else",
        )

    def _is_over(self) -> bool:
        """Whether the header is complete, so that nothing stands on its line any more."""
        return self._is_block and self._last == ":" and not self._brackets and not self._lambdas

    def _is_operand(self, word: str) -> bool:
        first = word[0]
        if first.isalpha() or first == "_":
            return not keyword.iskeyword(word) or word in _VALUES
        return first.isdigit() or _is_text(word) or (first == "." and len(word) > 1)


class Brackets:
    """What every language shares: brackets that close are those that were opened last."""

    __slots__ = ("_open",)

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self._open: tuple[str, ...] = ()
        for word in tokens:
            self.add(word)

    @property
    def depth(self) -> int:
        """How many brackets are open."""
        return len(self._open)

    @property
    def closing(self) -> str:
        """What closes all that is open."""
        return "".join(_CLOSERS[each] for each in reversed(self._open))

    def copy(self) -> "Brackets":
        """Another at the same point."""
        other = Brackets()
        other._open = self._open
        return other

    def admits(self, word: str) -> bool:
        """Whether `word` may come next."""
        return word not in _PAIRS or self._open[-1:] in ((), (_PAIRS[word],))

    def add(self, word: str) -> None:
        """Take `word` as the next one."""
        if word in OPENING:
            self._open = (*self._open, word)
        elif word in CLOSING:
            self._open = self._open[:-1]


def _is_text(word: str) -> bool:
    return word == STRING or word[-1:] in ("'", '"')
