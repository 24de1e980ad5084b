"""What an example takes for granted: names that the project's tests make, lent with the statements of a test that lead to them.

An issue says `price(network, way)` and means the network that everybody has. A test that makes such a network is run up to the
place where it does what the example does; whether that is the right one, the run must show: the example has to give what
the issue reports.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import PurePosixPath

from fixbot_agent.solving.reproducing.documents import examples
from fixbot_agent.solving.reproducing.names import Origins, missing
from fixbot_agent.solving.reproducing.project_tests import (
    CALLEE,
    LONGEST,
    File,
    Function,
    Test,
    bound,
    is_claim,
    is_fixture,
    likeness,
    marks_of,
    plain,
    tests_of,
)
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.issue_source import parsed

MOST = 4  # loans for one example
_DEEPEST = 6  # what a borrowed thing needs, and what that needs
_MOST_READ = 1_500_000  # characters of tests
_FOLDER = "tmp_path = __import__('pathlib').Path(__import__('tempfile').mkdtemp())"


@dataclass(frozen=True, slots=True)
class Loan:
    """Statements that make what an example lacks, and the test that they are of: "tests/test_x.py::test_y"."""

    statements: str
    source: str


class Lender:
    """Lends what the tests of a project make; `origins` reads its files and knows where names are imported from."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._files: dict[str, File | None] = {}

    def loans(self, names: Sequence[str], example: str) -> tuple[Loan, ...]:
        """Effect: reads the project's tests. Statements that bind all of `names`, from the tests that are likest to `example`."""
        wanted, body = frozenset(names), [s for s in parsed(example) if not isinstance(s, ast.Import | ast.ImportFrom)]
        begins, marks = marks_of(body[:1]), marks_of(body)
        found = (cut for test in self._tests(wanted) if (cut := _cut(test, wanted, begins)))
        ranked = sorted(found, key=lambda test: 0.05 * len(test.body) - likeness(test.body, marks))
        made = {loan.statements: loan for loan in self._constructed(wanted)}
        documented = (way for test in examples(self._origins, wanted) for way in (test, _cut(test, wanted, begins)))
        told = (way for way in documented if way)
        for test in chain(ranked, told):
            loan = self.loan(test, [one for one in test.body if not is_claim(one)], wanted)
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

    def loan(self, test: Test, body: Sequence[ast.stmt], wanted: frozenset[str] = frozenset()) -> Loan | None:
        """Effect: reads the project's files. `body` in place of the statements of `test`, with all that it needs before it;
        None where something cannot be had.
        """
        making = _Making(self._origins, test.file, self._conftests(test.file.path))
        return making.loan(test.function, body, wanted)

    def tests_like(self, marks: frozenset[str], stems: frozenset[str]) -> list[Test]:
        """Effect: reads the project's tests. Those with `marks` (what is called, "read(", and values), and in files named for
        one of `stems`, come first.
        """

        def worth(test: Test) -> float:
            return likeness(test.body, marks) + CALLEE * any(stem in test.file.path for stem in stems)

        words = stems | {mark.strip("('\"") for mark in marks}
        return sorted(self._tests(words), key=lambda test: 0.05 * len(test.body) - worth(test))

    def knows(self, name: str) -> bool:
        """Effect: reads the project's files. Whether `name` is one of the project's own, and no value."""
        return bool(self._origins.imports([name]))

    def _tests(self, words: frozenset[str]) -> Iterator[Test]:
        for path in self._speaking_of(words):
            if not (file := self._file(path)):
                continue
            for function, before in tests_of(file.body):
                body = (*before, *plain(function.body))
                if len(body) <= LONGEST:
                    yield Test(file, function, body)

    def _speaking_of(self, words: frozenset[str]) -> list[str]:
        """The test files that hold most of `words`, as many as are read in a second or two; where none does, any."""
        texts = {path: text for path, text in self._origins.texts() if is_test(path)}
        held = {path: sum(word in text or word in path for word in words) for path, text in texts.items()}
        chosen, size = list[str](), 0
        for path in sorted(texts, key=lambda p: -held[p]):
            size += len(texts[path])
            if chosen and (size > _MOST_READ or (held[path] == 0 and held[chosen[0]] > 0)):
                break
            chosen.append(path)
        return sorted(chosen)

    def _file(self, path: str) -> File | None:
        if path not in self._files:
            text = next((text for other, text in self._origins.texts() if other == path), "")
            body = parsed(text)
            self._files[path] = File(path, text, body) if body else None
        return self._files[path]

    def _conftests(self, path: str) -> list[File]:
        above = [str(folder / "conftest.py") for folder in PurePosixPath(path).parents]
        return [file for p in above if (file := self._file(p))]


@dataclass(slots=True)
class _Making:
    """One loan in the making: everything that its statements need comes before them."""

    origins: Origins
    file: File
    conftests: Sequence[File]
    lines: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)

    def loan(self, test: Function, body: Sequence[ast.stmt], wanted: frozenset[str]) -> Loan | None:
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

    def _argument(self, name: str, file: File, depth: int = 0) -> bool:
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

    def _fixture(self, fixture: ast.FunctionDef, home: File, depth: int) -> bool:
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

    def _names(self, text: str, home: File, depth: int) -> bool:
        """Take in what `text` uses and does not bind: from the top of its file, else from where the project imports it."""
        try:
            names = [n for n in missing(text) if n not in self.made]
        except SyntaxError:
            return False
        for name in names:
            top = home.tops.get(name)
            if (isinstance(top, ast.ImportFrom) and top.level) or top is None:
                found = list(self.origins.imports([name]))
            elif depth < _DEEPEST and not (isinstance(top, ast.FunctionDef) and is_fixture(top)):
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

    def _own(self, name: str, text: str, home: File, depth: int) -> bool:
        self.made.add(name)  # a function may call itself
        return self._names(text, home, depth + 1)


def _cut(test: Test, wanted: frozenset[str], begins: frozenset[str]) -> Test | None:
    """`test` up to where it does what has `begins`, once it has bound all of `wanted`; None where it does not."""
    body, given = test.body, {a.arg for a in test.function.args.args}
    first = next((n for n in range(len(body) + 1) if wanted <= given | bound(body[:n])), None)
    if first is None:
        return None
    end = max(range(first, len(body) + 1), key=lambda n: (likeness(body[n : n + 1], begins), -n))
    return replace(test, body=body[:end])


def _used(text: str) -> set[str]:
    return {node.id for one in parsed(text) for node in ast.walk(one) if isinstance(node, ast.Name)}
