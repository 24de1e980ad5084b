"""The ground that a solve stands on: repository, sandbox, interpreter, private copy, test runner, index."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fixbot_agent.settings import Settings
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_repair.checks.tests import Runner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.git import Repository
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.workspace import Workspace


class Standing(Protocol):
    """What a run is kept to stand on: files, their commit, an interpreter."""

    @property
    def repository(self) -> Repository:
        """Whose files they are."""
        ...

    @property
    def base(self) -> str:
        """The commit, "" where there is none."""
        ...

    @property
    def environment(self) -> Environment:
        """The interpreter."""
        ...

    @property
    def workspace(self) -> Workspace:
        """The private copy of the files."""
        ...

    @property
    def added(self) -> frozenset[str]:
        """Files of the copy that the project does not have."""
        ...


Extra = Callable[[Sequence[str]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that is opened once for a solve.

    `base` is the commit that the copy stands on, `added` are files of the copy that the project does not have; `cache` is the
    folder of what may be kept.
    """

    repository: Repository
    base: str
    sandbox: Sandbox
    environment: Environment
    workspace: Workspace
    tests: Runner
    index: Index
    added: frozenset[str] = frozenset()
    cache: Path | None = None

    @property
    def root(self) -> Path:
        """The repository's top folder."""
        return self.repository.top


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the ground is to be: the repository that holds `root`, at `base` ("" for the tree as it is now, `buffers` laid over it)."""

    root: Path
    base: str
    settings: Settings
    trusted: bool
    cache: Path
    buffers: Mapping[str, bytes] = field(default_factory=dict)


@contextlib.contextmanager
def opened(plot: Plot, extra: Extra, progress: Progress) -> Iterator[Ground]:
    """Effect: open the ground, and clear it away afterwards.

    `extra` is told the project's paths and gives files to lay beside them in the private copy.
    Raises GitError (no repository, no such base), Untrusted or SandboxError, EnvironmentFailure.
    """
    settings = plot.settings
    repository = Repository.open(plot.root)
    commit = repository.resolve(plot.base) if plot.base else repository.head
    sandbox = choose(settings.sandbox, plot.trusted, root=repository.top)
    environment = Environment.find(repository.top, Path(settings.python) if settings.python else None)
    paths = [f.path for f in repository.files(commit)] if plot.base else repository.tracked() + repository.untracked()
    added = extra(paths)
    overlay = {**plot.buffers, **added}
    with Workspace.create(repository.top, environment, sandbox, plot.base, overlay) as workspace:
        tests = runner(workspace, settings.test_cmd)
        with Index.open(workspace.path, plot.cache, progress=progress) as index:
            yield Ground(
                repository, commit, sandbox, environment, workspace, tests, index, frozenset(added), plot.cache
            )
