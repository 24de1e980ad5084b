"""Which words may stand in a line of Python: names in scope, names that the line itself binds, and what is no name of a variable."""

import keyword
from collections.abc import Collection, Sequence

from fixbot_agent.completing.cursor.bindings import bound, parameters
from fixbot_analysis.codemodel.tokens import LAYOUT

_NAMING = frozenset({".", "def", "class", "as", "import", "from"})  # a name after one of these is not looked up
_OPENING = frozenset({"(", "[", "{", ","})
_AFTER_NEW = frozenset({"=", ":", ",", "for", "in", ".", ")"})  # what may follow a name that nothing binds yet


class Admitting:
    """Judges words at a place whose scope has `names`, after the tokens `before`."""

    def __init__(self, before: Sequence[str], names: Collection[str], *, importing: bool = False) -> None:
        self._names = names
        self._last = before[-1] if before else "\n"
        self._importing = importing
        line = before[line_start(before) :]
        self._looping = _is_looping(line)
        self._line = line

    def __call__(self, tokens: Sequence[str], word: str) -> bool:
        """Whether `word` may follow the new `tokens`, as far as that can be told before the line is complete."""
        last = tokens[-1] if tokens else self._last
        if not word.isidentifier() or keyword.iskeyword(word):
            return not tokens or word in _AFTER_NEW or self._is_known(tokens, len(tokens) - 1)
        if self._importing or last in _NAMING or word in self._names:
            return True
        if last in LAYOUT or last in _OPENING or last in ("for", "lambda", "*", "**"):
            return True
        return _is_looping([*self._line, *tokens]) or word in tokens

    def _is_known(self, tokens: Sequence[str], at: int) -> bool:
        word = tokens[at]
        before = tokens[at - 1] if at else self._last
        if not word.isidentifier() or keyword.iskeyword(word) or word in self._names or before in _NAMING:
            return True
        return self._importing or word in tokens[:at] or word in self._line or "for" in tokens or self._looping

    def all_known(self, tokens: Sequence[str]) -> bool:
        """Whether every name that the line reads, with `tokens` as its rest, is in scope or bound by it; members and keywords aside."""
        if self._importing:
            return True
        text = " ".join([*self._line, *tokens])
        new = {*bound(text), *parameters(text), *_of_lambdas([*self._line, *tokens])}
        line = [self._last, *tokens, ""]
        for earlier, word, after in zip(line, line[1:], line[2:], strict=False):
            if not word.isidentifier() or keyword.iskeyword(word) or word in self._names or word in new:
                continue
            if earlier not in _NAMING and not (after == "=" and earlier in {"(", ","}):
                return False
        return True


def line_start(tokens: Sequence[str]) -> int:
    """Index of the first token of the statement that `tokens` end in."""
    at = len(tokens)
    while at and tokens[at - 1] not in LAYOUT:
        at -= 1
    return at


def _is_looping(line: Sequence[str]) -> bool:
    """Whether the targets of a loop are being written."""
    for word in reversed(line):
        if word == "for":
            return True
        if word in ("in", ":", "="):
            return False
    return False


def _of_lambdas(line: Sequence[str]) -> set[str]:
    found: set[str] = set()
    is_header = False
    for word in line:
        if word == "lambda":
            is_header = True
        elif word == ":":
            is_header = False
        elif is_header and word.isidentifier():
            found.add(word)
    return found
