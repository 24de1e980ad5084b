"""The project's tests as statements: what each runs, what it takes from fixtures, and what tells it from others."""

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fixbot_agent.solving.reproducing.names import binds

LONGEST = 60  # statements of a test
_LITERAL, CALLEE = 2.0, 3.0  # how much a value, a called name in common with the example counts
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class File:
    """A test file: what stands at its top, by name."""

    path: str
    text: str
    body: list[ast.stmt]
    tops: dict[str, ast.stmt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.body:
            names = binds(one) if isinstance(one, Function | ast.ClassDef) else bound([one])
            self.tops.update(dict.fromkeys(names, one))

    def fixture(self, name: str) -> ast.FunctionDef | None:
        """The fixture of this name that the file defines."""
        found = self.tops.get(name)
        return found if isinstance(found, ast.FunctionDef) and is_fixture(found) else None

    def source(self, one: ast.stmt) -> str:
        """The text of a statement as if it stood at the left; decorators left out."""
        if not one.lineno:  # one turn of a loop, or changed
            return ast.unparse(one)
        lines = self.text.split("\n")[one.lineno - 1 : one.end_lineno]
        width = len(lines[0]) - len(lines[0].lstrip())
        if any(line[:width].strip() for line in lines):  # a string that goes on at the left
            return ast.unparse(one)
        return "\n".join(line[width:] for line in lines)


@dataclass(frozen=True, slots=True)
class Test:
    """A test with what runs before it, as statements; in `file`."""

    __test__ = False

    file: File
    function: Function
    body: tuple[ast.stmt, ...]


def tests_of(body: Sequence[ast.stmt]) -> Iterator[tuple[Function, list[ast.stmt]]]:
    """The tests at the top and in classes, each with what runs before it; what takes values from a list is left out."""
    for one in body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test") and not one.decorator_list:
            yield one, []
        elif isinstance(one, ast.ClassDef):
            methods = [m for m in one.body if isinstance(m, ast.FunctionDef)]
            before = [s for m in methods if m.name in ("setUp", "setup_method") for s in plain(m.body)]
            yield from ((m, before) for m in methods if m.name.startswith("test") and not m.decorator_list)


def plain(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The statements of a test without its docstring; loops over a few values that are written out, turn by turn."""
    found: list[ast.stmt] = []
    for one in body:
        if isinstance(one, ast.For) and (turns := _turns(one)):
            found += turns
        elif not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)):
            found.append(one)
    return found


def _turns(loop: ast.For) -> list[ast.stmt]:
    values = loop.iter.elts if isinstance(loop.iter, ast.Tuple | ast.List) else []
    leaves = any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(loop))
    if not isinstance(loop.target, ast.Name) or leaves or not all(isinstance(v, ast.Constant) for v in values):
        return []
    name, body = loop.target.id, [ast.unparse(one) for one in loop.body]
    if len(values) * len(body) > LONGEST or name in bound(loop.body):
        return []
    return [_put(name, value, one) for value in values for one in body]


def _put(name: str, value: ast.expr, text: str) -> ast.stmt:
    """The statement `text` with `value` for `name`; of no place in a file."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return value if node.id == name else node

    [one] = ast.parse(text).body
    made = Put().visit(one)
    assert isinstance(made, ast.stmt)
    return placeless(made)


def placeless(one: ast.stmt) -> ast.stmt:
    """`one` as a statement of no place in a file: its line is 0."""
    made = copy.copy(one)
    made.lineno = 0
    return made


def is_claim(one: ast.stmt) -> bool:
    """Whether a statement says what should be, and makes nothing."""
    if isinstance(one, ast.Assert | ast.Return | ast.Pass):
        return True
    if isinstance(one, ast.With):
        return any("aises" in ast.unparse(item.context_expr) for item in one.items)
    call = one.value if isinstance(one, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith(("self.assert", "self.fail", "pytest."))


def is_fixture(function: ast.FunctionDef) -> bool:
    """Whether `function` is a fixture of pytest's."""
    found = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return any(ast.unparse(d).rpartition(".")[2] == "fixture" for d in found)


def bound(body: Iterable[ast.stmt]) -> set[str]:
    """Names that statements bind where they stand; those of `self.x = …` too."""
    found: set[str] = set()
    for one in body:
        for node in ast.walk(one):
            found |= binds(node)
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and ast.unparse(node.value) == "self"
            ):
                found.add(node.attr)
    return found


def marks_of(body: Iterable[ast.stmt]) -> frozenset[str]:
    """What tells statements from others: what they call, the names of arguments, and values."""
    found: set[str] = set()
    for one in body:
        for node in ast.walk(one):
            if isinstance(node, ast.Call):
                found.add(f"{ast.unparse(node.func).rpartition('.')[2]}(")
                found.update(f"{keyword.arg}=" for keyword in node.keywords)
                found.update(f"{keyword.arg}=" for keyword in node.keywords)
            elif isinstance(node, ast.Constant) and node.value not in (None, True, False):
                found.add(repr(node.value))
    return frozenset(found)


def likeness(body: Iterable[ast.stmt], marks: frozenset[str]) -> float:
    """How much statements have in common with others that have `marks`."""
    return sum(CALLEE if mark.endswith("(") else _LITERAL for mark in marks_of(body) & marks)
