"""What covering a module stands on: what is wanted, a private copy of the project, what there is to reach and to call."""

import ast
import contextlib
import math
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from fixbot_agent.covering.foreign import Foreign, foreign
from fixbot_agent.covering.goals import Goals, goals
from fixbot_agent.covering.home import Home, home, mentioning
from fixbot_agent.covering.keys import Keys
from fixbot_agent.covering.layout import layout
from fixbot_agent.covering.leaving_out import Patterns
from fixbot_agent.covering.names import Names
from fixbot_agent.covering.targets import Target, targets
from fixbot_agent.errors import UsageFailure
from fixbot_analysis.ports import Progress, Silent
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.exercising import Exercise, Reached, Subject
from fixbot_repair.git import Repository
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import Workspace

_TRIAL = "test_fixbot_tries_pytest.py"
_MOST_TESTS = 12  # files of tests that are run first
_IMPORT, _SHORTEST, _LONGEST = (
    0.25,
    5.0,
    60.0,
)  # part of the time that an import may take, and its seconds at least and most


@dataclass(frozen=True, slots=True)
class Job:
    """What is wanted: `module` is a path in the repository that holds `root`; `target` a share; `sandbox` and `python` as settings have them.

    On the commit `base` ("" for the tree as it is now) with `overlay` laid over it; `attempts` are the most that the search makes (0: as many
    as there is time for).
    """

    root: Path
    module: str
    target: float = 0.9
    seconds: float = 120.0
    seed: int = 0
    sandbox: str = "auto"
    trusted: bool = False
    python: Path | None = None
    progress: Progress = field(default_factory=Silent)
    base: str = ""
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the work is done, and what there is to do; `tests` are files of tests that speak of the module.

    `imported` is what importing it reaches; `notes` are for the user.
    """

    job: Job
    began: float
    workspace: Workspace
    runner: TestRunner
    subject: Subject
    source: bytes
    goals: Goals
    targets: tuple[Target, ...]
    names: Names
    home: Home
    tests: tuple[str, ...]
    chance: random.Random
    keys: Keys
    foreign: Foreign
    imported: Reached = field(default_factory=Reached)
    notes: tuple[str, ...] = ()
    end: float = math.inf  # of all of it, also of what is done after the job's own time (:func:`time.monotonic`)

    def left(self, least: float) -> float:
        """Seconds to the end, `least` where that is over or near."""
        return max(least, self.end - time.monotonic())

    def until(self, part: float) -> float:
        """The end of a part of the time (:func:`time.monotonic`)."""
        return self.began + part * self.job.seconds

    def step(self, part: float) -> None:
        """Effect: tell which part of the work is done."""
        self.job.progress.step("covering", int(100 * part), 100)


@contextlib.contextmanager
def opened(job: Job) -> Iterator[Ground]:
    """Effect: make the private copy, and clear it away afterwards. Raises UsageFailure, EnvironmentFailure, SandboxError, GitError."""
    began = time.monotonic()
    repository = Repository.open(job.root)
    sandbox = choose(job.sandbox, job.trusted, root=repository.top)
    environment = Environment.find(repository.top, job.python)
    if not environment.pytest:
        raise EnvironmentFailure(
            f"{environment.python} has no pytest, which the tests are written for",
            "install pytest there, or name another interpreter with --python",
        )
    with Workspace.create(repository.top, environment, sandbox, job.base, job.overlay) as workspace:
        here = _imported(_ground(job, began, workspace))
        _try_pytest(here)
        yield here


def _imported(here: Ground) -> Ground:
    """Effect: import the module once, within bounds: what hangs there would hang wherever it is tried. Raises EnvironmentFailure."""
    if not here.goals.all:
        return here
    with Exercise(here.workspace, here.subject, here.subject.patience + _SHORTEST) as exercise:
        found = exercise.imported
    told = f"{here.subject.module} starts threads while it is imported; what waits for them is left alone."
    return replace(here, imported=found, notes=(told,) if found.threads else ())


def _try_pytest(here: Ground) -> None:
    """Effect: run one test that does nothing where the new ones will be. Raises EnvironmentFailure where even that does not pass.

    Also finds out how this project's tests want to be run.
    """
    path = str(PurePosixPath(here.home.path).parent / _TRIAL)
    here.workspace.write({path: b"def test_nothing():\n    pass\n"})
    try:
        done = here.runner.run([f"{path}::test_nothing"])
    finally:
        here.workspace.reset()
    if not done.passing:
        told = "; ".join([*(o.message for o in done.outcomes if o.message), *done.problems])
        raise EnvironmentFailure(
            f"pytest cannot run a test beside the project's: {told[:300]}",
            "install what is missing, or name another interpreter with --python",
        )


def _ground(job: Job, began: float, workspace: Workspace) -> Ground:
    source = workspace.original(job.module)
    if source is None or not job.module.endswith(".py") or is_test(job.module):
        raise UsageFailure(f"{job.module} is no module of the project", "name a file, relative to the repository's top")
    place = layout(workspace.paths, job.module)
    patterns = Patterns.read(lambda name: workspace.original(f"{place.base}/{name}") or workspace.original(name))
    try:
        found, tree = goals(source, patterns), ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise UsageFailure(f"{job.module} cannot be read: {error}", "name one that this Python can read") from error
    runner = TestRunner(workspace, workspace.environment, workspace.sandbox)
    tests = mentioning(workspace.paths, workspace.original, job.module, _MOST_TESTS)
    others = foreign(tree, place, job.module, workspace.paths, workspace.original)
    patience = min(_LONGEST, max(_SHORTEST, _IMPORT * job.seconds))
    subject = Subject(job.module, place.name, found.heads, tuple(found.ends.items()), place.top, patience)
    return Ground(
        job, began, workspace, runner, subject, source, found, targets(tree),
        Names.of(place.name, tree, others.lines), home(workspace.paths, workspace.original, job.module), tuple(tests), random.Random(job.seed),
        Keys.of(tree, workspace.root, workspace.paths, workspace.original), others,
    )  # fmt: skip
