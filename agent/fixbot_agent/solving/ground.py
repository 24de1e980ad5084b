"""The ground that a solve stands on: repository, sandbox, interpreter, private copy, test runner, index."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.settings import Places, Settings
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_repair.checks.tests import Runner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.git import Repository
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that is opened once for a solve. `base` is the commit that the copy stands on."""

    repository: Repository
    base: str
    sandbox: Sandbox
    environment: Environment
    workspace: Workspace
    tests: Runner
    index: Index

    @property
    def root(self) -> Path:
        """The repository's top folder."""
        return self.repository.top


@contextlib.contextmanager
def opened(
    root: Path, base: str, settings: Settings, trusted: bool, places: Places, progress: Progress
) -> Iterator[Ground]:
    """Effect: open the ground for the repository that holds `root`, and clear it away afterwards.

    Raises GitError (no repository, no such base), Untrusted or SandboxError, EnvironmentFailure.
    """
    repository = Repository.open(root)
    commit = repository.resolve(base) if base else repository.head
    sandbox = choose(settings.sandbox, trusted)
    environment = Environment.find(repository.top, Path(settings.python) if settings.python else None)
    with Workspace.create(repository.top, environment, sandbox, base) as workspace:
        tests = runner(workspace, settings.test_cmd)
        with Index.open(workspace.path, places.index, progress=progress) as index:
            yield Ground(repository, commit, sandbox, environment, workspace, tests, index)
