"""Keywords that the grammar allows at a place, as far as the tokens before it say."""

import keyword
from collections.abc import Iterator, Sequence

from fixbot_agent.completing.cursor.place import Place
from fixbot_analysis.codemodel.slots import ARGUMENT, BASE, DECORATOR, OPERAND, PARAMETER, STATEMENT, Slot
from fixbot_analysis.codemodel.tokens import DEDENT, INDENT, LAYOUT, NEWLINE

_VALUES = frozenset({"None", "True", "False", "not", "lambda"})  # that begin an expression
_ANYWHERE = frozenset({
    "assert", "async", "class", "def", "del", "for", "from", "global", "if", "import", "pass", "raise", "try", "while", "with",
    "match", "type",
}) | _VALUES  # fmt: skip
_JOINING = frozenset({"and", "or", "in", "is", "if", "not"})
_NEXT = {  # that may follow a block which begins with the key, at the same depth
    "if": ("elif", "else"),
    "elif": ("elif", "else"),
    "for": ("else",),
    "while": ("else",),
    "try": ("except", "finally"),
    "except": ("except", "else", "finally"),
    "else": ("finally",),
    "match": (),
    "case": ("case",),
}
_AFTER = {
    "is": {"not", "None", "True", "False"},
    "async": {"def", "for", "with"},
    "yield": {"from"} | _VALUES,
    "raise": {"from"},
    "class": set[str](),
    "def": set[str](),
    "for": set[str](),
    "global": set[str](),
    "nonlocal": set[str](),
    "as": set[str](),
    "from": set[str](),
    "import": set[str](),
    "del": set[str](),
    "except": set[str](),
}
_NONE_ONLY = frozenset({"None"})


def keywords_at(slot: Slot, place: Place) -> frozenset[str]:
    """The keywords that may stand at `place`, whose slot is `slot`."""
    if slot.kind == STATEMENT:
        return frozenset(_statement(place))
    if slot.kind == OPERAND:
        return frozenset(_joining(slot, place.before[slot.first :], place))
    if slot.kind in (PARAMETER, DECORATOR):
        return frozenset()
    if slot.kind == "annotation":
        return _NONE_ONLY
    if slot.kind == BASE:
        return frozenset({"metaclass"})
    allowed = _AFTER.get(slot.kind)
    found = set(_VALUES if allowed is None else allowed)
    if allowed is None and _is_async(place.before, place):
        found.add("await")
    if slot.kind in ("assigned", "group") and _functions(place):
        found.add("yield")
    if slot.kind in ("list", "braces", ARGUMENT, "group") and slot.lead not in ("(", "[", "{", ","):
        found |= {"for", "async"}
    return frozenset(found)


def _statement(place: Place) -> Iterator[str]:
    yield from _ANYWHERE
    before = place.before
    if place.scopes and any(not scope.is_class for scope in place.scopes):
        yield from ("return", "yield", "nonlocal")
    if _is_async(before, place):
        yield "await"
    blocks = list(_blocks_around(before))
    function = next((at for at, word in enumerate(blocks) if word in ("def", "class")), len(blocks))
    if {"for", "while"} & set(blocks[:function]):
        yield from ("break", "continue")
    if blocks[:1] == ["match"]:
        yield "case"
    for opener in (_block_ended(before), *blocks[:1]):
        yield from _NEXT.get(opener, ())


def _joining(slot: Slot, words: Sequence[str], place: Place) -> Iterator[str]:
    """Keywords that go on after an operand."""
    head, inside = slot.head, bool(slot.brackets)
    if head == "from" and not inside:
        yield "as" if "import" in words else "import"
        return
    if head in ("import", "from"):
        yield "as"
        return
    if slot.lead == "not":
        yield "in"
        return
    if not place.spaced or _is_target(slot, words):
        return
    yield from _JOINING
    if "if" in words[1:]:
        yield "else"
    if inside:
        yield from ("for", "async")
    if head in ("with", "except", "case", "async"):
        yield "as"
    if head == "raise" or "yield" in words:
        yield "from"


def _is_target(slot: Slot, words: Sequence[str]) -> bool:
    """Whether a statement has nothing yet but a name, an attribute or an item: a value is given to it, or it is called."""
    is_other = slot.head in ("match", "case") and len(words) > 1
    has_more = "=" in words or any(keyword.iskeyword(word) for word in words)
    return not (slot.brackets or slot.target or is_other or has_more or words[-1] == ")")


def _functions(place: Place) -> bool:
    return any(not scope.is_class for scope in place.scopes)


def _is_async(before: Sequence[str], place: Place) -> bool:
    """Whether the innermost function around is a coroutine."""
    name = next((scope.name for scope in reversed(place.scopes) if not scope.is_class), "")
    at = next((i for i in range(len(before) - 1, 1, -1) if before[i] == name and before[i - 1] == "def"), 0)
    return at > 1 and before[at - 2] == "async"


def _blocks_around(before: Sequence[str]) -> Iterator[str]:
    """First words of the headers of the blocks that are open at the end of `before`, innermost first."""
    level = lowest = 0
    for at in range(len(before) - 1, -1, -1):
        if before[at] == DEDENT:
            level += 1
        elif before[at] == INDENT:
            level -= 1
            if level < lowest:
                lowest = level
                yield _first_word(before, at)


def _block_ended(before: Sequence[str]) -> str:
    """First word of the block that ends right before the end of `before`, at the depth of the place; "" where none does."""
    if before[-1:] != (DEDENT,):
        return ""
    level = 0
    for at in range(len(before) - 1, -1, -1):
        level += (before[at] == DEDENT) - (before[at] == INDENT)
        if level == 0 and before[at] == INDENT:
            return _first_word(before, at)
    return ""


def _first_word(before: Sequence[str], indent: int) -> str:
    """First word of the header whose block begins with the indentation at `indent`; of ``async for`` the second."""
    at = indent - 1 if before[indent - 1 : indent] == (NEWLINE,) else indent
    while at and before[at - 1] not in LAYOUT:
        at -= 1
    words = before[at : at + 2]
    return words[-1] if words[:1] == ("async",) else words[0] if words else ""
