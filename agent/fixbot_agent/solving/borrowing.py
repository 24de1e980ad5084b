"""What an example takes for granted: names that the project's tests make, lent with the statements of a test that lead to them.

An issue says `price(network, way)` and means the network that everybody has. A test that makes such a network is run up to the
place where it does what the example does; whether that is the right one, the run must show: the example has to give what
the issue reports.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixbot_agent.solving.reproduction_names import Origins, binds, missing
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.issue_source import parsed

MOST = 4  # loans for one example
_LONGEST = 60  # statements of one
_DEEPEST = 6  # what a borrowed thing needs, and what that needs
_LITERAL, _CALLEE = 2.0, 3.0  # how much a value, a called name in common with the example counts
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FOLDER = "tmp_path = __import__('pathlib').Path(__import__('tempfile').mkdtemp())"


@dataclass(frozen=True, slots=True)
class Loan:
    """Statements that make what an example lacks, and the test that they are of: "tests/test_x.py::test_y"."""

    statements: str
    source: str


@dataclass(slots=True)
class _File:
    """A test file: what stands at its top, by name."""

    path: str
    text: str
    body: list[ast.stmt]
    tops: dict[str, ast.stmt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.body:
            names = binds(one) if isinstance(one, _Function | ast.ClassDef) else _bound([one])
            self.tops.update(dict.fromkeys(names, one))

    def fixture(self, name: str) -> ast.FunctionDef | None:
        found = self.tops.get(name)
        return found if isinstance(found, ast.FunctionDef) and _is_fixture(found) else None

    def source(self, one: ast.stmt) -> str:
        """The text of a statement as if it stood at the left; decorators left out."""
        if not hasattr(one, "lineno"):  # one turn of a loop
            return ast.unparse(one)
        lines = self.text.split("\n")[one.lineno - 1 : one.end_lineno]
        width = len(lines[0]) - len(lines[0].lstrip())
        if any(line[:width].strip() for line in lines):  # a string that goes on at the left
            return ast.unparse(one)
        return "\n".join(line[width:] for line in lines)


class Lender:
    """Lends what the tests of a project make; `origins` reads its files and knows where names are imported from."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._files: dict[str, _File] | None = None

    def loans(self, names: Sequence[str], example: str) -> tuple[Loan, ...]:
        """Effect: reads the project's tests. Statements that bind all of `names`, from the tests that are likest to `example`."""
        wanted, body = frozenset(names), [s for s in parsed(example) if not isinstance(s, ast.Import | ast.ImportFrom)]
        ranked = sorted(
            self._tests(wanted, _marks(body[:1]), _marks(body)),
            key=lambda found: (-found[0], found[1].path, found[2].lineno),
        )
        made = {loan.statements: loan for loan in self._constructed(wanted)}
        for _, file, test, body in ranked:
            loan = _Making(self._origins, file, self._conftests(file.path)).loan(test, body, wanted)
            if loan:
                made.setdefault(loan.statements, loan)
            if len(made) == MOST:
                break
        return tuple(made.values())

    def _constructed(self, wanted: frozenset[str]) -> Iterator[Loan]:
        """Each of `wanted` as what the class of that name is without arguments: `ledger = Ledger()`."""
        classes = {name: "".join(word.capitalize() for word in name.split("_")) for name in sorted(wanted)}
        found = {name: self._origins.imports([cls]) for name, cls in classes.items()}
        if all(found.values()):
            heads = dict.fromkeys(line for lines in found.values() for line in lines)
            calls = [f"{name} = {cls}()" for name, cls in classes.items()]
            yield Loan("\n".join([*heads, *calls]), ", ".join(classes.values()) + "()")

    def _tests(
        self, wanted: frozenset[str], begins: frozenset[str], marks: frozenset[str]
    ) -> Iterator[tuple[float, _File, _Function, list[ast.stmt]]]:
        for file in self._read().values():
            for test, before in _tests_of(file.body):
                body = [*before, *_plain(test.body)]
                given = {a.arg for a in test.args.args}
                first = next((n for n in range(len(body) + 1) if wanted <= given | _bound(body[:n])), None)
                if first is None or len(body) > _LONGEST:
                    continue
                end = max(range(first, len(body) + 1), key=lambda n: (_likeness(body[n : n + 1], begins), -n))
                kept = [one for one in body[:end] if not _is_claim(one)]
                yield _likeness(body[: end + 1], marks) - 0.05 * len(kept), file, test, kept

    def _read(self) -> dict[str, _File]:
        if self._files is None:
            texts = ((path, text) for path, text in self._origins.texts() if is_test(path))
            self._files = {path: _File(path, text, body) for path, text in texts if (body := parsed(text))}
        return self._files

    def _conftests(self, path: str) -> list[_File]:
        above = [str(folder / "conftest.py") for folder in PurePosixPath(path).parents]
        return [self._read()[p] for p in above if p in self._read()]


@dataclass(slots=True)
class _Making:
    """One loan in the making: everything that its statements need comes before them."""

    origins: Origins
    file: _File
    conftests: Sequence[_File]
    lines: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)

    def loan(self, test: _Function, body: Sequence[ast.stmt], wanted: frozenset[str]) -> Loan | None:
        """The loan of a test's statements; None where something that they need cannot be had."""
        text = "\n".join(self.file.source(one) for one in body)
        has_self = bool(test.args.args) and test.args.args[0].arg == "self"
        if has_self:
            self.lines.append("self = __import__('types').SimpleNamespace()")
            self.made.add("self")
            own = {name for name in wanted if f"self.{name}" in text}
            text = "\n".join([text, *(f"{name} = self.{name}" for name in sorted(own))])
        needed = [a.arg for a in test.args.args[has_self:] if a.arg in wanted or a.arg in _used(text)]
        if not all(self._argument(name, self.file) for name in needed) or not self._names(text, self.file, 0):
            return None
        return Loan("\n".join([*dict.fromkeys(self.lines), text]), f"{self.file.path}::{test.name}")

    def _argument(self, name: str, file: _File, depth: int = 0) -> bool:
        """Take in what the fixture `name` makes; False where there is none that can be made."""
        if name in self.made:
            return True
        if name == "tmp_path":
            self.lines.append(_FOLDER)
            self.made.add(name)
            return True
        for home in (file, *self.conftests):
            if fixture := home.fixture(name):
                return depth < _DEEPEST and self._fixture(fixture, home, depth)
        return False

    def _fixture(self, fixture: ast.FunctionDef, home: _File, depth: int) -> bool:
        arguments = [a.arg for a in fixture.args.args]
        text = home.source(fixture)
        if not all(self._argument(a, home, depth + 1) for a in arguments) or not self._names(text, home, depth + 1):
            return False
        called = f"{fixture.name}({', '.join(arguments)})"
        makes = any(isinstance(node, ast.Yield) for node in ast.walk(fixture))
        # The generator is kept: when it goes, what it cleans up goes.
        got = (
            f"_{fixture.name} = {called}\n{fixture.name} = next(_{fixture.name})"
            if makes
            else f"{fixture.name} = {called}"
        )
        self.lines += [text, got]
        self.made.add(fixture.name)
        return True

    def _names(self, text: str, home: _File, depth: int) -> bool:
        """Take in what `text` uses and does not bind: from the top of its file, else from where the project imports it."""
        try:
            names = [n for n in missing(text) if n not in self.made]
        except SyntaxError:
            return False
        for name in names:
            top = home.tops.get(name)
            if (isinstance(top, ast.ImportFrom) and top.level) or top is None:
                found = list(self.origins.imports([name]))
            elif depth < _DEEPEST and not (isinstance(top, ast.FunctionDef) and _is_fixture(top)):
                found = [home.source(top)]
                if not isinstance(top, ast.Import | ast.ImportFrom) and not self._own(name, found[0], home, depth):
                    return False
            else:
                return False
            if not found:
                return False
            self.lines += found
            self.made.add(name)
        return True

    def _own(self, name: str, text: str, home: _File, depth: int) -> bool:
        self.made.add(name)  # a function may call itself
        return self._names(text, home, depth + 1)


def _tests_of(body: Sequence[ast.stmt]) -> Iterator[tuple[_Function, list[ast.stmt]]]:
    """The tests at the top and in classes, each with what runs before it; what takes values from a list is left out."""
    for one in body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test") and not one.decorator_list:
            yield one, []
        elif isinstance(one, ast.ClassDef):
            methods = [m for m in one.body if isinstance(m, ast.FunctionDef)]
            before = [s for m in methods if m.name in ("setUp", "setup_method") for s in _plain(m.body)]
            yield from ((m, before) for m in methods if m.name.startswith("test") and not m.decorator_list)


def _plain(body: Iterable[ast.stmt]) -> list[ast.stmt]:
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
    if len(values) * len(body) > _LONGEST or name in _bound(loop.body):
        return []
    return [_put(name, value, one) for value in values for one in body]


def _put(name: str, value: ast.expr, text: str) -> ast.stmt:
    """The statement `text` with `value` for `name`; of no place in a file."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return value if node.id == name else node

    [one] = ast.parse(text).body
    made = Put().visit(one)
    del made.lineno
    assert isinstance(made, ast.stmt)
    return made


def _is_claim(one: ast.stmt) -> bool:
    """Whether a statement says what should be, and makes nothing."""
    if isinstance(one, ast.Assert | ast.Return | ast.Pass):
        return True
    if isinstance(one, ast.With):
        return any("aises" in ast.unparse(item.context_expr) for item in one.items)
    call = one.value if isinstance(one, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith(("self.assert", "self.fail", "pytest."))


def _is_fixture(function: ast.FunctionDef) -> bool:
    found = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return any(ast.unparse(d).rpartition(".")[2] == "fixture" for d in found)


def _bound(body: Iterable[ast.stmt]) -> set[str]:
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


def _used(text: str) -> set[str]:
    return {node.id for one in parsed(text) for node in ast.walk(one) if isinstance(node, ast.Name)}


def _marks(body: Iterable[ast.stmt]) -> frozenset[str]:
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


def _likeness(body: Iterable[ast.stmt], marks: frozenset[str]) -> float:
    return sum(_CALLEE if mark.endswith("(") else _LITERAL for mark in _marks(body) & marks)
