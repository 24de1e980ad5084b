"""Values that comments in an example tell: `area(2)  # expected 12`, `# -> 6` below a call, words above it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_repair import issue_wording as wording
from fixbot_repair.issue_code import printed
from fixbot_repair.issue_values import is_call, is_literal

_SHOWS = re.compile(
    r"(?:->|=>|==>|→|>>>?|(?:prints?|printed|returns?|returned|gives?|gave|outputs?|result|out|got|yields?)\b\s*(?:\[\d+\])?:?)\s*(.+)",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s(?:#|<-+|<=+|←)[#!<\s=-]*(\S.*)$")
_WRONG = re.compile(r"[,;(\s-]*\b(?:wrong|incorrect|bad|bug)\b[!)\s.]*$", re.IGNORECASE)
_RIGHT = re.compile(
    r"[,;(\s-]*\b(?:ok|okay|good|correct|right|fine|as expected|as it should be|works)\b[!)\s.]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a comment says of an expression: the value that should come, the one that does ("" where it does not say), and
    the statements above the expression.
    """

    expression: str
    expected: str
    actual: str
    above: str


def told(source: str, body: Sequence[ast.stmt]) -> Iterator[Comment]:
    """What the comments beside the top-level expressions of `source` say of them; `body` are its statements."""
    lines = source.split("\n")
    comments = _comments(source)
    for before, one, after in zip([None, *body[:-1]], body, [*body[1:], None], strict=True):
        if not isinstance(one, ast.Expr) or one.end_lineno is None or isinstance(one.value, ast.Constant):
            continue
        value, above = printed(source, one.value), "\n".join(lines[: one.lineno - 1]).strip("\n")
        first = before.end_lineno + 1 if before and before.end_lineno else 1
        beside = _beside(comments, one, after.lineno if after else len(lines) + 2)
        over = [comments[n][1] for n in range(first, one.lineno) if n in comments and comments[n][0]]
        if found := _labelled(beside) or _said(" ".join(beside), shown=True) or _said(" ".join(over[-3:]), shown=False):
            yield Comment(value, *found, above)


def bare(source: str) -> tuple[str, str]:
    """One line of code without the comment behind it, and the comment."""
    found = _comments(source) if "#" in source and "\n" not in source else {}
    if 1 not in found or found[1][0]:
        return source, ""
    at = source.rfind("#", 0, len(source) - len(found[1][1]))
    return source[:at].rstrip(), found[1][1]


def remark(output: str) -> tuple[str, str]:
    """The answer of one line, and what somebody wrote behind it: "5  # <- should be 9"."""
    found = _REMARK.search(output) if "\n" not in output.strip() else None
    return (output[: found.start()].rstrip(), found[1]) if found else (output, "")


def wanted(comment: str) -> str:
    """The value that `comment` says should come; "" for none."""
    return wording.stated(wording.EXPECTED, comment) or wording.was_expected(comment)


def _beside(comments: dict[int, tuple[bool, str]], one: ast.Expr, end: int) -> list[str]:
    """The comment at the end of `one`; without one, those directly below it."""
    last = one.end_lineno or one.lineno
    if last in comments and not comments[last][0]:
        return [comments[last][1]]
    found = list[str]()
    for line in range(last + 1, end):
        if line not in comments:
            break
        found.append(comments[line][1])
    return (
        found if len(found) == 1 or last + len(found) + 1 != end else []
    )  # those right above a statement speak of that


def _labelled(comments: Sequence[str]) -> tuple[str, str] | None:
    """(expected, actual) of comments such as "Expected: a b" and "Actual: a", whose values need no quotes."""
    values = {}
    for comment in comments:
        label, colon, value = comment.partition(":")
        if colon and value.strip() and (role := wording.heading(label)) is not wording.Role.UNSAID:
            values[role] = value.strip().strip("`")
    expected, actual = (values.get(role, "") for role in (wording.Role.EXPECTED, wording.Role.ACTUAL))
    return (expected, actual) if expected else None


def _said(comment: str, *, shown: bool) -> tuple[str, str] | None:
    """(expected, actual) of a comment. With `shown`, a comment that is a value only is what came."""
    expected = wanted(comment)
    actual = wording.stated(wording.ACTUAL, comment) or (_first(comment) if expected and shown else "")
    if not expected:
        expected, came = wording.instead(comment)
        actual = actual or came
    if not expected and not actual and shown:
        value = _RIGHT.sub("", _WRONG.sub("", comment)).strip()
        is_said = _SHOWS.match(value)
        value = (is_said[1] if is_said else value).strip().strip("`")
        actual = value if is_literal(value) or is_call(value) else ""
    return (expected, actual) if expected or actual else None


def _first(comment: str) -> str:
    """The value that comes before what should: of "150, should be 0"."""
    head, comma, _ = comment.partition(",")
    value = head.strip().strip("`")
    return value if comma and is_literal(value) else ""


def _comments(source: str) -> dict[int, tuple[bool, str]]:
    """Line -> whether the comment stands alone there, and its words."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # an IndentationError too
        return {}
    return {
        t.start[0]: (not t.line[: t.start[1]].strip(), t.string.lstrip("#: ").strip())
        for t in tokens
        if t.type == tokenize.COMMENT
    }
