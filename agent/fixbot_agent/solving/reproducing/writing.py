"""Writing the test file of an issue: each thing that it shows, expects or brings along as one test."""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from textwrap import indent

from fixbot_agent.solving.reproducing import forms
from fixbot_agent.solving.reproducing.borrowing import Lender
from fixbot_agent.solving.reproducing.crashing import places, variants
from fixbot_agent.solving.reproducing.data import fed, handed
from fixbot_agent.solving.reproducing.files import filed
from fixbot_agent.solving.reproducing.given import tests_in
from fixbot_agent.solving.reproducing.names import Origins, Read, binds, missing
from fixbot_agent.solving.reproducing.parts import divided, folder_of, outputs, programs, source_of
from fixbot_agent.solving.reproducing.reproduction import Example, Kind, Reproduction, error_name
from fixbot_agent.solving.reproducing.unchecked import left
from fixbot_repair.issue import Expectation, Issue
from fixbot_repair.issue_code import is_data, runnable, set_up
from fixbot_repair.issue_source import modern, parsed
from fixbot_repair.issue_values import is_literal

MOST = 12  # tests of one issue
_PROVING = ("test_expected_", "test_example_", "test_asserted_", "test_given_")
_LONGEST_LABEL = 240  # characters
_LONGEST_VALUE = 120  # of a value in one
_LONGEST_SHOWN = 40  # bytes of a file in a label
_FIRST_HANDED = 20  # likewise with data
_FIRST_FILED = 10  # numbers of ways with files, behind those that are lent
_SHOWS = re.compile(r"__(?:repr|str)__|_repr_\w+_")  # the methods that a prompt or a notebook asks of a value


@dataclass(frozen=True, slots=True)
class Written:
    """One test: its text, what it checks in words, and what it holds."""

    text: str
    label: str
    example: Example


def written(issue: Issue, paths: Iterable[str], read: Read | None = None) -> Reproduction | None:
    """Effect: reads the project's files by `read` for the names that examples do not import.

    The test file for `issue` in a project of `paths`; None when the issue states nothing that can be run.
    """
    paths = tuple(paths)
    origins = Origins(paths if read else (), read or (lambda _: b""))
    writing = _Writing(issue, origins, Lender(origins), paths)
    tests = dict(writing.tests())
    where = places(issue, origins) if issue.error else frozenset()
    if where and not any(name.startswith(_PROVING) and not writing.is_told(test) for name, test in tests.items()):
        tests |= writing.crashes()
    folder = PurePosixPath(folder_of(paths))
    beside = {str(folder / f"{_name(text)}"): text for text in writing.beside()}
    if not tests and not beside:
        return None
    labels = {name: _short(test.label) for name, test in tests.items()}
    body = [(labels[name], test.text, source_of(test.example)) for name, test in tests.items()]
    examples = {name: test.example for name, test in tests.items()}
    told = {f"test_reported_{n}": (_short(e.expression), _short(e.actual)) for n, e in _reported(issue)}
    text = forms.file_of(body, len(folder.parts))
    path = str(folder / _name(repr(body)))
    return Reproduction(path, text, labels, told, beside, examples, left(issue), where)


def _name(body: str) -> str:
    return f"test_fixbot_issue_{hashlib.blake2b(body.encode('utf-8', 'replace'), digest_size=4).hexdigest()}.py"


@dataclass(frozen=True, slots=True)
class _Writing:
    """The tests of one issue. `origins` knows where the names come from that its examples use and do not import, `lender`
    what the project's tests make under such names.
    """

    issue: Issue
    origins: Origins
    lender: Lender
    paths: tuple[str, ...]

    def tests(self) -> Iterator[tuple[str, Written]]:
        """Name and content of each test; those whose example is no Python are left out."""
        yield from self._stated()
        yield from self._fed()
        for n, example in enumerate(self._ending(), 1) if self.issue.error else ():
            what = example.expression if example.expression in self.issue.crashing else "the example"
            label = f"issue: {what} ends without {self.issue.error}"
            for place, tried, how in ((str(n), example, ""), *self._ways(example, n)):
                yield f"test_example_{place}", self._crash(place, tried, label + how)
        yield from self._asserted()
        yield from self._given()

    def _ending(self) -> Iterator[Example]:
        """What the issue may mean when it speaks of an error: its examples, and the calls that it says to end so."""
        for at, source in programs(self.issue, MOST):
            if not tests_in(source) and (example := self._example(Kind.ENDS, [self._before(at), source])):
                yield example
        for call in self.issue.crashing[:MOST]:
            if example := self._example(Kind.ENDS, [self._above(call, len(self.issue.code_blocks)), call]):
                yield example

    def is_told(self, test: Written) -> bool:
        """Whether `test` is a call of the prose, which may need what nobody shows: it stands for no example."""
        return test.example.expression in self.issue.crashing

    def _crash(self, place: str, example: Example, label: str) -> Written:
        ways = tuple(dict.fromkeys(f.function for f in self.issue.frames if _SHOWS.fullmatch(f.function)))
        name = error_name(self.issue.error)
        warning = name if name.endswith("Warning") else ""
        return _written(forms.CRASH, place, example, label, ways=ways, warning=warning)

    def _fed(self) -> Iterator[tuple[str, Written]]:
        """What functions should give that are named without arguments, for the data that the issue shows."""
        blocks = [block for block in self.issue.code_blocks[:MOST] if is_data(block)]
        for n, e in enumerate(self.issue.named if blocks else (), MOST + 1):
            for at, loan in enumerate(fed(e.expression, blocks, self.lender) if is_literal(e.expected) else (), 1):
                example = Example(Kind.VALUE, (), *divided(loan.statements), e.expected)
                label = f"issue: {e.expression} gives {e.expected} for its data, read as in {loan.source}"
                yield f"test_expected_{n}_{at}", _written(forms.FED, f"{n}_{at}", example, label)

    def crashes(self) -> Iterator[tuple[str, Written]]:
        """Tests of the project, each changed in one place: one of them may end in the error that the issue reports."""
        for n, variant in enumerate(variants(self.issue, self.lender), 1):
            example = Example(Kind.ENDS, (), variant.statements, "", "")
            label = f"issue: {variant.source} {variant.change} ends without {self.issue.error}"
            yield f"test_crash_{n}", _written(forms.CRASHED, n, example, label, self.issue.frames[-1].function)

    def _asserted(self) -> Iterator[tuple[str, Written]]:
        """Programs that assert at their top: what they claim should hold, and where it does already it proves nothing."""
        for n, block in enumerate(self.issue.code_blocks[:MOST], 1):
            source = runnable(block)
            asserts = [one for one in parsed(source) if isinstance(one, ast.Assert)]
            if (
                asserts
                and not tests_in(source)
                and (example := self._example(Kind.ENDS, [self._before(n - 1), source]))
            ):
                label = f"issue: {ast.unparse(asserts[-1].test)} holds"
                yield f"test_asserted_{n}", _written(forms.ASSERTED, n, example, label)

    def _stated(self) -> Iterator[tuple[str, Written]]:
        for n, e in enumerate(self.issue.expectations[:MOST], 1):
            if e.expected and (example := self._expected(e)):
                yield from self._valued(n, e, example)
        for n, e in _reported(self.issue):
            if example := self._example(Kind.VALUE, [*e.setup, e.expression], e.actual.strip()):
                label = f"issue: {_named(e)} gives {_clear(e.actual)}, which it should not"
                yield f"test_reported_{n}", _written(forms.REPORTED, n, example, label)

    def _valued(self, n: int, e: Expectation, example: Example) -> Iterator[tuple[str, Written]]:
        """What one expectation comes to: as it stands, and with what it lacks, where it then gives what the issue reports."""
        is_shown = bool(e.actual) and example.kind is Kind.VALUE
        label = f"issue: {_named(e)} gives {_meant(e, example)}"
        if e.is_strict and is_shown:
            yield f"test_expected_{n}_0", self._strict(f"{n}_0", e, example, label)
        else:
            yield f"test_expected_{n}", self._plain(n, e, example, label)
        ends = example.kind is Kind.VALUE and not e.actual and bool(self.issue.error)  # it ends in the error now
        for place, tried, how in self._ways(example, n) if is_shown or ends else ():
            write = self._strict if is_shown else self._plain
            yield f"test_expected_{place}", write(place, e, tried, label + how)

    def _plain(self, place: int | str, e: Expectation, example: Example, label: str) -> Written:
        """What should come, beside what the issue says that comes today; where both are the same it was misread."""
        if example.kind is Kind.RAISES:
            return _written(forms.RAISES, place, example, label)
        actual = "" if e.actual.strip() == example.expected.strip() else e.actual.strip()
        found = (forms.lines_of(block, actual, example.expected) for block in outputs(self.issue, example) if actual)
        lines = next(filter(None, found), ())
        label += f", in the place of {actual} in the line {' '.join(lines[0].split())}" if lines else ""
        return _written(forms.VALUE, place, example, label, actual, lines=lines)

    def _strict(self, place: str, e: Expectation, example: Example, label: str) -> Written:
        return _written(forms.LENT, place, example, label, e.actual.strip(), seen=e.seen)

    def _given(self) -> Iterator[tuple[str, Written]]:
        blocks = [(at, runnable(block)) for at, block in enumerate(self.issue.code_blocks[:MOST])]
        plain = [(at, source, test.name) for at, source in blocks for test in tests_in(source) if test.plain]
        for n, (at, source, name) in enumerate(plain, 1):
            if example := self._example(Kind.GIVEN, [self._before(at), source], name):
                yield f"test_given_{n}", _written(forms.GIVEN, n, example, f"issue: its test {name} passes")

    def beside(self) -> Iterator[str]:
        """Blocks of tests that need pytest, as files of their own, where the project is tested with it."""
        for at, block in enumerate(self.issue.code_blocks[:MOST]):
            source = runnable(block)
            if not all(test.plain for test in tests_in(source)) and self.origins.imports(["pytest"]):
                body = "\n".join(filter(None, [self._before(at), source]))
                yield "\n".join([*self.origins.imports(missing(body)), body, ""])

    def _before(self, at: int) -> str:
        """What earlier blocks define of the names that block `at` needs, and in turn of what those need."""
        return self._above(modern(runnable(self.issue.code_blocks[at])), at)

    def _above(self, source: str, at: int) -> str:
        """What the blocks before `at` define of the names that `source` needs, and in turn of what those need."""
        if not parsed(source):
            return ""
        needed, chosen = set(missing(source)), list[str]()
        for block in reversed(self.issue.code_blocks[:at]):
            above = set_up(block)
            body = parsed(above)
            bound = {name for one in body for node in ast.walk(one) for name in binds(node)}
            has_star = any(isinstance(one, ast.ImportFrom) and one.names[0].name == "*" for one in body)
            if body and (needed & bound or (needed and has_star)) and not tests_in(above):
                chosen.append(above)
                needed = (needed - bound) | set(missing(above))
        return "\n".join(reversed(chosen))

    def _expected(self, expectation: Expectation) -> Example | None:
        wanted = expectation.expected.strip("\n")
        word = wanted.strip().removeprefix("raises ").removeprefix("raise ").partition("(")[0].partition(":")[0]
        name = word.rpartition(".")[2].strip()
        sources = [*expectation.setup, expectation.expression]
        is_error = name.isidentifier() and name.endswith(("Error", "Exception"))
        return self._example(Kind.RAISES if is_error else Kind.VALUE, sources, name if is_error else wanted)

    def _example(self, kind: Kind, sources: Sequence[str], expected: str = "") -> Example | None:
        text = "\n".join("\n".join(modern(source) for source in sources if source).splitlines())
        statements, expression = divided(text)
        if not statements and not expression:
            return None
        told = expected if kind is Kind.VALUE and parsed(expected) else ""
        imports = self.origins.imports(missing(f"{text}\n{told}"))
        return Example(kind, imports, statements, expression, expected)

    def _ways(self, example: Example, number: int) -> Iterator[tuple[str, Example, str]]:
        """`example` with what it lacks: names, files, data."""
        yield from self._lent(example, number)
        yield from self._filed(example, number)
        yield from self._handed(example, number)

    def _lent(self, example: Example, number: int) -> Iterator[tuple[str, Example, str]]:
        """`example` with what it lacks as others make it, several ways ("1_1", "1_2"), and who does, in words."""
        text = "\n".join([*example.imports, example.statements, example.expression])
        if lacking := missing(text):
            for at, loan in enumerate(self.lender.loans(lacking, text), 1):
                statements = "\n".join(filter(None, [loan.statements, example.statements]))
                whose = f", with {' and '.join(lacking)} of {loan.source}"
                yield f"{number}_{at}", replace(example, statements=statements), whose

    def _filed(self, example: Example, number: int) -> Iterator[tuple[str, Example, str]]:
        """`example` beside the files that it names, with what the issue tells of them, several ways ("1_10", "1_11")."""
        source = f"{example.statements}\n{example.expression}"
        for at, files in enumerate(filed(self.issue, source, self.paths), _FIRST_FILED):
            held = ", ".join(f"{name} {data[:_LONGEST_SHOWN]!r}" for name, data in files)
            yield f"{number}_{at}", replace(example, files=files), f", where {held}"

    def _handed(self, example: Example, number: int) -> Iterator[tuple[str, Example, str]]:
        """`example` with the data that the issue shows under the one name that it lacks ("1_20", "1_21")."""
        text = "\n".join([*example.imports, example.statements, example.expression])
        for at, (name, data) in enumerate(handed(text, self.issue.code_blocks), _FIRST_HANDED):
            statements = "\n".join(filter(None, [f"{name} = {data!r}", example.statements]))
            yield f"{number}_{at}", replace(example, statements=statements), f", where {name} is the data shown"


def _named(e: Expectation) -> str:
    """What is asked, in words."""
    return e.expression or "the example"


def _meant(e: Expectation, example: Example) -> str:
    """What should come, in words; of an error what is demanded of it: how people word its message is theirs."""
    if example.kind is Kind.RAISES:
        return f"{example.expected}{', whatever its message' if set('(:') & set(e.expected) else ''}"
    kept = next(
        (s.partition(" = ")[2] for text in e.setup for s in text.split("\n") if s.startswith(f"{e.expected} = ")), ""
    )
    if not kept:
        return _clear(e.expected)
    return "what it gave before" if "deepcopy" in kept else f"the same as {kept}"


def _clear(value: str) -> str:
    """A value in a line of text, as `repr` writes it where its blanks and line breaks say something; cut in its midst."""
    shown = repr(value.strip("\n")) if forms.is_laid_out(value) else value
    half = _LONGEST_VALUE // 2
    return shown if len(shown) <= _LONGEST_VALUE else f"{shown[:half]} … {shown[-half:]}"


def _written(form: str, number: int | str, example: Example, label: str, actual: str = "", **more: object) -> Written:
    text = form.format(number=number, expected=example.expected, actual=actual, **more)
    if example.files:
        head, _, body = text.partition("\n")
        text = f"{head}\n        with folder({dict(example.files)!r}):\n{indent(body, '    ')}"
    return Written(text, label, replace(example, actual=actual))


def _reported(issue: Issue) -> list[tuple[int, Expectation]]:
    """What the issue only says comes, when it never says what should: none of it is a goal."""
    told = list(enumerate(issue.expectations[:MOST], 1))
    return [] if any(e.expected for _, e in told) else [(n, e) for n, e in told if e.actual]


def _short(text: str) -> str:
    return " ".join(text.splitlines())[:_LONGEST_LABEL]
