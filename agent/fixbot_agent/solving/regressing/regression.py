"""The reproduction of an issue as a regression test of the project's own, proven in the form in which it is written."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_agent.settings import Settings
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.delivering.placing import Solved
from fixbot_agent.solving.proving.case import Reproducing
from fixbot_agent.solving.regressing import style
from fixbot_agent.solving.reporting.report import Status
from fixbot_agent.solving.reproducing.reproduction import Kind, Reproduction
from fixbot_repair.candidates.diff import unified
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tests import Runner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.errors import RepairError
from fixbot_repair.git import Repository
from fixbot_repair.issue import Issue, Oracle
from fixbot_repair.issue_reader import read
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.workspace import Workspace

_LARGEST = 1_000_000  # bytes of a test file that is read
_TELLING = (Kind.GIVEN, Kind.VALUE, Kind.RAISES, Kind.ENDS)
_NONE = "no regression test was written: "


@dataclass(frozen=True, slots=True)
class Place:
    """Where a solve took place: the repository of `root` at `base` ("" for the tree as it is now)."""

    root: Path
    base: str
    settings: Settings
    trusted: bool


def with_test(solved: Solved, text: str | None, place: Place) -> Solved:
    """Effect: write the issue's reproduction as a test of the project's, run it without and with the patch, and add it to
    the patch where it fails before and passes after; else the report says why there is none.
    """
    report = solved.report
    if report.status is not Status.PLAUSIBLE:
        return solved
    if text is None or report.verification.oracle not in (Oracle.REPRODUCTION, Oracle.EXPECTED_OUTPUT):
        return _without(solved, "the patch is held against tests that the project has already")
    issue, repository = read(text), Repository.open(place.root)
    top = repository.top
    reproducing = Reproducing(issue, place.root)
    sandbox = choose(place.settings.sandbox, place.trusted, root=top)
    environment = Environment.find(top, Path(place.settings.python) if place.settings.python else None)
    paths = (
        [f.path for f in repository.files(repository.resolve(place.base))]
        if place.base
        else repository.tracked() + repository.untracked()
    )
    overlay = reproducing.files(paths)
    try:
        with Workspace.create(top, environment, sandbox, place.base, overlay) as workspace:
            tests = runner(workspace, place.settings.test_cmd)
            assert reproducing.written is not None
            trial = _Trial(workspace, tests, issue, reproducing.written, solved.changes, bool(environment.pytest))
            return trial.added(solved)
    except RepairError as error:
        return _without(solved, error.message)
    except KeyboardInterrupt:  # the patch is verified: it is not lost for a test that is not
        return _without(solved, "interrupted")


@dataclass(frozen=True, slots=True)
class _Trial:
    """One attempt in a private copy."""

    workspace: Workspace
    tests: Runner
    issue: Issue
    reproduction: Reproduction
    changes: tuple[Change, ...]
    has_pytest: bool

    def added(self, solved: Solved) -> Solved:
        """Effect: try the forms one after the other; the first that fails before and passes after is added."""
        feedback = self.tests.run(list(self.reproduction.files()))
        proven = self.reproduction.proven(feedback, self.issue)
        home = style.home(self._texts(), self.changes[0].path, has_pytest=self.has_pytest)
        before = self._statuses(self.tests.run([home.path])) if home.text else {}
        for outcome in sorted((o for o in feedback.outcomes if o.test in proven), key=self._rank):
            name, written = self._held(outcome, home, before)
            if written:
                return _with(solved, home, name, written)
        return _without(solved, "no form of it fails without the patch and passes with it")

    def _rank(self, outcome: TestOutcome) -> int:
        """What says most comes first: a test of the issue's own, a value, an error; that it merely ends comes last."""
        example = self.reproduction.examples.get(outcome.test.rpartition("::")[2])
        return _TELLING.index(example.kind) if example else len(_TELLING)

    def _held(self, outcome: TestOutcome, home: style.Home, before: Mapping[str, TestStatus]) -> tuple[str, str]:
        """Effect: name and file text of the first form of `outcome`'s test that holds; ("", "") for none."""
        example = self.reproduction.examples.get(outcome.test.rpartition("::")[2])
        if example is None:
            return "", ""
        if example.kind is Kind.GIVEN:
            name, text = style.given(home, example)
            return (name, text) if text and self._holds(home.path, text, name, before) else ("", "")
        name = style.name(self.issue.title, home.text, example.expected)
        for form in style.forms(example, is_case=home.is_case):
            try:
                text = style.inserted(home, name, form)
            except SyntaxError:
                continue
            if self._holds(home.path, text, name, before):
                return name, text
        return "", ""

    def _holds(self, path: str, text: str, name: str, before: Mapping[str, TestStatus]) -> bool:
        """Effect: whether the test fails in the tree as it was and passes in the mended one, and no other of the file suffers."""
        try:
            self.workspace.write({path: text.encode()})
            failing = [o for o in self.tests.run([path]).outcomes if _called(o, name)]
            if not failing or any(o.ok or not o.collected for o in failing):
                return False
            self.workspace.write({c.path: c.after for c in self.changes})
            after = self.tests.run([path])
            mine = [o for o in after.outcomes if _called(o, name)]
            others = self._statuses(after)
            return bool(mine) and all(o.ok for o in mine) and all(others.get(t) is s for t, s in before.items())
        finally:
            self.workspace.reset()

    def _statuses(self, feedback: Feedback) -> dict[str, TestStatus]:
        return {o.test: o.status for o in feedback.outcomes if o.ok}

    def _texts(self) -> dict[str, str]:
        """The project's test files that can be read."""
        found = dict[str, str]()
        for path in self.workspace.paths:
            if is_test(path) and path.endswith(".py") and path not in self.reproduction.files() and _is_named(path):
                data = self.workspace.read(path)
                text = data.decode("utf-8", "replace") if len(data) <= _LARGEST else ""
                if text and "\r" not in text and "\ufffd" not in text and _parses(text):
                    found[path] = text
        return found


def _is_named(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test") or name.endswith("_test.py")


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _called(outcome: TestOutcome, name: str) -> bool:
    return outcome.test.rpartition("::")[2] == name or outcome.test.rpartition(".")[2] == name


def _with(solved: Solved, home: style.Home, name: str, text: str) -> Solved:
    change = Change(home.path, home.text.encode() or None, text.encode())
    changes = (*solved.changes, change)
    patch = unified(
        {c.path: c.before for c in changes if c.before is not None},
        {c.path: c.after for c in changes if c.after is not None},
    )
    made = solved.report.verification
    test = f"{home.path}::{name}"
    made = replace(made, failed_before=(*made.failed_before, test), passed_after=(*made.passed_after, test))
    files = tuple(c.path for c in changes)
    report = replace(solved.report, patch=patch, files=files, verification=made)
    return replace(solved, report=report, changes=changes, writes_test=True)


def _without(solved: Solved, why: str) -> Solved:
    return replace(solved, report=replace(solved.report, warnings=(*solved.report.warnings, _NONE + why)))
