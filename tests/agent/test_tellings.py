"""How people tell faults: issues in many wordings over small made-up packages, each with what a careful reader takes as the goal.

A goal is right when it fails with the fault, for the reason told, passes without it, and fails when something else is wrong there.
"""

import functools
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixbot_agent.solving.reproducing.reproduction import Reproduction
from fixbot_agent.solving.reproducing.writing import written
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue
from fixbot_repair.issue_reader import read

HOME = Path(__file__).parent / "tellings"
PACKAGES = sorted(path.stem for path in HOME.glob("*.md"))
RUN = """\
import json, os, sys, traceback, unittest
class Result(unittest.TestResult):
    def told(self, test, status, said="", frames=()):
        print(json.dumps([type(test).__module__, test.id().rsplit(".", 1)[1], status, said, frames]), flush=True)
    def addFailure(self, test, error):
        here = [(os.path.relpath(f.filename), f.lineno, f.name) for f in traceback.extract_tb(error[2])]
        frames = [f for f in here if not f[0].startswith("..") and "<" not in f[0]]
        self.told(test, "failed", f"{error[0].__name__}: {error[1]}", frames)
    addError = addFailure
    def addSkip(self, test, why): self.told(test, "skipped", why)
    def addSuccess(self, test): self.told(test, "passed")
unittest.defaultTestLoader.discover("tests", "test_fixbot_*.py").run(Result())
"""


@dataclass(frozen=True)
class Telling:
    """One issue: its name, whether there is a goal in it that is found ("missed": one that is not), its text."""

    name: str
    is_held: bool
    text: str


def read_package(name: str) -> tuple[dict[str, str], list[Telling]]:
    """The files of a package, with all their versions, and the issues about it."""
    parts = re.split(r"^(?=@@ |## [\w-]+ \()", (HOME / f"{name}.md").read_text(), flags=re.MULTILINE)
    files, tellings = {}, []
    for part in filter(None, parts):
        head, _, body = part.partition("\n")
        if head.startswith("@@ "):
            files[head[3:]] = body
        else:
            tellings.append(Telling(head.split()[1], head.endswith("(held)"), body))
    return files, tellings


def version(text: str, which: str) -> str:
    """`text` as "faulty", "fixed" or "wrong": lines marked for a version take the place of the line above them."""
    lines: list[str] = []
    is_first, width = True, 0
    for line in text.splitlines():
        found = re.match(r"( *)#(fixed|wrong): (.*)", line)
        if found is None:
            lines.append(line)
            is_first = True
        elif found[2] == which:
            width = len(lines[-1]) - len(lines[-1].lstrip()) if is_first else width
            lines[-1:] = [" " * width + found[3]] if is_first else [lines[-1], " " * width + found[3]]
            is_first = False
    return "\n".join(lines) + "\n"


def outcomes(files: dict[str, str], which: str, made: dict[str, Reproduction | None]) -> dict[str, Feedback]:
    """What the tests of each issue say with this version of the package."""
    with tempfile.TemporaryDirectory() as folder:
        texts = {path: version(text, which) for path, text in files.items()}
        for one in made.values():
            texts |= one.files() if one else {}
        for path, text in texts.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_text(text)
        command = [sys.executable, "-B", "-c", RUN]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=True, env={"PYTHONPATH": folder}
        )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('["')]
    return {name: Feedback(outcomes=tuple(_outcomes(one, rows))) for name, one in made.items() if one}


def _outcomes(made: Reproduction, rows: list[tuple[str, str, str, str, list[list[str]]]]) -> Iterator[TestOutcome]:
    for module, test, status, said, frames in rows:
        if module.rpartition(".")[2] == Path(made.path).stem:
            places = tuple((str(path), int(line), str(name)) for path, line, name in frames)
            yield TestOutcome(f"{made.path}::TestIssue::{test}", TestStatus(status), message=said, frames=places)


@dataclass(frozen=True)
class Judged:
    """What came of one issue: ids of its goals, and of those that the fixed and the wrong version pass."""

    issue: Issue
    goals: tuple[str, ...]
    fixed: tuple[str, ...]
    wrong: tuple[str, ...]
    said: str


@functools.cache
def judged(package: str) -> dict[str, Judged]:
    files, tellings = read_package(package)
    issues = {one.name: read(one.text) for one in tellings}
    faulty = {path: version(text, "faulty") for path, text in files.items()}
    made = {name: written(issue, list(files), lambda path: faulty[path].encode()) for name, issue in issues.items()}
    before, after, other = (outcomes(files, which, made) for which in ("faulty", "fixed", "wrong"))
    found = {}
    for name, issue in issues.items():
        one = made[name]
        goals = one.proven(before[name], issue) if one else ()
        passed, passed_wrong = ((when[name].passing if one else ()) for when in (after, other))
        said = "\n".join(str((o.test, o.status, o.message)) for o in before[name].outcomes) if one else "nothing"
        found[name] = Judged(issue, goals, tuple(passed), tuple(passed_wrong), said)
    return found


CASES = [(package, one.name) for package in PACKAGES for one in read_package(package)[1]]


@pytest.mark.parametrize(("package", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_what_a_careful_reader_takes_as_the_goal(package: str, name: str) -> None:
    telling = next(one for one in read_package(package)[1] if one.name == name)
    came = judged(package)[name]
    assert bool(came.goals) == telling.is_held, came.said
    assert set(came.goals) <= set(came.fixed), came.said
    ends = ("test_example_", "test_crash_")  # that a call merely ends is all that is told: what it then gives is open
    assert not {goal for goal in came.goals if not any(e in goal for e in ends)} & set(came.wrong), came.said
