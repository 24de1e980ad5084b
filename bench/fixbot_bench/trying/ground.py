"""What measuring trials stands on: the project's workspace, its runner, the module under trial."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_bench.errors import DatasetError
from fixbot_bench.trying.rates import Cost
from fixbot_repair.checks.tests import Runner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ground:
    """A project that trials are made of; `source` is the module's content."""

    workspace: Workspace
    runner: Runner
    python: Path
    source: bytes


@contextlib.contextmanager
def ground(project: Path, module: str, python: Path | None) -> Iterator[Ground]:
    """Effect: a workspace of `project`, gone at the end. Raises DatasetError where it has no such module."""
    environment = Environment.find(project, python)
    with Workspace.create(project, environment, choose("auto", trusted=True)) as workspace:
        source = workspace.original(module)
        if source is None:
            raise DatasetError(f"{project} holds no {module}", "name a file relative to the repository's top")
        yield Ground(workspace, runner(workspace), environment.python, source)


def shown(ours: Cost, theirs: Cost) -> dict[str, float]:
    """How many times as many trials we make, by wall time and by CPU time."""
    wall = ours.count / ours.wall / (theirs.count / theirs.wall)
    cpu = ours.count / max(ours.cpu, 1e-9) / (theirs.count / max(theirs.cpu, 1e-9))
    return {"wall": round(wall, 1), "cpu": round(cpu, 1)}
