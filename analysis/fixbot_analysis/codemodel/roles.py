"""Tokens with local names told by the part they play: so that code seen elsewhere with other names is seen again.

A local is written as how many other locals were used since it last was (a move-to-front code: Bentley, Sleator, Tarjan and Wei, "A locally
adaptive data compression scheme", 1986), a name like that of the argument or attribute it is given to as :data:`SAME`. One word stays one word.
What a word becomes depends on nothing after it, so the parts of an unfinished text are those that it keeps. Where a name is bound it stays as
it is written: only what was bound before has a part.
"""

import keyword
from collections.abc import Iterable, Sequence

from fixbot_analysis.codemodel.tokens import CLOSING, DEDENT, INDENT, LAYOUT, NEWLINE, OPENING

SAME = "<same>"
PARTS = tuple(f"<{number}>" for number in range(10))  # the last stands for every local that was not used for longer
_NUMBERS = {part: number for number, part in enumerate(PARTS)}
_KEYWORDS = frozenset(keyword.kwlist) | {"self", "cls"}

_MADE_AFTER = frozenset(
    {"let", "const", "var", "mut", "val", "auto", "as"}
)  # a name right after one of these is a new local
_BEGUN_BY = frozenset({"func", "fn", "function"})


class Roles:
    """Reads tokens one after the other; `recent` are the locals of the function around, the last used first."""

    __slots__ = (
        "_bound",
        "_depth",
        "_function",
        "_header",
        "_is_braced",
        "_key",
        "_last",
        "_level",
        "_looped",
        "recent",
    )

    def __init__(self, *, braces: bool = False) -> None:
        self.recent: list[str] = []
        self._is_braced = braces
        self._level, self._depth = 0, 0
        self._function: int | None = None  # the level of the function around
        self._header = 0  # 1 after its first word, 2 among its parameters
        self._bound: list[str] = []  # names at the beginning of the statement, which "=" may bind
        self._key = self._last = ""
        self._looped = False

    def copy(self) -> "Roles":
        """Another reader at the same point."""
        other = Roles.__new__(Roles)
        for name in Roles.__slots__:
            value = getattr(self, name)
            setattr(other, name, value.copy() if isinstance(value, list) else value)
        return other

    def read(self, tokens: Iterable[str]) -> list[str]:
        """Each word as the part it plays."""
        return [self.add(word) for word in tokens]

    def add(self, word: str) -> str:
        """The next word as the part it plays."""
        first = word[0]
        if first.isalpha() or first == "_":
            found = self._word(word)
        else:
            found = word
            self._sign(word)
        self._last = word
        return found

    def written(self, part: str) -> str | None:
        """The word that `part` stands for here; None where it stands for none, a word that is no part for itself."""
        if part == SAME:
            return self._key or None
        number = _NUMBERS.get(part)
        if number is None:
            return part
        return self.recent[number] if number < len(self.recent) else None

    def _word(self, word: str) -> str:
        if word in _KEYWORDS or word in _BEGUN_BY or word[-1] in "'\"":
            self._keyword(word)
            return word
        if self._last == ".":
            return SAME if word == self._key else word
        if self._function is None:
            return SAME if word == self._key else word
        if self._header:
            if self._header == 2 and self._depth == 1 and self._last in "(,**":
                self._use(word)
            return word
        is_known = word in self.recent
        if self._looped or self._last in _MADE_AFTER:
            self._use(word)
            return word
        if not self._depth:
            self._bound.append(word)
        if word == self._key:
            if is_known:
                self._use(word)
            return SAME
        return self._part(word) if is_known else word

    def _part(self, word: str) -> str:
        at = self.recent.index(word)
        if at:
            del self.recent[at]
            self.recent.insert(0, word)
        return PARTS[min(at, len(PARTS) - 1)]

    def _use(self, word: str) -> None:
        if word in self.recent:
            self.recent.remove(word)
        self.recent.insert(0, word)

    def _keyword(self, word: str) -> None:
        if word == "def" or word in _BEGUN_BY:
            if self._function is None or self._level <= self._function:
                self._function, self.recent = self._level, []
            self._header, self._depth = 1, 0
        elif word == "for":
            self._looped = True
        elif word == "in":
            self._looped = False

    def _sign(self, word: str) -> None:
        if word in LAYOUT:
            self._layout(word)
        elif word in OPENING:
            self._open(word)
        elif word in CLOSING:
            self._close(word)
        elif word in ("=", ":="):
            self._key = "" if self._header else self._last if self._last.isidentifier() else ""
            if not self._depth or word == ":=":
                for name in self._bound:
                    self._use(name)
                self._bound = []
        elif word == ",":
            self._key = ""
        elif word == ";" or (word == ":" and self._looped):
            self._bound, self._key, self._looped = [], "", False
        elif word not in ("*", ":") and not self._depth:
            self._bound = []

    def _open(self, word: str) -> None:
        if self._is_braced and word == "{":
            self._level += 1
            self._header, self._bound, self._key, self._looped = 0, [], "", False
            return
        self._depth += 1
        if self._header == 1 and word == "(":
            self._header = 2

    def _close(self, word: str) -> None:
        if self._is_braced and word == "}":
            self._level -= 1
            self._bound, self._key = [], ""
            self._leave()
            return
        self._depth = max(0, self._depth - 1)

    def _layout(self, word: str) -> None:
        if word == NEWLINE:
            self._header = self._depth = 0
            self._bound, self._key, self._looped = [], "", False
        elif word == INDENT:
            self._level += 1
        elif word == DEDENT:
            self._level -= 1
            self._leave()

    def _leave(self) -> None:
        if self._function is not None and self._level <= self._function:
            self._function, self.recent = None, []


def roles_of(tokens: Sequence[str], *, braces: bool = False) -> list[str]:
    """`tokens`, which begin outside of functions, as the parts they play."""
    return Roles(braces=braces).read(tokens)
