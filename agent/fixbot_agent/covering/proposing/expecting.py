"""What a test that does not hold says should be: the statement that failed, and the value that it asks for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 200  # characters of either
_RAISES = frozenset({"raises", "warns", "assertRaises", "assertWarns", "assertRaisesRegex", "assertWarnsRegex"})


@dataclass(frozen=True, slots=True)
class Expected:
    """The `value` that was expected, as source or in words, and the `assertion` that says so; "" where neither can be told."""

    value: str
    assertion: str


def expected(detail: str, path: str, text: str, name: str) -> Expected:
    """Of the test `name` in the file `path` with the text `text`, by how pytest shows its failure."""
    statement = _failed(detail, path, text, name)
    if statement is None:
        marked = marked_line(detail)
        return Expected(marked, marked)
    source = _head(statement)
    return Expected((_value(statement) or source)[:_LONGEST], source[:_LONGEST])


def marked_line(detail: str) -> str:
    """The statement of the test that did not hold, as pytest marks it, where it does."""
    marked = [line[1:].strip() for line in detail.split("\n") if line.startswith(">")]
    return marked[0][:_LONGEST] if marked else ""


def _failed(detail: str, path: str, text: str, name: str) -> ast.stmt | None:
    """The innermost statement that the failure is shown to be in; else the only one that asserts something."""
    try:
        tests = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    except (SyntaxError, ValueError, RecursionError):
        return None
    statements = [s for test in tests if test.name == name for s in _statements(test.body)]
    for number in map(int, re.findall(rf"(?:^|\W){re.escape(path)}\W+(?:line )?(\d+)", detail, re.MULTILINE)):
        inside = [s for s in statements if s.lineno <= number <= (s.end_lineno or s.lineno)]
        if inside:
            return max(inside, key=lambda s: s.lineno)
    claims = [s for s in statements if isinstance(s, ast.Assert) or _raised(s)]
    return claims[0] if len(claims) == 1 else None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, name, []))


def _head(node: ast.stmt) -> str:
    """A statement on one line, of a compound one the first."""
    return " ".join(ast.unparse(node).split("\n")[0].split())


def _value(node: ast.stmt) -> str:
    if call := _raised(node):
        return f"{' or '.join(map(ast.unparse, call.args[:1])) or 'an error'}{_matching(call)}"
    if not isinstance(node, ast.Assert):
        return ""
    test = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return "not " + ast.unparse(test.operand)
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return ""
    return _compared(test.left, test.ops[0], test.comparators[0])


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str:
    """What a comparison asks of the side that is worked out."""
    is_turned = _is_plain(left) and not _is_plain(right)
    match operator:
        case ast.Eq() | ast.Is():
            return ast.unparse(left if is_turned else right)
        case ast.NotEq() | ast.IsNot():
            return f"not {ast.unparse(left if is_turned else right)}"
        case ast.In():
            return f"something with {ast.unparse(left)}" if is_turned else f"something in {ast.unparse(right)}"
        case ast.NotIn():
            return f"something without {ast.unparse(left)}" if is_turned else f"nothing in {ast.unparse(right)}"
    return ""


def _raised(node: ast.stmt) -> ast.Call | None:
    """The call of a ``with`` that says which error is to come."""
    for item in node.items if isinstance(node, ast.With) else ():
        call = item.context_expr
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in _RAISES:
            return call
    return None


def _matching(call: ast.Call) -> str:
    texts = [ast.unparse(k.value) for k in call.keywords if k.arg == "match"] or [
        ast.unparse(a) for a in call.args[1:2]
    ]
    return f" that matches {texts[0]}" if texts else ""


def _is_plain(node: ast.expr) -> bool:
    """Whether it stands for itself: no call, no name."""
    return not any(isinstance(n, ast.Call | ast.Name | ast.Attribute) for n in ast.walk(node))
