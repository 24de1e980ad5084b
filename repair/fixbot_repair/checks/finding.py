"""The one shape of what tools say, and the one shape of what tests say."""

from dataclasses import dataclass
from enum import StrEnum

from fixbot_repair.candidates.edit import Edit


class Severity(StrEnum):
    """How bad the tool says it is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of a tool. Lines and columns count from 1, columns in characters, the end is exclusive.

    `fingerprint` is a hash of rule, normalised code and enclosing symbol: it survives shifted lines.
    `fix` are the tool's own edits, empty where it offers none; `unsafe` those that the tool itself does not call safe, in
    the place of `fix`. `category` is syntax, correctness, security or style.
    `also` names other tools that say the same of the place, each as "tool rule".
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    tool: str
    rule: str
    severity: Severity
    message: str
    fingerprint: str = ""
    fix: tuple[Edit, ...] = ()
    category: str = "correctness"
    also: tuple[str, ...] = ()
    unsafe: tuple[Edit, ...] = ()


class TestStatus(StrEnum):
    """Outcome of one test, in the field's words."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What one test did: `test` is its id (pytest's node id, POSIX, relative to the repository).

    `frames` are (path relative to the repository, line from 1, function) of the failure, innermost last, only files
    inside the work folder. `lines` are (path, lines that ran), where a trace was asked for.
    """

    __test__ = False

    test: str
    status: TestStatus
    seconds: float = 0.0
    message: str = ""  # exception type and text
    detail: str = ""  # the whole report as text
    output: str = ""  # what it printed, where that was asked for
    frames: tuple[tuple[str, int, str], ...] = ()
    lines: tuple[tuple[str, tuple[int, ...]], ...] = ()
    example: str = ""  # the program that it runs, where it was made from one and its own lines are none of it
    collected: bool = True  # False: its file could not be collected; the message says why, and nothing of it ran

    @property
    def ok(self) -> bool:
        """Whether the test counts as passed (an expected failure does)."""
        return self.status in (TestStatus.PASSED, TestStatus.XFAILED)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Everything known about a tree at one moment."""

    findings: tuple[Finding, ...] = ()
    outcomes: tuple[TestOutcome, ...] = ()
    problems: tuple[str, ...] = ()  # why something could not be checked, in words
    broken: tuple[str, ...] = ()  # tools that gave no answer at all; the problems say why
    notes: tuple[str, ...] = ()  # what there is to know of how tools were run: not held by a sandbox
    unrun: int = 0  # tests that there was no time for; one where not even their number is known

    @property
    def failing(self) -> tuple[str, ...]:
        """Ids of the tests that failed, in the order they ran."""
        bad = (TestStatus.FAILED, TestStatus.ERROR, TestStatus.TIMEOUT)
        return tuple(o.test for o in self.outcomes if o.status in bad)

    @property
    def uncollected(self) -> tuple[tuple[str, str], ...]:
        """(path, message) of each file that could not be collected: a syntax error, a module that is not installed.

        Their outcomes are ERROR too, and in `failing`; but no test of theirs ran, so they say nothing about a test.
        """
        return tuple({o.test.partition("::")[0]: o.message for o in self.outcomes if not o.collected}.items())

    @property
    def passing(self) -> tuple[str, ...]:
        """Ids of the tests that passed or failed as expected."""
        return tuple(o.test for o in self.outcomes if o.ok)
