"""The judge of test files, whoever wrote them: plain pytest under coverage.py, and pytest once more for each of the same mutants."""

import ast
import json
import os
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fixbot_bench.trying import rates
from fixbot_bench.trying.mutation import Mutant
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import choose
from fixbot_repair.slips import slips
from fixbot_repair.workspace import Workspace

_PATIENCE = 120.0  # seconds of one run of all tests
_REPORT = ".coverage.json"


@dataclass(frozen=True, slots=True)
class Judged:
    """Of one test file: tests that pass and fail as they are, shares of branches and of lines with branches, mutants noticed of those made."""

    passing: int = 0
    failing: int = 0
    branches: float = 0.0
    covered: float = 0.0
    noticed: int = 0
    mutants: int = 0
    lines: int = 0  # of the file

    def row(self) -> dict[str, object]:
        """The figures as they are printed."""
        return {
            "tests": self.passing, "failing": self.failing, "lines": self.lines, "branch_coverage": round(self.branches, 3),
            "coverage": round(self.covered, 3), "mutants_noticed": self.noticed, "mutants": self.mutants,
        }  # fmt: skip


def mutants(source: bytes, most: int, seed: int) -> list[Mutant]:
    """At most so many slips of a module, by chance, always the same of a seed; those that do not parse are left out."""
    found = []
    for slip in slips(source):
        try:
            ast.parse(slip.applied(source))
        except (SyntaxError, ValueError):
            continue
        found.append(Mutant(slip.name, slip.applied(source)))
    return random.Random(seed).sample(found, min(most, len(found)))


def judge(
    root: Path, module: str, text: str, made: Sequence[Mutant], python: Path, workers: int, name: str = "test_judged.py"
) -> Judged:
    """Effect: lay a file of tests beside the project at `root` (in a copy), run it, and hold it against the mutants.

    Tests that do not pass on the module as it is are taken out first, and counted.
    """
    if not text.strip():
        return Judged(mutants=len(made))
    environment = Environment.find(root, python)
    with Workspace.create(root, environment, choose("auto", trusted=True), overlay=_laid(name, text)) as workspace:
        place = workspace.path / name
        failing = _failing(workspace.path, python, name)
        text = _without(text, failing)
        workspace.write({name: text.encode()})
        count, branches, covered = _coverage(workspace.path, module, python, name)
        if not count:
            return Judged(0, len(failing), mutants=len(made))
        place.write_text(text)
    with Workspace.create(root, environment, choose("auto", trusted=True), overlay=_laid(name, text)) as workspace:
        _, survived = rates.plain(workspace, module, made, workers, python)
    noticed = survived.count(False)
    return Judged(count, len(failing), branches, covered, noticed, len(made), len(text.splitlines()))


def _laid(name: str, text: str) -> dict[str, bytes]:
    """The tests, and settings of pytest under which modules are found; the project's own count for neither tool."""
    return {name: text.encode(), "pytest.ini": b"[pytest]\npythonpath = . src lib\n"}


def _run(folder: Path, argv: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    try:
        return subprocess.run(argv, cwd=folder, env=kept, capture_output=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, b"", b"")


def _failing(folder: Path, python: Path, name: str) -> set[str]:
    """Names of the test functions that do not pass."""
    done = _run(folder, [str(python), "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", name])
    lines = [
        line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.startswith(("FAILED", "ERROR"))
    ]
    return {line.partition("::")[2].partition(" ")[0].partition("[")[0] for line in lines}


def _without(text: str, names: set[str]) -> str:
    """`text` without the functions of these names."""
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            lines[first - 1 : node.end_lineno] = [""] * ((node.end_lineno or first) - first + 1)
    return "\n".join(lines)


def _coverage(folder: Path, module: str, python: Path, name: str) -> tuple[int, float, float]:
    """How many tests pass, which share of branches they take, and of lines and branches together, as coverage.py counts."""
    argv = [str(python), "-m", "coverage", "run", "--branch", f"--include={module}", "-m", "pytest", "-q", name]
    done = _run(folder, [*argv, "-p", "no:cacheprovider"])
    said = done.stdout.decode("utf-8", "replace")
    passed = next(
        (int(w) for w, after in zip(said.split(), said.split()[1:], strict=False) if after.startswith("passed")), 0
    )
    if done.returncode != 0 or not passed:
        return 0, 0.0, 0.0
    _run(folder, [str(python), "-m", "coverage", "json", "-o", _REPORT])
    totals = json.loads((folder / _REPORT).read_text())["totals"]
    return passed, totals["covered_branches"] / max(totals["num_branches"], 1), totals["percent_covered"] / 100
