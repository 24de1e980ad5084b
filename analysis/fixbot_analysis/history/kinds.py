"""What sort of small edit a hunk is, in the words that repair's families of templates go by."""

import re

_TOKEN = re.compile(
    r"\"[^\"\n]*\"|'[^'\n]*'|\d[\w.]*|[^\W\d]\w*|\*\*=|//=|>>=|<<=|==|!=|<=|>=|->|:=|\*\*|//|<<|>>|&&|\|\||[-+*/%&|^@]=|\S"
)
_OPERATORS = frozenset(
    [
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "&",
        "|",
        "^",
        "<<",
        ">>",
        "and",
        "or",
        "not",
        "is",
        "in",
        "&&",
        "||",
        "!",
        "+=",
        "-=",
        "*=",
        "/=",
    ]
)
_STATEMENTS = {
    "raise": "exception", "throw": "exception", "try": "exception", "except": "exception", "catch": "exception",
    "import": "import", "from": "import", "return": "value", "yield": "value", "await": "await",
    "if": "guard", "elif": "guard", "else": "guard", "assert": "guard", "switch": "guard", "case": "guard",
}  # fmt: skip
_JOINTS = frozenset({"and", "or", "&&", "||"})
_CONDITIONS = frozenset({"if", "elif", "while", "assert"})
_LONGEST = 60  # tokens taken out or put in; beyond that it is no small edit


def kind_of(before: str, after: str) -> str:
    """Family of the edit that turns the lines `before` into `after`; ``"other"`` for what is no small edit.

    What both begin and end with is set aside; the rest, and what stands around it, decides.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    out, into = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(out) > _LONGEST or len(into) > _LONGEST or not (out or into):
        return "other"
    if not before.strip():
        return _STATEMENTS.get(into[0], "statement")
    if not after.strip():
        return "statement"
    following = new[len(new) - tail] if tail else ""
    return _inside(out, into, new[:head], following)


def _inside(out: list[str], into: list[str], head: list[str], following: str) -> str:
    """Family of an edit within lines: `out` became `into` between `head` and `following`."""
    previous = head[-1] if head else ""
    if out == ["self", "."] or into == ["self", "."] or (into and into[0] == "self" and not out):
        return "self"
    if "await" in (*out[:1], *into[:1]):
        return "await"
    if len(out) <= 1 and len(into) <= 1:
        return _exchanged(out[0] if out else "", into[0] if into else "", previous, following)
    if set(head) & {"except", "raise", "throw"} and head[0] in ("except", "raise", "throw"):
        return "exception"
    return _longer(out, into, head, following)


def _exchanged(old: str, new: str, previous: str, following: str) -> str:
    if old in _OPERATORS or new in _OPERATORS:
        return "operator"
    if _is_number(old) or _is_number(new):
        return "bounds"
    if previous in ("except", "raise", "throw", "new"):
        return "exception"
    if _is_name(old) and _is_name(new):
        return "call" if following == "(" else "name"
    return "value" if old and new else "operand"


def _longer(out: list[str], into: list[str], head: list[str], following: str) -> str:
    if not (out and into) and (family := _one_sided(into or out)):
        return family
    if head and head[0] in _CONDITIONS:
        return "condition"
    if into and len(into) > len(out) and into[-1] == ")" and "(" in into:
        return "wrap"
    if _open_call(head) or following == ")":
        return "argument"
    if not head:
        return _STATEMENTS.get(into[0], "statement") if into else "statement"
    return "value" if head[0] in ("return", "yield") else "operand"


def _one_sided(changed: list[str]) -> str:
    """Family of what was only put in, or only taken out; ``""`` where its ends do not tell."""
    first, last = changed[0], changed[-1]
    if "," in (first, last):
        return "argument"
    if first in _JOINTS or last in _JOINTS or first in ("not", "!"):
        return "condition"
    if last == "(" or first == ")":
        return "wrap"
    return "call" if first == "(" else ""


def _open_call(head: list[str]) -> bool:
    return head.count("(") > head.count(")")


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _is_number(token: str) -> bool:
    return token[:1].isdigit()


def _is_name(token: str) -> bool:
    return token[:1].isalpha() or token[:1] == "_"
