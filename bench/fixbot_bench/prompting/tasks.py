"""Tasks on which versions of a prompt are compared: written bugs, small broken projects, or instances of a dataset."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fixbot_bench.bugs import lay_out, read_projects
from fixbot_bench.dataset import load_instances
from fixbot_bench.errors import DatasetError
from fixbot_bench.grading.environment import environments
from fixbot_bench.instance import Instance
from fixbot_bench.prompting.solving import Caller, laid_out, read_report, solved
from fixbot_bench.repairing import UNANSWERED, digest, find_cases, judged
from fixbot_bench.running import Agent, work

BUILT_IN = "builtin"
_BUGS = Path(__file__).parents[2] / "bugs" / "open"  # in a checkout; a wheel holds no bugs

Report = Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to solve. `solve` has ``fixbot solve`` do it: options, seconds and a folder for what it says in, its report out.

    `judge` says whether the report's patch is right, and by what; None where nobody here can tell. `inputs` is what the task is.
    `stays`: its project stays where it was solved, so that runs can be gone through again.
    """

    name: str
    inputs: tuple[str, ...]
    solve: Callable[[Sequence[str], float, Path], Report]
    judge: Callable[[Report], tuple[bool | None, str]] | None = None
    stays: bool = True


@dataclass(frozen=True, slots=True)
class Solver:
    """How tasks are solved: the command line of ``fixbot solve`` for projects on this disk, and where their runs are kept."""

    argv: tuple[str, ...]
    runs: Path


def read_tasks(source: str, repos: Path | None, solver: Solver, count: int, seed: int, out: Path) -> list[Task]:
    """Effect: the tasks of `source`, `count` of them (0: all) drawn by `seed`; projects are laid out below `out`. Raises DatasetError."""
    chance, folder = random.Random(seed), _BUGS if source == BUILT_IN else Path(source)
    if source == BUILT_IN and not folder.is_dir():
        raise DatasetError(
            "the written bugs lie in fixbot's own repository, and this fixbot is not run from there",
            "name a folder with 'cases', as 'fixbot bench bugs' lays it out, or a dataset: --tasks",
        )
    if not folder.is_dir():
        return _instances(source, repos, count, chance, Caller(solver.runs))
    if (folder / "cases").is_dir():
        return [_case(folder, case, solver, out) for case in _drawn(find_cases(folder), count, chance)]
    bugs = [(project, bug) for project in read_projects(folder) for bug in project.bugs]
    made = []
    for project, bug in _drawn(bugs, count, chance):
        lay_out(project, bug, out)
        made.append(_case(out, out / "cases" / project.case(bug), solver, out))
    return made


def _drawn(of: Sequence[T], count: int, chance: random.Random) -> list[T]:
    shuffled = list(of)
    chance.shuffle(shuffled)
    return shuffled[: count or None]


def _case(folder: Path, case: Path, solver: Solver, out: Path) -> Task:
    def solve(options: Sequence[str], seconds: float, said: Path) -> Report:
        project = laid_out(case, out / "projects")
        return solved(project, (*solver.argv, *options), seconds, said, Caller(solver.runs))

    def right(report: Report) -> tuple[bool | None, str]:
        verdict = judged(folder, case, report)
        return (None if verdict.how in UNANSWERED else verdict.correct), verdict.how

    parts = tuple(digest(folder / part / case.name) for part in ("cases", "fixed", "held_out"))
    return Task(case.name, (*solver.argv, *parts), solve, right)


def _instances(source: str, repos: Path | None, count: int, chance: random.Random, caller: Caller) -> list[Task]:
    chosen = _drawn(load_instances(source), count, chance)
    if repos is None:
        raise DatasetError("instances of a dataset need their repositories", "name their folder: --repos DIR")
    return [_instance(one, repos, caller) for one in chosen]


def _instance(instance: Instance, repos: Path, caller: Caller) -> Task:
    def solve(options: Sequence[str], seconds: float, out: Path) -> Report:
        agent = Agent(options=tuple(options), seconds=seconds, call=caller.call)
        work(instance, repos, agent, environments(), out)
        return read_report(out)

    inputs = (instance.repo, instance.base_commit, instance.problem_statement)
    return Task(instance.instance_id, inputs, solve, stays=False)
