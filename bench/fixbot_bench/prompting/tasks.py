"""Tasks on which versions of a prompt are compared: written bugs, small broken projects, or instances of a dataset."""

import json
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
from fixbot_bench.repairing import UNANSWERED, digest, find_cases, judged, solve
from fixbot_bench.running import Agent, work

BUILT_IN = "builtin"
_BUGS = Path(__file__).parents[2] / "bugs" / "open"  # in a checkout; a wheel holds no bugs

Report = Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to solve. `solve` has ``fixbot solve`` do it: options, seconds and a folder for what it says in, its report out.

    `judge` says whether the report's patch is right, and by what; None where nobody here can tell. `inputs` is what the task is.
    """

    name: str
    inputs: tuple[str, ...]
    solve: Callable[[Sequence[str], float, Path], Report]
    judge: Callable[[Report], tuple[bool | None, str]] | None = None


def read_tasks(source: str, repos: Path | None, solver: Sequence[str], count: int, seed: int, out: Path) -> list[Task]:
    """Effect: the tasks of `source`, `count` of them (0: all) drawn by `seed`; written bugs are laid out below `out`.

    `solver` is the command line of ``fixbot solve`` for projects that lie on this disk. Raises DatasetError.
    """
    chance, folder = random.Random(seed), _BUGS if source == BUILT_IN else Path(source)
    if source == BUILT_IN and not folder.is_dir():
        raise DatasetError(
            "the written bugs lie in fixbot's own repository, and this fixbot is not run from there",
            "name a folder with 'cases', as 'fixbot bench bugs' lays it out, or a dataset: --tasks",
        )
    if not folder.is_dir():
        return _instances(source, repos, count, chance)
    if (folder / "cases").is_dir():
        return [_case(folder, case, solver) for case in _drawn(find_cases(folder), count, chance)]
    bugs = [(project, bug) for project in read_projects(folder) for bug in project.bugs]
    made = []
    for project, bug in _drawn(bugs, count, chance):
        lay_out(project, bug, out)
        made.append(_case(out, out / "cases" / project.case(bug), solver))
    return made


def _drawn(of: Sequence[T], count: int, chance: random.Random) -> list[T]:
    shuffled = list(of)
    chance.shuffle(shuffled)
    return shuffled[: count or None]


def _case(folder: Path, case: Path, solver: Sequence[str]) -> Task:
    def solved(options: Sequence[str], seconds: float, out: Path) -> Report:
        return solve(case, seconds, (*solver, *options), out)

    def right(report: Report) -> tuple[bool | None, str]:
        verdict = judged(folder, case, report)
        return (None if verdict.how in UNANSWERED else verdict.correct), verdict.how

    parts = tuple(digest(folder / part / case.name) for part in ("cases", "fixed", "held_out"))
    return Task(case.name, (*solver, *parts), solved, right)


def _instances(source: str, repos: Path | None, count: int, chance: random.Random) -> list[Task]:
    chosen = _drawn(load_instances(source), count, chance)
    if repos is None:
        raise DatasetError("instances of a dataset need their repositories", "name their folder: --repos DIR")
    return [_instance(one, repos) for one in chosen]


def _instance(instance: Instance, repos: Path) -> Task:
    def solved(options: Sequence[str], seconds: float, out: Path) -> Report:
        work(instance, repos, Agent(options=tuple(options), seconds=seconds), environments(), out)
        try:
            report = json.loads((out / "report.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return report if isinstance(report, dict) else {}

    inputs = (instance.repo, instance.base_commit, instance.problem_statement)
    return Task(instance.instance_id, inputs, solved)
