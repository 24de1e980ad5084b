"""Outcomes of all the processes that one run of tests took, and what of them is believed."""

import dataclasses
import math
import re
import time
from collections.abc import Iterable, Iterator

from fixbot_repair.checks.finding import TestOutcome, TestStatus
from fixbot_repair.checks.guest_report import GuestReport
from fixbot_repair.sandbox import Completed

ABSENT = "no such test was collected"  # of a test that was asked for
_RAISED = re.compile(r"(?:E +)?[\w.]+(?:Error|Exception|Exit|Interrupt)(?::|$)")
_SLACK = 0.2  # seconds before its time at which a process may be taken to have been ended for it
_FORGED = ("passed", "xpassed")


def holds_any(test: str, known: Iterable[str]) -> bool:
    """Whether `test` is a class, or a function with parameters, of which some are `known`."""
    return "::" in test and any(k.startswith((f"{test}[", f"{test}::")) for k in known)


def tail(completed: Completed) -> str:
    """The last words of a command: the exception that ended it, where there is one."""
    text = (completed.stderr or completed.stdout).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in reversed(lines):
        if _RAISED.match(line):
            return line.removeprefix("E ").strip()[:400]
    return " | ".join(lines[-3:])[-400:] or f"exit code {completed.returncode}, no output"


def why(report: GuestReport, completed: Completed) -> str:
    """Why tests could not be collected, in words."""
    for outcome in report.uncollected.values():
        return f"{outcome.test}: {outcome.message}"
    if completed.timed_out or _watchdog_ended(completed):
        return "importing the tests took too long"
    return tail(completed)


def _watchdog_ended(completed: Completed) -> bool:
    """Whether faulthandler ended the process for us."""
    return re.search(rb"^Timeout \(\d+:\d\d:\d\d", completed.stderr, re.MULTILINE) is not None


def _cut_short(test: str, completed: Completed) -> TestOutcome:
    if completed.timed_out or _watchdog_ended(completed):
        return TestOutcome(test, TestStatus.TIMEOUT, message="the test did not end and its process was ended")
    if completed.stopped_for:
        return TestOutcome(test, TestStatus.ERROR, message=f"the test broke the limit on {completed.stopped_for}")
    how = f"signal {-completed.returncode}" if completed.returncode < 0 else f"exit code {completed.returncode}"
    return TestOutcome(test, TestStatus.ERROR, message=f"the process ended during this test ({how})")


class Tally:
    """Outcomes of all processes of one run."""

    def __init__(self, wanted: tuple[str, ...] | None, fail_fast: bool, until: float = math.inf) -> None:
        self._wanted = wanted
        self._fail_fast = fail_fast
        self._until = until
        self._is_over = False  # the time was, and not all had run
        self._order: tuple[str, ...] | None = None
        self._found: dict[str, TestOutcome] = {}
        self._uncollected: dict[str, TestOutcome] = {}
        self._problems: list[str] = []
        self._stopped = False
        self.outside: dict[str, str] = {}

    @property
    def remaining(self) -> tuple[str, ...]:
        """Tests that are still to run."""
        if self._stopped or self._order is None:
            return ()
        return tuple(t for t in self._order if t not in self._found)

    def add(self, report: GuestReport, completed: Completed) -> None:
        """Take in one process's report."""
        before = len(self._found)
        if time.monotonic() >= self._until - _SLACK and not report.ended:
            self._is_over = self._stopped = True
        self._problems += report.notes
        self.outside.update(report.outside)
        self._uncollected.update(report.uncollected)
        if report.collected is None and self._is_over:
            return
        if report.collected is None:
            self._problems.append("the tests could not be collected: " + why(report, completed))
            self._stopped = True
            return
        if self._order is None:
            self._order = report.collected
        if completed.tampered:
            self._problems.append(f"the tests changed what they must not: {', '.join(completed.tampered)}")
        if self._is_forged(report):
            return
        self._found.update(report.outcomes)
        if report.current and not self._is_over:
            self._found[report.current] = _cut_short(report.current, completed)
        if report.rejected:
            self._problems.append(f"{report.rejected} lines on the reporter's pipe were not the reporter's: ignored")
        if len(self._found) == before or self._has_failed_fast():
            self._stopped = True

    def _is_forged(self, report: GuestReport) -> bool:
        """Whether the sentinel, which must fail, was reported otherwise: then nothing of this run is believed."""
        if not report.outcomes and not report.sentinel:
            return False
        if report.sentinel in _FORGED or not report.sentinel:
            self._problems.append("a sentinel test that must fail did not: the results of this run are not believed")
            self._stopped = True
            return True
        if report.sentinel == "skipped":
            self._problems.append("the project's hooks skipped the sentinel test: that failures show is not proven")
        return False

    def outcomes(self) -> tuple[TestOutcome, ...]:
        """One outcome per test that ran, in running order, then those that could not."""
        ran = [self._found[t] for t in self._order or () if t in self._found]
        return (*ran, *(() if self._is_over or self._has_failed_fast() else self._missing()))

    @property
    def unrun(self) -> int:
        """How many tests there was no time for; one where their number is not known."""
        if not self._is_over:
            return 0
        return 1 if self._order is None else sum(t not in self._found for t in self._order)

    def _has_failed_fast(self) -> bool:
        bad = (TestStatus.FAILED, TestStatus.ERROR, TestStatus.TIMEOUT)
        return self._fail_fast and any(o.status in bad for o in self._found.values())

    def _missing(self) -> Iterator[TestOutcome]:
        known = set(self._order or ())
        if self._wanted is None:
            yield from self._uncollected.values()
            absent: list[str] = []
        else:
            absent = [t for t in self._wanted if t not in known and not holds_any(t, known)]
        for test in absent:
            file = test.partition("::")[0]
            broken = self._uncollected.get(file)
            if broken is not None:
                yield dataclasses.replace(broken, test=test)
            elif test == file and any(t.startswith(f"{file}::") for t in known):
                yield TestOutcome(test, TestStatus.PASSED, message="the file can be collected")
            else:
                why_not = "nothing could be collected" if self._order is None else ABSENT
                yield TestOutcome(test, TestStatus.ERROR, message=why_not)
        for test in (t for t in self._order or () if t not in self._found):
            yield TestOutcome(test, TestStatus.ERROR, message="the test did not run")

    def problems(self) -> list[str]:
        """What the user should know about how the results came about."""
        if self._order == () and not self._uncollected:
            return [*self._problems, "no test was found"]
        return self._problems
