"""An issue as tests: what it shows and expects, written as a test file of the private copy and proven to fail there.

The file is one that both pytest and unittest run, under any Python from 3.6 on. It never becomes part of a patch.
"""

import ast
import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

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

_HEAD = '''\
"""What the issue shows, as tests. Written by fixbot; not part of any patch."""

import contextlib
import io
import re
import unittest


def run(source, names):
    """Run the example; returns the value of its last expression and what it printed."""
    out = io.StringIO()
    value = None
    with contextlib.redirect_stdout(out):
        for part, mode in source:
            value = eval(compile(part, "<issue>", mode), names)
    return value, out.getvalue()


def same(got, printed, expected, names):
    """Whether the value, or what was printed, is what the issue expects."""
    if expected in (repr(got), str(got)) or (printed and printed.strip() == expected.strip()):
        return True
    try:
        wanted = eval(expected, names)
    except Exception:
        return False
    if isinstance(got, float) and isinstance(wanted, (int, float)):
        return abs(got - wanted) <= 1e-9 * max(1.0, abs(wanted))
    if got is None and printed:
        return printed.strip() in (str(wanted), repr(wanted))
    return got == wanted and isinstance(got, bool) == isinstance(wanted, bool)


class TestIssue(unittest.TestCase):
'''
_VALUE = """\
    def test_expected_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names)
        if not same(got, printed, {expected!r}, names):
            self.fail("got %r, expected %s" % (printed if got is None and printed else got, {expected!r}))

"""
_RAISES = """\
    def test_expected_{number}(self):
        try:
            run({source!r}, {{"__name__": "issue"}})
        except BaseException as error:
            if {expected!r} in [cls.__name__ for cls in type(error).__mro__]:
                return
            raise
        self.fail("nothing was raised, expected {expected}")

"""
_CRASH = """\
    def test_example_{number}(self):
        run({source!r}, {{"__name__": "issue"}})

"""

Part = tuple[str, str]  # source text, "exec" or "eval"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The test file of an issue: where it lies in the private copy, and its text."""

    path: str
    text: str
    labels: Mapping[str, str] = field(default_factory=dict)  # name of a test -> what it checks

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
        inside = any(path != self.path for path, _, _ in outcome.frames)
        return raised == reported or inside or raised not in _OF_THE_EXAMPLE


def written(issue: Issue, paths: Iterable[str]) -> Reproduction | None:
    """The test file for `issue` in a project of `paths`; None when the issue states nothing that can be run."""
    tests: dict[str, tuple[str, str]] = {}
    for n, e in enumerate(issue.expectations[:_MOST], 1):
        tests[f"test_expected_{n}"] = _expected(e, n), f"issue: {e.expression} gives {e.expected}"
    for n, block in enumerate(issue.code_blocks[:_MOST] if issue.error else (), 1):
        tests[f"test_example_{n}"] = _example(block, n), f"issue: the example ends without {issue.error}"
    body = "".join(text for text, _ in tests.values())
    if not body:
        return None
    labels = {name: " ".join(label.split())[:_LONGEST_LABEL] for name, (_, label) in tests.items()}
    name = f"test_fixbot_issue_{hashlib.blake2b(body.encode('utf-8', 'replace'), digest_size=4).hexdigest()}.py"
    return Reproduction(str(PurePosixPath(_folder(paths), name)), _HEAD + body, labels)


def oracle(proven: Sequence[str]) -> Oracle:
    """What the proven tests of a reproduction hold a patch against."""
    return Oracle.EXPECTED_OUTPUT if any("test_expected_" in test for test in proven) else Oracle.REPRODUCTION


def _folder(paths: Iterable[str]) -> str:
    """Where most tests of the project lie: what is put beside them is collected as they are."""
    found = [PurePosixPath(p) for p in paths if is_test(p) and PurePosixPath(p).name.startswith("test_")]
    counts = Counter(str(p.parent) for p in found if p.suffix == ".py")
    return min(counts, key=lambda folder: (-counts[folder], folder), default=".")


def _expected(expectation: Expectation, number: int) -> str:
    parts = _parts([*expectation.setup, expectation.expression])
    if not parts:
        return ""
    word = (
        expectation.expected.strip().removeprefix("raises ").removeprefix("raise ").partition("(")[0].partition(":")[0]
    )
    name = word.rpartition(".")[2].strip()
    form = _RAISES if name.isidentifier() and name.endswith(("Error", "Exception")) else _VALUE
    wanted = name if form is _RAISES else expectation.expected.strip()
    return form.format(number=number, source=parts, expected=wanted)


def _example(block: str, number: int) -> str:
    parts = _parts([_without_prompts(block)])
    return _CRASH.format(number=number, source=parts) if parts else ""


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
