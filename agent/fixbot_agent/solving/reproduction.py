"""An issue as tests: what it shows and expects, written as a test file of the private copy and proven to fail there.

The file is one that both pytest and unittest run, under any Python from 3.6 on. It never becomes part of a patch.
"""

import ast
import builtins
import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixbot_agent.solving import reproduction_forms as forms
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Expectation, Issue, Oracle

_MOST = 12  # tests of one issue
_LONGEST_LABEL = 160  # characters
# Errors that speak of the example, not of the project, when they come from its own lines.
_OF_THE_EXAMPLE = (
    "NameError",
    "ImportError",
    "ModuleNotFoundError",
    "SyntaxError",
    "IndentationError",
    "FileNotFoundError",
)

Part = tuple[str, str]  # source text, "exec" or "eval"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The test file of an issue: where it lies in the private copy, and its text."""

    path: str
    text: str
    labels: Mapping[str, str] = field(default_factory=dict)  # name of a test -> what it checks
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # name of a test -> expression, what it gives now

    def files(self) -> dict[str, str]:
        """Its files: path in the private copy -> text."""
        return {self.path: self.text}

    def label(self, test: str) -> str:
        """What the test of this id checks, in words."""
        name = re.split(r"::|\.", test)[-1]
        return self.labels.get(name, test)

    def outcomes(self, feedback: Feedback) -> list[TestOutcome]:
        """Its tests among the outcomes of `feedback`."""
        return [o for o in feedback.outcomes if o.test.partition("::")[0] == self.path]

    def proven(self, feedback: Feedback, issue: Issue) -> tuple[str, ...]:
        """Ids of its tests that fail, and fail for the reason that the issue gives."""
        return tuple(o.test for o in self.outcomes(feedback) if self._shows(o, issue))

    def _shows(self, outcome: TestOutcome, issue: Issue) -> bool:
        if outcome.status not in (TestStatus.FAILED, TestStatus.ERROR, TestStatus.TIMEOUT):
            return False
        raised = outcome.message.partition(":")[0].rpartition(".")[2].strip()
        reported = issue.error.partition(":")[0].rpartition(".")[2].strip()
        if "::test_example_" in outcome.test or ".test_example_" in outcome.test:
            return bool(reported) and raised == reported
        if self._is_reported(outcome):
            return False
        # The example itself has no file: its frames are of "<issue>".
        inside = any(path != self.path and not path.endswith("<issue>") for path, _, _ in outcome.frames)
        if raised == "NameError" and not inside:
            return outcome.message.strip() == issue.error.strip()
        return raised == reported or inside or raised not in _OF_THE_EXAMPLE

    def _is_reported(self, outcome: TestOutcome) -> bool:
        return re.split(r"::|\.", outcome.test)[-1].startswith("test_reported_")

    def unconfirmed(self, feedback: Feedback) -> tuple[str, ...]:
        """What the issue shows and the tests do not confirm, in words; what it only reports is for the question."""
        return tuple(
            f"what the issue shows could not be confirmed: {self.label(o.test)}: {_said(o)}"
            for o in self.outcomes(feedback)
            if not (self._is_reported(o) and o.status in (TestStatus.FAILED, TestStatus.PASSED))
        )

    def question(self, feedback: Feedback) -> str:
        """The question whose answer would make the issue checkable, where it tells only what comes; else ""."""
        last = next((o for o in reversed(self.outcomes(feedback)) if self._is_reported(o)), None)
        if last is None:
            return ""
        expression, value = self.told[re.split(r"::|\.", last.test)[-1]]
        if last.status is TestStatus.PASSED:
            return (
                f"`{expression}` does not give {value} here: which statements come before it, and what should it give?"
            )
        return f"What should `{expression}` give instead of {value}?"


def written(issue: Issue, paths: Iterable[str]) -> Reproduction | None:
    """The test file for `issue` in a project of `paths`; None when the issue states nothing that can be run."""
    tests = _tests(issue)
    body = "".join(text for text, _ in tests.values())
    if not body:
        return None
    labels = {name: " ".join(label.split())[:_LONGEST_LABEL] for name, (_, label) in tests.items()}
    told = {f"test_reported_{n}": (_short(e.expression), _short(e.actual)) for n, e in _reported(issue)}
    name = f"test_fixbot_issue_{hashlib.blake2b(body.encode('utf-8', 'replace'), digest_size=4).hexdigest()}.py"
    folder = PurePosixPath(_folder(paths))
    return Reproduction(str(folder / name), forms.HEAD.replace("{depth}", str(len(folder.parts))) + body, labels, told)


def _tests(issue: Issue) -> dict[str, tuple[str, str]]:
    """Name of each test -> its text ("" when the example is no Python) and what it checks."""
    tests: dict[str, tuple[str, str]] = {}
    for n, e in enumerate(issue.expectations[:_MOST], 1):
        if e.expected:
            tests[f"test_expected_{n}"] = _expected(e, n), f"issue: {e.expression} gives {e.expected}"
    for n, e in _reported(issue):
        tests[f"test_reported_{n}"] = (
            _test(forms.REPORTED, n, [*e.setup, e.expression], e.actual.strip()),
            f"issue: {e.expression} gives {e.actual}, which it should not",
        )
    for n, block in enumerate(issue.code_blocks[:_MOST] if issue.error else (), 1):
        tests[f"test_example_{n}"] = (
            _test(forms.CRASH, n, [_without_prompts(block)]),
            f"issue: the example ends without {issue.error}",
        )
    return tests


def _reported(issue: Issue) -> list[tuple[int, Expectation]]:
    """What the issue only says comes, when it never says what should: none of it is a goal."""
    told = list(enumerate(issue.expectations[:_MOST], 1))
    return [] if any(e.expected for _, e in told) else [(n, e) for n, e in told if e.actual]


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_LABEL]


def _said(outcome: TestOutcome) -> str:
    return f"{outcome.status} {outcome.message}".strip() if outcome.message else "it does already"


def oracle(proven: Sequence[str]) -> Oracle:
    """What the proven tests of a reproduction hold a patch against."""
    return Oracle.EXPECTED_OUTPUT if any("test_expected_" in test for test in proven) else Oracle.REPRODUCTION


def _folder(paths: Iterable[str]) -> str:
    """Where most tests of the project lie: what is put beside them is collected as they are."""
    found = [PurePosixPath(p) for p in paths if is_test(p) and PurePosixPath(p).name.startswith("test_")]
    counts = Counter(str(p.parent) for p in found if p.suffix == ".py")
    return min(counts, key=lambda folder: (-counts[folder], folder), default=".")


def _expected(expectation: Expectation, number: int) -> str:
    wanted = expectation.expected.strip()
    word = wanted.removeprefix("raises ").removeprefix("raise ").partition("(")[0].partition(":")[0]
    name = word.rpartition(".")[2].strip()
    sources = [*expectation.setup, expectation.expression]
    if name.isidentifier() and name.endswith(("Error", "Exception")):
        return _test(forms.RAISES, number, sources, name)
    return _test(forms.VALUE, number, sources, wanted)


def _test(form: str, number: int, sources: Sequence[str], expected: str = "") -> str:
    parts = _parts(sources)
    missing = _missing("\n".join(sources)) if parts else ()
    return form.format(number=number, source=parts, expected=expected, missing=missing) if parts else ""


def _missing(source: str) -> tuple[str, ...]:
    """Names that `source` uses and neither binds nor finds among the built-in ones."""
    used: dict[str, None] = {}
    bound = set(dir(builtins))
    for node in ast.walk(ast.parse("\n".join(source.splitlines()))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used[node.id] = None
        elif isinstance(node, ast.Name):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            if node.name == "*":
                return ()
            bound.add((node.asname or node.name).partition(".")[0])
    return tuple(name for name in used if name not in bound)


def _parts(sources: Sequence[str]) -> list[Part]:
    """The statements of `sources`, an expression at the very end by itself; [] when they are not Python."""
    text = "\n".join("\n".join(sources).splitlines())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
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


def _without_prompts(block: str) -> str:
    """A block as typed at a prompt without prompts and answers; any other block as it is."""
    lines = block.splitlines()
    if not any(line.lstrip().startswith(">>>") for line in lines):
        return block
    typed = [line.lstrip() for line in lines if line.lstrip().startswith((">>>", "..."))]
    return "\n".join(line[4:] if line[3:4] == " " else line[3:] for line in typed)
