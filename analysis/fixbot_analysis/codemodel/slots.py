"""What kind of place a name or keyword is written at: read from the tokens of the statement under way alone."""

import keyword
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.tokens import LAYOUT, STRING

STATEMENT, OPERAND, ARGUMENT, BASE, PARAMETER = "statement", "operand", "argument", "base", "parameter"
ANNOTATION, DECORATOR, ASSIGNED, VALUE = "annotation", "decorator", "assigned", "value of keyword"

_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
_AUGMENTED = frozenset({"+=", "-=", "*=", "/=", "//=", "%=", "|=", "&=", "^=", ":=", ">>=", "<<=", "**=", "@="})
_SOFT = frozenset({"match", "case", "type"})
_HEADERS = frozenset(
    {"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async", "match", "case"}
)
_ENDS_OPERAND = frozenset({")", "]", "}", "...", "None", "True", "False"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a statement. `kind` says what is written there; `lead` is the token before, "" where a statement begins.

    `callee` is the last name of the call that is directly around, `argument` which of its arguments (``#0``, a keyword's name), `target`
    what the statement assigns to (last name), `first` the index of the statement's first token, `brackets` what is open, outermost first, `head` its first word.
    """

    kind: str
    lead: str = ""
    callee: str = ""
    argument: str = ""
    target: str = ""
    first: int = 0
    brackets: str = ""
    head: str = ""


@dataclass(slots=True)
class _Bracket:
    kind: str  # argument, base, parameter, group, list, subscript, braces
    sign: str
    callee: str = ""
    argument: int = 0
    keyword: str = ""
    is_annotation: bool = False
    colon: bool = False


def slot_at(before: Sequence[str]) -> Slot:
    """The slot after the tokens `before`."""
    first = next((at for at in range(len(before) - 1, -1, -1) if before[at] in LAYOUT or before[at] == ";"), -1) + 1
    words = before[first:]
    return _Reader(words).read(first)


class _Reader:
    """Walks over the tokens of one statement."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._open: list[_Bracket] = []
        self._target = ""
        self._after = ""  # what was at the depth of the statement: "=", "annotation", "block"

    def read(self, first: int) -> Slot:
        """The slot at the end; `first` is only passed on."""
        words = self._words
        for at, word in enumerate(words):
            self._take(at, word)
        inner = self._open[-1] if self._open else None
        lead = words[-1] if words else ""
        kind = self._kind(inner, lead)
        argument = (inner.keyword or f"#{inner.argument}") if inner and inner.kind == ARGUMENT else ""
        callee = inner.callee if inner else ""
        return Slot(
            kind,
            lead,
            callee,
            argument,
            self._target,
            first,
            "".join(each.sign for each in self._open),
            words[0] if words else "",
        )

    def _take(self, at: int, word: str) -> None:
        inner = self._open[-1] if self._open else None
        if word in ("(", "[", "{"):
            self._open.append(self._opened(at, word))
        elif word in (")", "]", "}"):
            if inner:
                self._open.pop()
        elif inner:
            _part(inner, word, self._words[at - 1])
        elif word == "=" or word in _AUGMENTED:
            self._target, self._after = self._last_name(at), "="
        elif word == ":":
            is_block = self._words[0] in _HEADERS and not (self._words[0] in _SOFT and at == 1)
            if "lambda" not in self._words[:at]:
                self._after = "block" if is_block else ANNOTATION
                self._target = "" if is_block else self._last_name(at)
        elif word == "->":
            self._after = ANNOTATION

    def _opened(self, at: int, word: str) -> _Bracket:
        words = self._words
        around = self._open[-1] if self._open else None
        if around:
            is_annotation = around.is_annotation or (around.kind == PARAMETER and around.colon and not around.keyword)
        else:
            is_annotation = self._after == ANNOTATION
        applied = at > 0 and is_operand(words[at - 1])
        if word == "{":
            return _Bracket("braces", word)
        if word == "[":
            return _Bracket("subscript" if applied else "list", word, is_annotation=is_annotation)
        if at > 1 and words[at - 2] in ("def", "class"):
            return _Bracket(PARAMETER if words[at - 2] == "def" else BASE, word)
        return _Bracket(ARGUMENT if applied else "group", word, self._last_name(at) if applied else "")

    def _last_name(self, at: int) -> str:
        word = self._words[at - 1] if at else ""
        return word if word.isidentifier() else ""

    def _kind(self, inner: _Bracket | None, lead: str) -> str:
        words = self._words
        if not lead or (inner is None and lead == ":" and self._after == "block"):
            return STATEMENT
        if _awaits_operator(words):
            return OPERAND
        if lead == "@" and len(words) == 1:
            return DECORATOR
        if keyword.iskeyword(lead):
            return lead
        if lead == "->" or (inner is None and lead in (":", "|") and self._after == ANNOTATION):
            return ANNOTATION
        if inner is None:
            return _at_the_top(lead)
        return _inside(inner, lead)


def _awaits_operator(words: Sequence[str]) -> bool:
    """Whether what stands there asks for an operator or a keyword that goes on, and no name."""
    lead = words[-1]
    if lead in (".", "..."):
        return words[0] == "from"  # from . import
    if lead == "not":
        return len(words) > 1 and is_operand(words[-2])  # not in
    return is_operand(lead) and not (len(words) == 1 and lead in _SOFT)


def _at_the_top(lead: str) -> str:
    if lead == "=" or lead in _AUGMENTED:
        return ASSIGNED
    if lead in _COMPARISONS:
        return "comparison"
    return {",": "comma", ":": "lambda", ".": "attribute"}.get(lead, "operator")


def _inside(inner: _Bracket, lead: str) -> str:
    if inner.is_annotation and lead in ("[", ",", "|"):
        return ANNOTATION
    if inner.kind == PARAMETER:
        return {"(": PARAMETER, ",": PARAMETER, "*": PARAMETER, "**": PARAMETER, "=": "default"}.get(lead, ANNOTATION)
    if lead == "=":
        return VALUE
    if lead in ("*", "**"):
        return "starred" if inner.kind == ARGUMENT else "operator"
    if lead == ":":
        return {"braces": "dictionary value", "subscript": "slice"}.get(inner.kind, "lambda")
    if lead in ("(", "[", "{", ","):
        return inner.kind
    return "comparison" if lead in _COMPARISONS else "operator"


def _part(inner: _Bracket, word: str, earlier: str) -> None:
    if word == ",":
        inner.argument += 1
        inner.keyword, inner.colon = "", False
    elif word == "=":
        inner.keyword = earlier if earlier.isidentifier() else ""
    elif word == ":":
        inner.colon = True


def is_operand(word: str) -> bool:
    """Whether `word` ends an operand, so that an operator or a keyword like ``if`` follows it, and no name."""
    if word in _ENDS_OPERAND or word == STRING:
        return True
    is_literal = len(word) > 1 and word[-1] in "\"'"
    return is_literal or ((word[0].isalnum() or word[0] == "_") and not keyword.iskeyword(word))
