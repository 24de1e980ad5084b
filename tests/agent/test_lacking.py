"""Tests that lack a module or a plug-in are no fault of the project: they are left out of what is mended, and that is said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.solving.lacking import Lacking
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus

CODE = "def total(prices):\n    return sum(prices) + 1\n"
PLAIN = "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n    assert total([]) == 0\n    assert total([5]) == 5\n"
TIMED = "from shop import total\n\n\ndef test_speed(no_such_stopwatch):\n    assert no_such_stopwatch(total, [1]) == 1\n\n\ndef test_name():\n    assert total.__name__ == 'total'\n"


def solve(root: Path, files: dict[str, str]) -> tuple[int, dict[str, object]]:
    root.mkdir()
    for path, text in files.items():
        (root / path).write_text(text)
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for args in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "start"]):
        subprocess.run(["git", *args], cwd=root, check=True, capture_output=True)
    argv = [sys.executable, "-m", "fixbot_agent.cli", "solve", "--no-model", "--timeout", "600", "--json"]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_a_missing_fixture_is_left_out_and_the_fault_is_mended(tmp_path: Path) -> None:
    code, report = solve(tmp_path / "shop", {"shop.py": CODE, "test_shop.py": PLAIN, "test_speed.py": TIMED})
    assert (code, report["status"]) == (0, "plausible")
    assert report["verification"]["failed_before"] == ["test_shop.py::test_total"]  # type: ignore[index]
    said = [w for w in report["warnings"] if "no_such_stopwatch" in w and "--python" in w]  # type: ignore[attr-defined]
    assert said
    assert said[0].startswith("1 failing test is left out")


def test_where_nothing_else_fails_the_interpreter_is_asked_for(tmp_path: Path) -> None:
    files = {"shop.py": CODE, "test_speed.py": TIMED}
    code, report = solve(tmp_path / "shop", files)
    assert (code, report["status"]) == (1, "needs-info")
    assert "a fixture 'no_such_stopwatch'" in str(report["question"])


def outcome(message: str, frames: tuple[tuple[str, int, str], ...] = ()) -> TestOutcome:
    return TestOutcome("tests/test_a.py::test_it", TestStatus.ERROR, message=message, frames=frames)


@pytest.mark.parametrize(
    ("failed", "lacks"),
    [
        (outcome("ModuleNotFoundError: No module named 'requests'"), True),
        (outcome("ModuleNotFoundError: No module named 'shop.extra'"), False),  # its own: that may be the fault
        (outcome("fixture 'benchmark' not found"), True),
        (outcome("FixtureLookupError: ('benchmark', <FixtureRequest for <Function test_speed>>)"), True),
        (outcome("LookupError: fixture 'x' not found", (("shop.py", 3, "find"),)), False),  # the project says so itself
        (outcome("AssertionError: assert 1 == 2"), False),
    ],
)
def test_what_no_patch_can_bring(failed: TestOutcome, lacks: bool) -> None:
    assert bool(Lacking.of(Feedback(outcomes=(failed,)), ["shop.py"]).outcomes) is lacks
