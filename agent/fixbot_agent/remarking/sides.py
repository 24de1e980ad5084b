"""Tests on both sides of a change: each in a private copy, contained, in the project's own interpreter."""

import contextlib
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixbot_agent.remarking.forms import looks_at_text
from fixbot_agent.reviewing import Change
from fixbot_agent.solving.ground import Ground
from fixbot_analysis.graph.reach import is_test
from fixbot_repair import confined
from fixbot_repair.checks import TestOutcome, TestStatus
from fixbot_repair.checks.tests import TestRunner, runner
from fixbot_repair.errors import RepairError
from fixbot_repair.workspace import Workspace, built

_NAME = "test_fixbot_review.py"
_SECONDS = 20.0  # of one test
_ALL = 60.0  # of one file on one side
_MOST = 300.0  # seconds that all tests of a review may take
_ELSEWHERE = re.compile(r"was loaded from .*, not from the workspace")
_TEXT = "it looks at the text of the code, which any change changes, not at what it does"
_BAD = (TestStatus.FAILED, TestStatus.ERROR, TestStatus.TIMEOUT)


@dataclass(frozen=True, slots=True)
class Side:
    """How a test file ended on one side. `loaded` are files of the project that it loaded; `problem` says why nothing can be told of it."""

    outcomes: tuple[TestOutcome, ...] = ()
    loaded: frozenset[str] = frozenset()
    problem: str = ""

    @property
    def failing(self) -> tuple[TestOutcome, ...]:
        """Tests that failed, whole files that could not be collected among them."""
        return tuple(o for o in self.outcomes if o.status in _BAD)

    @property
    def passed(self) -> bool:
        """Whether a test ran and none failed."""
        return not self.failing and any(o.ok and "::" in o.test for o in self.outcomes)

    def is_like(self, other: "Side") -> bool:
        """Whether each test ended in the same way."""
        return {o.test: o.status for o in self.outcomes} == {o.test: o.status for o in other.outcomes}


@dataclass(frozen=True, slots=True)
class Trial:
    """A test file on both sides."""

    before: Side
    after: Side

    @property
    def problem(self) -> str:
        """Why nothing can be told of it."""
        return self.after.problem or self.before.problem


@dataclass(slots=True)
class Sides:
    """Both sides of `change`: `head` is opened, the base is when it is first asked for. A context manager that clears that away."""

    change: Change
    head: Ground
    test_cmd: Sequence[str] = ()  # the project's own, empty to find out
    _base: Workspace | None = None
    _spent: float = 0.0
    _trials: dict[tuple[str, str], Trial] = field(default_factory=dict)
    _ends: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> "Sides":
        return self

    def __exit__(self, *exc: object) -> None:
        self._ends.close()

    @property
    def why_not(self) -> str:
        """Why no test can be run; "" where they can."""
        if not isinstance(self.head.tests, TestRunner):
            return "the project's tests are run by a command of its own"
        return ""

    @property
    def kind(self) -> str:
        """What runs the tests."""
        return "pytest" if self.head.environment.pytest else "unittest"

    def tried(self, code: str, beside: str = "") -> Trial:
        """Effect: run a test file on both sides, in the folder of the test file `beside`. Its problem says where that cannot be; one that ran is not run again."""
        if (code, beside) not in self._trials:
            self._trials[code, beside] = self._ran(code, beside)
        return self._trials[code, beside]

    def confirmed(self, code: str, beside: str = "") -> Trial:
        """Effect: the same; where it tells the sides apart it is run once more on both: what ends now so, now so tells nothing."""
        first = self.tried(code, beside)
        if first.problem or not first.after.failing or first.before.failing:
            return first
        again = self._ran(code, beside)
        if again.problem or (first.before.is_like(again.before) and first.after.is_like(again.after)):
            return again
        return Trial(Side(), Side(problem="it ends now so, now so, on the very same files"))

    def _ran(self, code: str, beside: str) -> Trial:
        if looks_at_text(code, self.change.after):
            return Trial(Side(), Side(problem=_TEXT))
        if self._spent > _MOST:
            return Trial(Side(), Side(problem=f"tests have taken {self._spent:.0f} s in all, more than they may"))
        began = time.monotonic()
        try:
            path = self._path(beside)
            with ThreadPoolExecutor(1) as beside_us:
                before = beside_us.submit(lambda: self._once(self._before(), path, code))
                try:
                    after = self._once(self.head.workspace, path, code)
                    return Trial(before.result(), after)
                except (KeyboardInterrupt, SystemExit):  # whoever ends us does not wait for the other side
                    self._over()
                    raise
        except RepairError as error:
            return Trial(Side(), Side(problem=error.message))
        finally:
            self._spent += time.monotonic() - began

    def _over(self) -> None:
        """Effect: end what runs on either side, for good."""
        for workspace in (self.head.workspace, self._base):
            if workspace is not None:
                workspace.over.set()

    def _path(self, beside: str) -> str:
        if not beside:
            return _NAME
        confined.check(beside)
        folder = PurePosixPath(beside).parent
        there = beside in self.head.workspace.paths and (is_test(beside) or beside.endswith("conftest.py"))
        return str(folder / _NAME) if there else _NAME

    def _before(self) -> Workspace:
        if self._base is None:
            ground = self.head
            overlay = built_files(ground)
            made = Workspace.create(ground.root, ground.environment, ground.sandbox, self.change.base, overlay)
            self._base = self._ends.enter_context(made)
        return self._base

    def _once(self, workspace: Workspace, path: str, code: str) -> Side:
        """Effect: write the file, run it, and take it away again."""
        workspace.write({path: code.encode("utf-8", "replace")})
        tests = runner(workspace, self.test_cmd)
        try:
            until = time.monotonic() + _ALL
            feedback = tests.run([path], per_test_seconds=_SECONDS, until=until, output=(path,))
        finally:
            workspace.reset()
        if elsewhere := next((p for p in feedback.problems if _ELSEWHERE.search(p)), ""):
            return Side(problem=elsewhere)
        if feedback.unrun:
            return Side(problem=f"it takes longer than {_ALL:.0f} s")
        return Side(_of_tests(feedback.outcomes), frozenset(tests.loaded))


def built_files(ground: Ground) -> dict[str, bytes]:
    """Effect: reads what a build left in the project's tree, ignored by git, and no test can do without."""
    return {path: confined.read(ground.root, path) for path in built(ground.repository)}


def _of_tests(outcomes: Sequence[TestOutcome]) -> tuple[TestOutcome, ...]:
    """Those of tests, and of files that could not be collected."""
    return tuple(o for o in outcomes if "::" in o.test or not o.ok)
