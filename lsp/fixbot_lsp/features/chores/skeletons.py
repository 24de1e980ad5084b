"""A test that records what a function does today: written in the project's own style, kept only when it passes twice.

Its expected values are no statement of what is right. Name and docstring say so.
"""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fixbot_agent.asking.ground import Ground
from fixbot_agent.settings import Places
from fixbot_agent.solving.regressing import style as regression_style
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import EdgeKind, queries
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.index import Index
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores import Request
from fixbot_lsp.features.chores.arguments import Target, calls, target
from fixbot_lsp.features.chores.one_test import run
from fixbot_repair.checks.finding import TestOutcome

_MARK = "FIXBOT-RECORDED "
_PROBE = "test_fixbot_records_what_is_done_today"


def work(request: Request) -> Mapping[str, object]:
    """Effect: call the function at `request.line` in the sandbox and write a test of what it did. The test's file, whole, and its name.

    Raises CommandRefused where there is no such function, it has a test, takes what cannot be made up, or does not do the same twice.
    """
    root, overlay = Path(request.root), {request.path: request.text.encode()}
    wanted = target(request.text, request.line)
    name, made = wanted.name, calls(wanted)
    with Index.open(root, Places.current().index, overlay) as index:
        module = _module(index, request.path, wanted)
        texts = {
            p: index.tree.read(p).data.decode("utf-8", "replace")
            for p in index.paths
            if p.endswith(".py") and is_test(p)
        }
    home = regression_style.home(texts, request.path, has_pytest=True)
    heading = [f"from {module} import {wanted.imported}"]
    heading += ["import asyncio"] if isinstance(wanted.function, ast.AsyncFunctionDef) else []
    recorded = _recorded(root, request, home.path, heading, made)
    if not recorded:
        raise CommandRefused(
            f"no call of {name} could be made up that does the same each time", "write the test by hand"
        )
    test = regression_style.name(f"{name.replace('.', ' ')} records todays behaviour", home.text, "")
    text = written(home, heading, test, name, recorded)
    files = {request.path: request.text, home.path: text}
    identity = _identity(home, test)
    for _ in range(2):
        outcomes = [o for o in run(root, [identity], files) if o.test.startswith(home.path)]
        if not outcomes or not all(o.ok for o in outcomes):
            raise CommandRefused(
                f"a test of {name} does not pass twice", "what it does hangs on more than its arguments"
            )
    line = text[: text.index(f"def {test}(")].count("\n")
    return {
        "path": home.path,
        "before": home.text,
        "text": text,
        "test": identity,
        "line": line,
        "calls": len(recorded),
    }


def _module(index: Index, path: str, wanted: Target) -> str:
    """The module that a test imports it from. Raises CommandRefused where there is a test of it already."""
    if is_test(path):
        raise CommandRefused("this file holds tests", "write one of the code instead")
    ground, node = Ground(index), f"{path}::{wanted.name}"
    if tested := [i for i in ground.edges(node, EdgeKind.TESTS) if queries.in_tests(i)]:
        raise CommandRefused(f"{wanted.name} has a test: {tested[0]}", "change that one")
    return index.graph.module_of(path)


def _recorded(root: Path, request: Request, near: str, heading: list[str], calls: list[str]) -> list[tuple[str, str]]:
    """Effect: run the calls in the sandbox, twice. Those with what they did, as expressions; what is not the same, or no literal, is left out."""
    folder = near.rpartition("/")[0]
    path = f"{folder}/{_PROBE}.py" if folder else f"{_PROBE}.py"
    lines = [*heading, "", f"def {_PROBE}():", "    found = []"]
    for call in calls:
        lines += ["    try:", f"        found.append(repr({call}))", "    except Exception as error:", "        found.append('!' + type(error).__name__)"]  # fmt: skip
    lines += ["    import json", f"    raise AssertionError({_MARK!r} + json.dumps(found).encode().hex())", ""]
    probe = {request.path: request.text, path: "\n".join(lines)}
    rounds = [_found(run(root, [f"{path}::{_PROBE}"], probe)) for _ in range(2)]
    if len(rounds[0]) != len(calls):
        raise CommandRefused("the function could not be called", "its module does not load in the tests' surroundings")
    same = [(c, a) for c, a, b in zip(calls, *rounds, strict=False) if a == b and _is_literal(a)]
    good = [(c, a) for c, a in same if not a.startswith("!")]
    return good or same[:1]


def _found(outcomes: Iterable[TestOutcome]) -> list[str]:
    for outcome in outcomes:
        if match := re.search(rf"{_MARK}([0-9a-f]+)", f"{outcome.message}\n{outcome.detail}"):
            return [str(each) for each in json.loads(bytes.fromhex(match[1]))]
    return []


def _is_literal(text: str) -> bool:
    if text.startswith("!"):
        return text[1:] in _RAISED
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return repr(value) == text and value == value  # noqa: PLR0124 - a NaN is not what it is


_RAISED = frozenset(
    {
        "ValueError",
        "TypeError",
        "KeyError",
        "IndexError",
        "AttributeError",
        "ZeroDivisionError",
        "NotImplementedError",
        "OverflowError",
    }
)


def written(
    home: regression_style.Home, heading: list[str], test: str, name: str, recorded: list[tuple[str, str]]
) -> str:
    """The text of the test's file with the new test at its end."""
    says = f'"""Records today\'s behaviour of {name}: the values were taken from a run, nobody has judged them."""'
    errors = any(a.startswith("!") for _, a in recorded)
    body = [says, *(_line(call, answer, home.is_case) for call, answer in recorded)]
    imports = [*heading, *(["import pytest"] if errors and not home.is_case else [])]
    text = _with_imports(home.text, imports + (["import unittest"] if home.is_case else []))
    indent, before = ("        ", f"    def {test}(self):") if home.is_case else ("    ", f"def {test}():")
    lines = [before, *(indent + part for each in body for part in each.split("\n"))]
    if home.is_case:
        lines = [f"class {test.title().replace('_', '')}(unittest.TestCase):", *lines]
    return text.rstrip("\n") + "\n\n\n" + "\n".join(lines) + "\n"


def _line(call: str, answer: str, is_case: bool) -> str:
    if answer.startswith("!"):
        how = f"self.assertRaises({answer[1:]})" if is_case else f"pytest.raises({answer[1:]})"
        return f"with {how}:\n    {call}"
    if is_case:
        return f"self.assertEqual({call}, {answer})"
    return f"assert {call} is {answer}" if answer in ("True", "False", "None") else f"assert {call} == {answer}"


def _with_imports(text: str, lines: list[str]) -> str:
    """`text` with the import `lines` it lacks, behind those it has."""
    missing = [line for line in lines if not re.search(rf"^{re.escape(line)}\s*$", text, re.MULTILINE)]
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        raise SourceError(f"the test file does not parse: {error}", "mend it first") from None
    last = max((n.end_lineno or 0 for n in body if isinstance(n, ast.Import | ast.ImportFrom)), default=0)
    if not last and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        last = body[0].end_lineno or 0
    rows = text.split("\n")
    return "\n".join([*rows[:last], *missing, *rows[last:]])


def _identity(home: regression_style.Home, test: str) -> str:
    return f"{home.path}::{test.title().replace('_', '')}::{test}" if home.is_case else f"{home.path}::{test}"
