"""What becomes of a patch at the end: kept with its run, written to the tree or a branch when that was asked for."""

import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_agent.runs import Run
from fixbot_agent.solving.delivering import applying
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.delivering.keeping import applied, keep
from fixbot_agent.solving.delivering.trailers import trailers
from fixbot_agent.solving.reporting.report import Failure, Report, Status
from fixbot_analysis.errors import FixbotError

_TITLE = 100  # characters that the first line of a commit's message may have
_WIDTH = 72  # of those below it
_USAGE = 2  # the contract's exit code for a tree that cannot be written to


@dataclass(frozen=True, slots=True)
class Solved:
    """A report with the changes behind its patch. `writes_test`: one of them is a regression test that was asked for."""

    report: Report
    changes: tuple[Change, ...] = ()
    writes_test: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants done with a verified patch. `base` is the commit it was made on, "" for the tree as it is."""

    apply: bool = False
    branch: str = ""
    allow_dirty: bool = False
    allow_tests: bool = False
    base: str = ""


def place(solved: Solved, wish: Wish, root: Path, state: Path, run: Run) -> Report:
    """Effect: keep the run's report and patch; write a verified patch where `wish` says.

    A tree that cannot be written to becomes an error in the report: the patch is not lost.
    """
    report = solved.report
    wish = replace(wish, allow_tests=wish.allow_tests or solved.writes_test)
    if report.status is Status.PLAUSIBLE and (wish.apply or wish.branch):
        try:
            _write(solved.changes, wish, root, state, report, run)
        except FixbotError as error:
            hint = f"{error.hint}; the patch is kept: fixbot runs apply {run.id}" if run.folder else error.hint
            failure = Failure(error.kind, error.message, hint)
            report = replace(report, exit_code=_USAGE, error=failure)
    keep(run, report, solved.changes, wish.allow_tests)
    run.event("ended", status=str(report.status), exit_code=report.exit_code)
    return report


def _write(changes: tuple[Change, ...], wish: Wish, root: Path, state: Path, report: Report, run: Run) -> None:
    if wish.branch and wish.base:
        applying.check_paths(root, changes, allow_tests=wish.allow_tests)
    else:  # a branch from HEAD must not take uncommitted work along
        applying.check(root, changes, allow_dirty=wish.allow_dirty, allow_tests=wish.allow_tests)
    commit = ""
    if wish.branch:
        commit = applying.branch(root, wish.branch, changes, _message(report, run), wish.base)
    else:
        applying.write(root, changes, state)
    applied(run, root, changes, wish.branch, commit)


def _message(report: Report, run: Run) -> str:
    made = report.verification
    fixed = [t for t in made.failed_before if t in made.passed_after]
    what = _titled(report.note or f"Fix {', '.join(report.files)}")
    body = "".join(f"- {test}\n" for test in fixed)
    ends = trailers(report.source, run.id if run.folder else "")
    return (
        f"{what}\n\nHeld against: {made.oracle}. {made.tests_run} tests run. Failed before, pass now:\n{body}\n{ends}"
    )


def _titled(note: str) -> str:
    """`note` as a commit's message begins: a short first line, and all of it below where it is longer."""
    if len(note) <= _TITLE:
        return note
    title = f"{note[: _TITLE - 1].rpartition(' ')[0] or note[: _TITLE - 1]}…"
    return f"{title}\n\n{textwrap.fill(note, _WIDTH, break_long_words=False, break_on_hyphens=False)}"
