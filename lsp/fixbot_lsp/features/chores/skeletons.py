"""A test that records what a function does today: written in the project's own style, kept only when it passes twice.

Its expected values are no statement of what is right. Name and docstring say so.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fixbot_agent.asking.ground import Ground
from fixbot_agent.settings import Places
from fixbot_agent.solving import regression_style
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import EdgeKind, queries
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import SymbolKind
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores import Request
from fixbot_lsp.features.chores.one_test import run
from fixbot_repair.checks.finding import TestOutcome

_GIVEN = {"int": ("0", "2", "-3"), "float": ("0.0", "1.5"), "str": ("''", "'a b'"), "bool": ("False", "True"), "bytes": ("b'ab'",),
          "list": ("[]", "[1, 2]"), "dict": ("{}", "{'a': 1}"), "tuple": ("()", "(1, 2)"), "set": ("set()",)}  # fmt: skip
_UNKNOWN = ("0", "2", "'a b'", "[1, 2]")  # tried where nothing is said of a parameter's type
_MOST_CALLS = 6
_MARK = "FIXBOT-RECORDED "
_PROBE = "test_fixbot_records_what_is_done_today"


def work(request: Request) -> Mapping[str, object]:
    """Effect: call the function at `request.line` in the sandbox and write a test of what it did. The test's file, whole, and its name.

    Raises CommandRefused where there is no such function, it has a test, takes what cannot be made up, or does not do the same twice.
    """
    root, overlay = Path(request.root), {request.path: request.text.encode()}
    with Index.open(root, Places.current().index, overlay) as index:
        name, module, calls = _target(index, request)
        texts = {
            p: index.tree.read(p).data.decode("utf-8", "replace")
            for p in index.paths
            if p.endswith(".py") and is_test(p)
        }
    home = regression_style.home(texts, request.path, has_pytest=True)
    heading = f"from {module} import {name}"
    recorded = _recorded(root, request, home.path, heading, calls)
    if not recorded:
        raise CommandRefused(
            f"no call of {name} could be made up that does the same each time", "write the test by hand"
        )
    test = regression_style.name(f"{name} records todays behaviour", home.text, "")
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


def _target(index: Index, request: Request) -> tuple[str, str, list[str]]:
    """Name, module and calls to try of the function at the line."""
    symbol = index.symbol_at(request.path, request.line)
    if symbol is None or symbol.kind is not SymbolKind.FUNCTION or "." in symbol.qualname or is_test(request.path):
        raise CommandRefused(
            "there is no function of a module at this line", "methods and inner functions are not called by themselves"
        )
    ground, node = Ground(index), f"{request.path}::{symbol.qualname}"
    if tested := [i for i in ground.edges(node, EdgeKind.TESTS) if queries.in_tests(i)]:
        raise CommandRefused(f"{symbol.name} has a test: {tested[0]}", "change that one")
    function = _parsed(request.text, symbol.name)
    calls = [f"{symbol.name}({arguments})" for arguments in _arguments(function)]
    return symbol.name, index.graph.module_of(request.path), calls[:_MOST_CALLS]


def _parsed(text: str, name: str) -> ast.FunctionDef:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        raise CommandRefused("the document does not parse", "mend it first") from None
    found = next((n for n in body if isinstance(n, ast.FunctionDef) and n.name == name), None)
    if found is None:
        raise CommandRefused(
            f"{name} is no plain function at the top of its module", "async functions are not called by themselves"
        )
    return found


def _arguments(function: ast.FunctionDef) -> Iterator[str]:
    """Values for the parameters without a default, by annotation; the same round for all of them."""
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    needed = positional[: len(positional) - len(spec.defaults)]
    named = [a for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default is None]
    choices = [(a.arg, _values(a.annotation)) for a in (*needed, *named)]
    keywords = {a.arg for a in named}
    for turn in range(max((len(values) for _, values in choices), default=1)):
        made = [(name, values[turn % len(values)]) for name, values in choices]
        yield ", ".join(f"{name}={value}" if name in keywords else value for name, value in made)


def _values(annotation: ast.expr | None) -> tuple[str, ...]:
    if annotation is None:
        return _UNKNOWN
    written = re.sub(r"\s*\|\s*None$", "", ast.unparse(annotation).strip("'\""))
    values = _GIVEN.get(written.partition("[")[0].rpartition(".")[2].lower())
    if values is None:
        raise CommandRefused(f"no value of type {written} can be made up", "write the test by hand")
    return values


def _recorded(root: Path, request: Request, near: str, heading: str, calls: list[str]) -> list[tuple[str, str]]:
    """Effect: run the calls in the sandbox, twice. Those with what they did, as expressions; what is not the same, or no literal, is left out."""
    folder = near.rpartition("/")[0]
    path = f"{folder}/{_PROBE}.py" if folder else f"{_PROBE}.py"
    lines = [heading, "", f"def {_PROBE}():", "    found = []"]
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


def written(home: regression_style.Home, heading: str, test: str, name: str, recorded: list[tuple[str, str]]) -> str:
    """The text of the test's file with the new test at its end."""
    says = f'"""Records today\'s behaviour of {name}: the values were taken from a run, nobody has judged them."""'
    errors = any(a.startswith("!") for _, a in recorded)
    body = [says, *(_line(call, answer, home.is_case) for call, answer in recorded)]
    imports = [heading, *(["import pytest"] if errors and not home.is_case else [])]
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
