"""Writing the test file of an issue: each thing that it shows, expects or brings along as one test."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixbot_agent.solving import reproduction_forms as forms
from fixbot_agent.solving.reproduction import Reproduction
from fixbot_agent.solving.reproduction_given import tests_in
from fixbot_agent.solving.reproduction_names import Origins, Read, binds, missing
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.issue import Expectation, Issue
from fixbot_repair.issue_code import runnable, set_up
from fixbot_repair.issue_source import modern, parsed

MOST = 12  # tests of one issue
_LONGEST_LABEL = 160  # characters

Part = tuple[str, str]  # source text, "exec" or "eval"


@dataclass(frozen=True, slots=True)
class Written:
    """One test: its text, and what it checks in words."""

    text: str
    label: str


def written(issue: Issue, paths: Iterable[str], read: Read | None = None) -> Reproduction | None:
    """Effect: reads the project's files by `read` for the names that examples do not import.

    The test file for `issue` in a project of `paths`; None when the issue states nothing that can be run.
    """
    paths = tuple(paths)
    writing = _Writing(issue, Origins(paths if read else (), read or (lambda _: b"")))
    tests = {name: test for name, test in writing.tests() if test.text}
    folder = PurePosixPath(_folder(paths))
    beside = {str(folder / f"{_name(text)}"): text for text in writing.beside()}
    body = "".join(test.text for test in tests.values())
    if not body and not beside:
        return None
    labels = {name: " ".join(test.label.split())[:_LONGEST_LABEL] for name, test in tests.items()}
    told = {f"test_reported_{n}": (_short(e.expression), _short(e.actual)) for n, e in _reported(issue)}
    text = forms.HEAD.replace("{depth}", str(len(folder.parts))) + (body or "    pass\n")
    return Reproduction(str(folder / _name(body)), text, labels, told, beside)


def _name(body: str) -> str:
    return f"test_fixbot_issue_{hashlib.blake2b(body.encode('utf-8', 'replace'), digest_size=4).hexdigest()}.py"


@dataclass(frozen=True, slots=True)
class _Writing:
    """The tests of one issue. `origins` knows where the names come from that its examples use and do not import."""

    issue: Issue
    origins: Origins

    def tests(self) -> Iterator[tuple[str, Written]]:
        """Name and text of each test; "" where the example is no Python."""
        issue = self.issue
        for n, e in enumerate(issue.expectations[:MOST], 1):
            if e.expected:
                yield f"test_expected_{n}", Written(self._expected(e, n), f"issue: {e.expression} gives {e.expected}")
        for n, e in _reported(issue):
            text = self._test(forms.REPORTED, n, [*e.setup, e.expression], e.actual.strip())
            yield f"test_reported_{n}", Written(text, f"issue: {e.expression} gives {e.actual}, which it should not")
        for n, block in enumerate(issue.code_blocks[:MOST] if issue.error else (), 1):
            if not tests_in(runnable(block)):
                text = self._test(forms.CRASH, n, [self._before(n - 1), runnable(block)])
                yield f"test_example_{n}", Written(text, f"issue: the example ends without {issue.error}")
        yield from self._given()

    def _given(self) -> Iterator[tuple[str, Written]]:
        number = 0
        for at, block in enumerate(self.issue.code_blocks[:MOST]):
            source = runnable(block)
            for test in tests_in(source):
                number += 1
                if test.plain:
                    text = self._test(forms.GIVEN, number, [self._before(at), source, "None"], test.name)
                    yield f"test_given_{number}", Written(text, f"issue: its test {test.name} passes")

    def beside(self) -> Iterator[str]:
        """Blocks of tests that need pytest, as files of their own, where the project is tested with it."""
        for at, block in enumerate(self.issue.code_blocks[:MOST]):
            source = runnable(block)
            if not all(test.plain for test in tests_in(source)) and self.origins.imports(["pytest"]):
                body = "\n".join(filter(None, [self._before(at), source]))
                yield "\n".join([*self.origins.imports(missing(body)), body, ""])

    def _before(self, at: int) -> str:
        """What earlier blocks define of the names that block `at` needs, and in turn of what those need."""
        source = modern(runnable(self.issue.code_blocks[at]))
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

    def _expected(self, expectation: Expectation, number: int) -> str:
        wanted = expectation.expected.strip()
        word = wanted.removeprefix("raises ").removeprefix("raise ").partition("(")[0].partition(":")[0]
        name = word.rpartition(".")[2].strip()
        sources = [*expectation.setup, expectation.expression]
        if name.isidentifier() and name.endswith(("Error", "Exception")):
            return self._test(forms.RAISES, number, sources, name)
        return self._test(forms.VALUE, number, sources, wanted)

    def _test(self, form: str, number: int, sources: Sequence[str], expected: str = "") -> str:
        parts = _parts([source for source in sources if source])
        if not parts:
            return ""
        lacking = missing("\n".join(modern(source) for source in sources))
        imports = "\n".join(self.origins.imports(lacking))
        source = [*([(imports, "exec")] if imports else []), *parts]
        return form.format(number=number, source=source, expected=expected)


def _reported(issue: Issue) -> list[tuple[int, Expectation]]:
    """What the issue only says comes, when it never says what should: none of it is a goal."""
    told = list(enumerate(issue.expectations[:MOST], 1))
    return [] if any(e.expected for _, e in told) else [(n, e) for n, e in told if e.actual]


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_LABEL]


def _folder(paths: Iterable[str]) -> str:
    """Where most tests of the project lie: what is put beside them is collected as they are."""
    found = [PurePosixPath(p) for p in paths if is_test(p) and PurePosixPath(p).name.startswith("test_")]
    counts = Counter(str(p.parent) for p in found if p.suffix == ".py")
    return min(counts, key=lambda folder: (-counts[folder], folder), default=".")


def _parts(sources: Sequence[str]) -> list[Part]:
    """The statements of `sources`, an expression at the very end by itself; [] when they are not Python."""
    text = "\n".join("\n".join(modern(source) for source in sources).splitlines())
    body = parsed(text)
    if not body:
        return []
    *before, last = body
    if not isinstance(last, ast.Expr):
        return [(text, "exec")]
    lines = text.encode("utf-8").splitlines(keepends=True)  # ast counts columns in bytes
    start = sum(len(line) for line in lines[: last.lineno - 1]) + last.col_offset
    head = text.encode("utf-8")[:start].decode("utf-8").rstrip().rstrip(";")
    expression = ast.get_source_segment(text, last.value) or ""
    return [*([(head, "exec")] if before else []), (expression, "eval")]
