"""An issue that is a traceback and no more, as tests: those of the project, each changed in one place, until one ends so too.

What is proven is that a test ends in the reported error at the reported line; which change did it is found by running them
all once. Search-based crash reproduction (Soltani, Panichella, van Deursen: "Search-Based Crash Reproduction and Its Impact
on Debugging", 2018) has the same aim; here the tests that people wrote are where the search begins, and one change is all.
"""

import ast
import copy
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import PurePosixPath

from fixbot_agent.solving.reproducing.borrowing import Lender
from fixbot_agent.solving.reproducing.names import Origins
from fixbot_agent.solving.reproducing.project_tests import Test, placeless
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.issue import Issue

MOST = 96  # variants of all tests together
_MOST_TESTS = 6
_MOST_VALUES = 6  # of the issue
_QUOTED = re.compile(r"`([^`\n]{1,200})`|(?<!\w)\"([^\"\n]{1,80})\"|(?<!\w)'([^'\n]{1,80})'(?!\w)")
_FRAME = re.compile(r'File "[^"\n]{1,300}", line \d+, in [^\n]{1,200}\n[ \t]*([^\n]{1,300})')

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Variant:
    """A test of the project with one change: its statements, the test's name, and the change in words."""

    statements: str
    source: str
    change: str


def places(issue: Issue, origins: Origins) -> frozenset[Place]:
    """Effect: reads the project's files. Where the innermost frame of `issue` that is the project's may be today.

    That is where its line of code stands now; where the traceback shows no code, the line that it names.
    """
    shown = [found[1].strip() for found in _FRAME.finditer(issue.text)]
    codes = dict(zip(reversed(issue.frames), reversed(shown), strict=False)) if len(shown) == len(issue.frames) else {}
    for frame in reversed(issue.frames):
        file = frame.file.replace("\\", "/")
        homes = [(p, text) for p, text in origins.texts() if not is_test(p) and f"/{file}".endswith(f"/{p}")]
        if not homes:
            homes = [(p, text) for p, text in origins.texts() if not is_test(p) and f"/{p}".endswith(f"/{file}")]
        if homes:
            path, text = max(homes, key=lambda home: len(home[0]))
            code = codes.get(frame, "")
            lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == code]
            return frozenset((path, n) for n in (lines if code else [frame.line]))
    return frozenset()


def variants(issue: Issue, lender: Lender) -> tuple[Variant, ...]:
    """Effect: reads the project's tests. At most `MOST` variants of those that look likest to what `issue` tells, likeliest first."""
    values, commands = _values(issue)
    values = [v for v in values if not (v.isidentifier() and lender.knows(v))]
    marks = frozenset([*(f"{frame.function}(" for frame in issue.frames), *map(repr, values)])
    stems = frozenset(PurePosixPath(frame.file.replace("\\", "/")).stem for frame in issue.frames)
    tests = islice(lender.tests_like(marks, stems), _MOST_TESTS)
    streams = [_of(test, lender, values, commands) for test in tests]
    turns = (one for turn in zip_longest(*streams) for one in turn if one)
    made: dict[str, Variant] = {}
    for one in turns:
        made.setdefault(one.statements, one)
        if len(made) == MOST:
            break
    return tuple(made.values())


def _values(issue: Issue) -> tuple[list[str], list[list[str]]]:
    """The words that the issue quotes, as they would stand in a string, and commands with options, split as a shell would."""
    prose = _FRAME.sub("", issue.text)
    quoted = [next(filter(None, found.groups())) for found in _QUOTED.finditer(prose)]
    words, commands = list[str](), list[list[str]]()
    for text in quoted:
        try:
            parts = shlex.split(text)
        except ValueError:
            parts = []
        if any(part.startswith("-") for part in parts):
            commands.append(parts)
        words += parts if len(parts) > 1 and parts in commands else [text]
    keys = re.findall(r"(?<![\w.`])[A-Za-z_]\w*(?:[.\-=]\w+)+(?![\w(])", prose)
    return list(dict.fromkeys([*keys, *words])), commands


def _of(test: Test, lender: Lender, values: Sequence[str], commands: Sequence[Sequence[str]]) -> Iterator[Variant]:
    """`test` with one change each, the kinds of changes in turn."""
    body = [asked for one in test.body if (asked := _asked(one))]
    kinds = [_with_values(body, values), _with_options(body, commands), _with_less(body), _without(body)]
    for turn in zip_longest(*kinds):
        for found in turn:
            if found and (loan := lender.loan(test, found[0])):
                yield Variant(loan.statements, loan.source, found[1])


def _asked(one: ast.stmt) -> ast.stmt | None:
    """A statement of a test without its claim: what is compared is worked out all the same, the values that should come are not."""
    if isinstance(one, ast.With) and any("aises" in ast.unparse(item.context_expr) for item in one.items):
        return None
    call = one.value if isinstance(one, ast.Expr) else None
    parts: list[ast.expr] = []
    if isinstance(one, ast.Assert):
        parts = [one.test.left, *one.test.comparators] if isinstance(one.test, ast.Compare) else [one.test]
    elif isinstance(call, ast.Call) and ast.unparse(call.func).startswith("self.assert"):
        parts = call.args
    else:
        return one
    called = [part for part in parts if any(isinstance(node, ast.Call) for node in ast.walk(part))]
    value = called[0] if len(called) == 1 else ast.Tuple(called, ast.Load())
    return placeless(ast.Expr(value)) if called else None


Changed = tuple[list[ast.stmt], str]


def _with_values(body: Sequence[ast.stmt], values: Sequence[str]) -> Iterator[Changed]:
    """A string that the issue quotes in the place of each string."""
    for value in values[:_MOST_VALUES]:
        for at, node in _nodes(body, ast.Constant):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != value:
                yield _put(body, at, node, ast.Constant(value)), f"with {value!r} for {_shown(node)}"


def _with_options(body: Sequence[ast.stmt], commands: Sequence[Sequence[str]]) -> Iterator[Changed]:
    """The options of a command that the issue quotes, after the last argument wherever arguments are handed on."""
    tails = [words[n:] for words in commands for n, word in enumerate(words) if word.startswith("-")]
    for tail in tails:
        more: list[ast.expr] = [ast.Constant(word) for word in tail]
        for at, node in _nodes(body, ast.List, ast.Call):
            if isinstance(node, ast.List) and any(map(_is_text, node.elts)):
                longer: ast.expr = ast.List([*node.elts, *more], ast.Load())
            elif isinstance(node, ast.Call) and any(map(_is_option, node.args)):
                longer = ast.Call(node.func, [*node.args, *more], node.keywords)
            else:
                continue
            yield _put(body, at, node, longer), f"with {' '.join(tail)} added to {_shown(node)}"


def _with_less(body: Sequence[ast.stmt]) -> Iterator[Changed]:
    """Nothing, or less, in the place of each value: "", 0, -1, [], {}, None."""
    for empty in ("empty", "None"):
        for at, node in _nodes(body, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set):
            for text in _less(node) if empty == "empty" else ("None",):
                if text != ast.unparse(node):
                    yield _put(body, at, node, ast.parse(text, mode="eval").body), f"with {text} for {_shown(node)}"


def _less(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Constant):
        by_type = {
            str: ("''",),
            bytes: ("b''",),
            int: ("0", "-1"),
            float: ("0.0", "-1.0"),
            bool: (str(not node.value),),
        }
        return by_type.get(type(node.value), ())
    return {ast.List: ("[]",), ast.Tuple: ("()",), ast.Dict: ("{}",), ast.Set: ("set()",)}.get(type(node), ())


def _without(body: Sequence[ast.stmt]) -> Iterator[Changed]:
    """The test without one of its statements, and with one of them twice."""
    for at, one in enumerate(body[:-1]):
        if isinstance(one, ast.Expr):
            yield [*body[:at], *body[at + 1 :]], f"without {_shown(one)}"
    for at, one in enumerate(body):
        if isinstance(one, ast.Expr):
            yield [*body[: at + 1], *body[at:]], f"with {_shown(one)} twice"


def _nodes(body: Sequence[ast.stmt], *kinds: type[ast.expr]) -> Iterator[tuple[int, ast.expr]]:
    for at, one in enumerate(body):
        yield from ((at, node) for node in ast.walk(one) if isinstance(node, kinds))


def _put(body: Sequence[ast.stmt], at: int, old: ast.expr, new: ast.expr) -> list[ast.stmt]:
    """`body` with `new` for the node `old` of its statement `at`."""

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(_shallow(node))

    made = Put().visit(body[at])
    assert isinstance(made, ast.stmt)
    return [*body[:at], placeless(made), *body[at + 1 :]]


def _shallow(node: ast.AST) -> ast.AST:
    made = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            setattr(made, name, list(value))
    return made


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_option(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("-")


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else text[:57] + "..."
