"""A test that a model wrote itself: evidence where it failed before the patch and passes with it, and where nothing else shows the fault."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest

from fixbot_agent.cli.showing import show
from fixbot_agent.schemas import load
from fixbot_agent.solving.conversing.own_test import OwnTest, folded, shown
from fixbot_agent.solving.reporting.report import Report, Status, Verification
from fixbot_agent.tools import SCRATCH
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Oracle

PATCH = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"


@dataclass
class Copy:
    """Files that were changed, and tests whose outcome hangs on whether the patch is there."""

    files: dict[str, bytes] = field(default_factory=dict)
    paths: tuple[str, ...] = ("a.py",)

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def reset(self) -> None:
        self.files.clear()

    def write(self, files: dict[str, bytes]) -> None:
        self.files |= files

    def run(self, ids: Sequence[str]) -> Feedback:
        assert SCRATCH in self.files
        mended = TestStatus.PASSED if "a.py" in self.files else TestStatus.FAILED
        given = (("test_shows", mended), ("test_fine", TestStatus.PASSED), ("test_odd", TestStatus.FAILED))
        return Feedback(outcomes=tuple(TestOutcome(f"{SCRATCH}::{name}", status) for name, status in given))


@dataclass
class Ground:
    workspace: Copy

    @property
    def tests(self) -> Copy:
        return self.workspace


def test_what_failed_before_and_passes_now_is_evidence() -> None:
    ground: Any = Ground(Copy({"a.py": b"x = 2\n", SCRATCH: b"def test_shows(): ...\n"}))
    assert shown(ground) == OwnTest(b"def test_shows(): ...\n", ("test_shows",), ("test_odd",))
    assert folded(("test_a[1]", "test_a[2]", "test_b")) == "test_a (2 cases), test_b"


def test_without_a_test_of_its_own_nothing_is_run() -> None:
    ground: Any = Ground(Copy({"a.py": b"x = 2\n"}))
    assert shown(ground) is None
    assert ground.workspace.files == {"a.py": b"x = 2\n"}


def test_the_report_says_so_and_stays_unverified(capsys: pytest.CaptureFixture[str]) -> None:
    made = Verification(Oracle.NONE, tests_run=9, own_tests=("test_shows",))
    report = Report(Status.UNVERIFIED, 3, patch=PATCH, files=("a.py",), verification=made)
    show(report)
    assert (
        "9 tests run, none that passed before fails; only the model's own test (own_test.py of the run), which failed before and passes now, shows"
        in capsys.readouterr().err
    )
    told = {"schema": 1, **report.to_json()}
    jsonschema.validate(told, load("solve"))
    assert told["verification"]["own_tests"] == ["test_shows"]  # type: ignore[call-overload, index]
