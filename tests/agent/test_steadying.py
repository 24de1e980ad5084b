"""What failed only once is no goal: asked again alone, it passes, and that is said."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from fixbot_agent.solving.proving.steadying import steady
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.workspace import Workspace

FILES = {
    "calc.py": "def double(n):\n    return n + 2\n",
    "test_calc.py": """\
from calc import double

ORDER = []

def test_first():
    ORDER.append(1)

def test_double():
    assert double(3) == 6

def test_by_chance():
    assert not ORDER
""",
}


class Never:
    """A runner that must not be asked."""

    def run(self, tests: Sequence[str], **_: object) -> Feedback:
        raise AssertionError(tests)


def project(top: Path) -> Path:
    for name, text in FILES.items():
        (top / name).write_text(text)
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for what in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
        subprocess.run(["git", *who, *what], cwd=top, check=True)
    return top.resolve()


def test_what_fails_once_and_passes_alone_is_no_goal(
    tmp_path: Path,
) -> None:
    top = project(tmp_path)
    here = Environment.find(top, Path(sys.executable))
    with Workspace.create(top, here, choose("auto", trusted=True)) as workspace:
        tests = runner(workspace)
        failing = tests.run().failing
        assert [test.partition("::")[2] for test in failing] == ["test_double", "test_by_chance"]
        assert steady(tests, failing, 60.0) == (
            failing[:1],
            ("test_calc.py::test_by_chance failed once and passes alone: no patch is held against it",),
        )


@pytest.mark.parametrize("tests", [(), tuple(f"t.py::test_{n}" for n in range(100))])
def test_nothing_and_far_too_many_are_not_asked_again(tests: tuple[str, ...]) -> None:
    assert steady(Never(), tests, 60.0) == (tests, ())  # type: ignore[arg-type]


def test_an_issue_is_not_held_against_what_failed_only_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fixbot_agent.cli", "solve", "-", "--no-model", "--json", "--timeout", "60"]
    said = "test_by_chance fails since today\n"
    done = subprocess.run(command, cwd=project(tmp_path), input=said, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["verification"]["failed_before"] == [], report
    assert any("test_by_chance failed once and passes alone" in warning for warning in report["warnings"])
