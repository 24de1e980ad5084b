"""The project's tests, run in its own interpreter inside the sandbox, one believed result per test."""

import contextlib
import dataclasses
import json
import math
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from fixbot_repair.checks.command import CommandRunner, is_pytest
from fixbot_repair.checks.finding import Feedback
from fixbot_repair.checks.guest_report import GuestReport, Pipe
from fixbot_repair.checks.tally import Tally, tail, why
from fixbot_repair.checks.texts import text
from fixbot_repair.environment import Environment, needs_pytest
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.sandbox import Completed, Limits, Sandbox
from fixbot_repair.workspace import GUEST, Workspace

COLLECT_SECONDS = 120.0
_MOST_SECONDS = 3600.0
_LEAST_SECONDS = 0.1
_MOST_PROCESSES = 25  # a test that ends its process costs one more
# What decides which tests run and how: taken from the start state whatever a candidate made of it.
_SETTINGS = ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pytest.toml", ".pytest.toml", "sitecustomize.py")


class Runner(Protocol):
    """What runs tests: :class:`TestRunner`, or a command of the project's own."""

    loaded: frozenset[str]

    def collect(self) -> tuple[str, ...]:
        """Effect: return the ids of all tests. Raises EnvironmentFailure when not one can be collected."""
        ...

    def run(
        self,
        ids: Sequence[str] | None = None,
        *,
        trace: bool = False,
        per_test_seconds: float = 60.0,
        fail_fast: bool = False,
        until: float = math.inf,
        output: Sequence[str] = (),
    ) -> Feedback:
        """Effect: run these tests, or all of them; one outcome for each that there was time for until then (:func:`time.monotonic`)."""
        ...


# Django's runner makes settings and databases that neither pytest nor unittest has by itself.
_DJANGO = ("python", "manage.py", "test", "--verbosity", "2", "--noinput", "{tests}")
_SETTINGS_OF_DJANGO = "DJANGO_SETTINGS_MODULE"
_FOR_PYTEST = ("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", "conftest.py")


def runner(workspace: Workspace, command: Sequence[str] = ()) -> Runner:
    """Effect: return what runs the project's tests; `command` is the project's own, empty to find out."""
    command = command or (_DJANGO if _is_for_django(workspace.path) else ())
    if command and not is_pytest(command):
        return CommandRunner(workspace, workspace.sandbox, command)
    arguments = [w for w in command if w not in ("python", "python3", "-m", "pytest", "py.test")]
    return TestRunner(workspace, workspace.environment, workspace.sandbox, arguments)


def _is_for_django(root: Path) -> bool:
    """Whether the tests want Django's runner: there is a manage.py, and pytest is not told of the settings."""
    told = [name for name in ("manage.py", *_FOR_PYTEST) if _SETTINGS_OF_DJANGO in text(root / name)]
    return told == ["manage.py"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One process of the guest."""

    ids: tuple[str, ...] | None
    collect: bool = False
    trace: bool = False
    seconds: float = 60.0
    fail_fast: bool = False
    until: float = math.inf
    output: tuple[str, ...] = ()
    debug: Mapping[str, object] | None = None


class TestRunner:
    """Runs the tests of a workspace. `loaded` are the project's files that runs so far loaded from the workspace.

    `arguments` are further ones for pytest. Exit codes, printed summaries and report files are never believed.
    """

    __test__ = False

    def __init__(
        self, workspace: Workspace, environment: Environment, sandbox: Sandbox, arguments: Sequence[str] = ()
    ) -> None:
        self.workspace = workspace
        self.environment = environment
        self.sandbox = sandbox
        self.loaded: frozenset[str] = frozenset()
        self._arguments = list(arguments)
        self._autoload = False
        self._drop_addopts = False
        self._said: list[str] = []
        if not environment.pytest and needs_pytest(workspace.path):
            raise EnvironmentFailure(
                f"the tests are written for pytest, which {environment.python} does not have",
                "install pytest there, or name another interpreter with --python",
            )

    def collect(self) -> tuple[str, ...]:
        """Effect: return the ids of all tests, in the order in which they would run; () when there are none.

        Raises EnvironmentFailure when not one can be collected because of errors.
        """
        with self._pinned():
            report, completed = self._first(_Plan(None, collect=True))
        if report.collected is None or (not report.collected and report.uncollected):
            raise EnvironmentFailure(
                "no test can be collected: " + why(report, completed), "run the tests by hand once"
            )
        return report.collected

    def run(
        self,
        ids: Sequence[str] | None = None,
        *,
        trace: bool = False,
        per_test_seconds: float = 60.0,
        fail_fast: bool = False,
        until: float = math.inf,
        output: Sequence[str] = (),
    ) -> Feedback:
        """Effect: run these tests (all of them when None) in their own order; one outcome for each.

        An id without ``::`` is a whole file, one of a class or of a function with parameters is all that these hold: they have no
        outcome of their own. One that was asked for and cannot be found is an ERROR. With `trace` each
        outcome says which lines ran. A test that hangs, or ends its process, is TIMEOUT or ERROR, and the others run in
        a new process. `fail_fast` stops at the first failure. At `until` (:func:`time.monotonic`) all ends: what has not come to
        its end has no outcome, and is counted (`unrun`). With `output` (paths of test files) outcomes of those files, and of tests that fail,
        say what was printed.
        """
        wanted = None if ids is None else tuple(dict.fromkeys(ids))
        if wanted == ():
            return Feedback()
        plan = _Plan(
            wanted, trace=trace, seconds=per_test_seconds, fail_fast=fail_fast, until=until, output=tuple(output)
        )
        with self._pinned() as pinned:
            tally = Tally(wanted, fail_fast, until)
            tally.add(*self._first(plan))
            for _ in range(_MOST_PROCESSES):
                if not tally.remaining:
                    break
                tally.add(*self._process(dataclasses.replace(plan, ids=tally.remaining)))
        problems = dict.fromkeys([*pinned, *tally.problems(), *self._said, *self._elsewhere(tally.outside)])
        return Feedback(outcomes=tally.outcomes(), problems=tuple(problems), unrun=tally.unrun)

    def debugged(self, test: str, debug: Mapping[str, object], seconds: float) -> tuple[GuestReport, Feedback]:
        """Effect: run one test under the guest's debugger, told what to look at; what it said, and how the test ended."""
        with self._pinned() as pinned:
            report, completed = self._first(_Plan((test,), seconds=seconds, debug=debug))
        tally = Tally((test,), fail_fast=True)
        tally.add(report, completed)
        return report, Feedback(outcomes=tally.outcomes(), problems=(*pinned, *tally.problems()))

    def _first(self, plan: _Plan) -> tuple[GuestReport, Completed]:
        """The first process; when it asks for plug-ins or cannot read the settings, once more with what it asks for."""
        report, completed = self._process(plan)
        usage = _is_usage_error(report)
        if (usage or report.needs) and not self._autoload and self._has_plugins():
            self._autoload = True
            what = ", ".join(report.needs) or "an option that only a plug-in knows"
            self._said.append(f"pytest plug-ins of the environment were loaded: the tests ask for {what}")
            report, completed = self._process(plan)
            usage = _is_usage_error(report)
        if usage and not self._drop_addopts:
            self._drop_addopts = True
            self._said.append(f"the project's addopts were left out: {tail(completed)}")
            report, completed = self._process(plan)
        return report, completed

    def _has_plugins(self) -> bool:
        """Whether the environment has pytest plug-ins of its own."""
        for folder in self.environment.site:
            for entry in folder.glob("*.dist-info/entry_points.txt"):
                if "[pytest11]" in entry.read_text(encoding="utf-8", errors="replace"):
                    return True
        return False

    def _process(self, plan: _Plan) -> tuple[GuestReport, Completed]:
        """Effect: run one guest to its end."""
        word = secrets.token_hex(8)
        count = len(plan.ids) if plan.ids is not None else 10_000
        seconds = min(_MOST_SECONDS, 2 * COLLECT_SECONDS + count * plan.seconds * 2)
        seconds = max(_LEAST_SECONDS, min(seconds, plan.until - time.monotonic()))
        with Pipe() as pipe:
            policy = self.workspace.policy(Limits(wall_seconds=seconds, cpu_seconds=math.ceil(seconds)))
            policy = dataclasses.replace(policy, fds=(pipe.write_end,))
            config = self._config(plan, word, pipe.write_end, str(self.sandbox.where(policy)))
            argv = [str(self.environment.python), "-B", str(GUEST / "start.py")]
            completed = self.sandbox.run(argv, policy, stdin=json.dumps(config).encode())
            report = GuestReport.read(pipe.finish(), word)
        self.loaded |= report.inside
        return report, completed

    def guest_options(self) -> dict[str, object]:
        """How this project's tests are to be run, as far as runs so far have found out; the guest's words for it."""
        return {
            "runner": "pytest" if self.environment.pytest else "unittest",
            "autoload": self._autoload,
            "drop_addopts": self._drop_addopts,
            "arguments": self._arguments,
        }

    def _config(self, plan: _Plan, word: str, descriptor: int, seen_at: str) -> dict[str, object]:
        files = None if plan.ids is None else list(dict.fromkeys(i.partition("::")[0] for i in plan.ids))
        present = [f for f in files or [] if (self.workspace.path / f).exists()]
        return {
            **self.guest_options(),
            "descriptor": descriptor,
            "word": word,
            "root": seen_at,
            "original": str(self.workspace.root),
            "files": present,
            "ids": plan.ids if plan.ids is None else list(plan.ids),
            "collect": plan.collect,
            "trace": plan.trace,
            "seconds": plan.seconds,
            "collect_seconds": COLLECT_SECONDS,
            "fail_fast": plan.fail_fast,
            "output": list(plan.output),
            "debug": plan.debug,
        }

    @contextlib.contextmanager
    def _pinned(self) -> Iterator[list[str]]:
        """For the time of a run, conftest files and test settings are those of the start state."""
        changed = [p for p in self.workspace.changed() if _is_setting(p)]
        now = {p: self._content(p) for p in changed}
        self.workspace.restore(frozenset(changed))
        try:
            yield [f"{p} was changed: the tests ran with it as it was at the start" for p in sorted(changed)]
        finally:
            if now:
                self.workspace.write(now)

    def _content(self, path: str) -> bytes | None:
        return self.workspace.read(path) if (self.workspace.path / path).is_file() else None

    def _elsewhere(self, outside: dict[str, str]) -> Iterator[str]:
        """Modules of the project that were loaded from somewhere else: what is tried there is not what runs."""
        for name, place in sorted(outside.items()):
            for folder in ("", "src/", "lib/"):
                here = self.workspace.path / f"{folder}{name}"
                if (here / "__init__.py").is_file() or here.with_name(f"{name}.py").is_file():
                    yield f"{name} was loaded from {place}, not from the workspace: install the project editable"
                    break


def _is_usage_error(report: GuestReport) -> bool:
    """Whether pytest did not understand its options; a conftest.py that cannot be loaded ends it in the same way."""
    return report.collected is None and report.ended and report.code == 4 and not report.uncollected


def _is_setting(path: str) -> bool:
    name = PurePosixPath(path).name
    return name == "conftest.py" or path in _SETTINGS
