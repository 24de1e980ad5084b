"""Tests that an issue brings along: those that can be called as they are, and those that need pytest's fixtures or marks."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixbot_repair.issue_source import parsed

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Given:
    """One test of a block: "test_x" or "TestX.test_y". `plain` ones need nothing but to be called."""

    name: str
    plain: bool


def tests_in(source: str) -> tuple[Given, ...]:
    """The tests that `source` defines at its top and that could hold: not those that end in a failure of their own."""
    return tuple(_tests(parsed(source)))


def _tests(body: Iterable[ast.stmt]) -> Iterator[Given]:
    for one in body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test") and _could_hold(one):
            yield Given(one.name, not one.args.args and not one.decorator_list)
        elif isinstance(one, ast.ClassDef) and (one.name.startswith("Test") or _is_case(one)):
            for method in one.body:
                if isinstance(method, ast.FunctionDef) and method.name.startswith("test") and _could_hold(method):
                    yield Given(f"{one.name}.{method.name}", len(method.args.args) == 1 and not method.decorator_list)


def _is_case(found: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("TestCase") for base in found.bases)


def _could_hold(test: _Function) -> bool:
    """Whether `test` claims something: it calls code, and does not fail by its own word ("assert 0", "raise")."""
    last = test.body[-1]
    if isinstance(last, ast.Raise) or (isinstance(last, ast.Assert) and isinstance(last.test, ast.Constant)):
        return False
    if (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and ast.unparse(last.value.func) == "pytest.fail"
    ):
        return False
    return any(isinstance(node, ast.Call | ast.Assert) for one in test.body for node in ast.walk(one))
