"""One round, in the order in which it happens: the tools on what was saved, the tests that see it, a fix of what fails."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fixbot_agent.reviewing.scope import changed_paths
from fixbot_agent.reviewing.testing import Bed, impacted
from fixbot_agent.runs import Run
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Loaded, Places, load
from fixbot_agent.solving.delivering.placing import Wish, place
from fixbot_agent.solving.job import Job
from fixbot_agent.solving.proving.taking_back import Since
from fixbot_agent.solving.solver import solve
from fixbot_agent.watching.events import (
    Broken,
    Checked,
    Ended,
    Event,
    Failed,
    Request,
    Searching,
    Solved,
    Stepped,
    Tested,
)
from fixbot_analysis.errors import FixbotError
from fixbot_repair import checks
from fixbot_repair.checks import Finding, TestOutcome
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure, GitError, Untrusted
from fixbot_repair.git import Repository

_EXIT_ENVIRONMENT, _EXIT_UNTRUSTED = 6, 7
_LONGEST, _MOST = 200, 1000  # characters of what a failing test says: its first line, and the rest
_BETWEEN = 1.0  # seconds between two steps that are told


def play(request: Request, tell: Callable[[Event], None]) -> None:
    """Effect: run the round and `tell` what comes of it; nothing of the project is written. The last event is Ended or Failed."""
    began = time.monotonic()
    try:
        _Round(request, tell).play()
    except FixbotError as error:
        tell(Failed(error.message, error.hint, _code(error), error.kind))
    else:
        tell(Ended(round(time.monotonic() - began, 3)))


class _Round:
    def __init__(self, request: Request, tell: Callable[[Event], None]) -> None:
        self._request, self._tell = request, tell
        self._top = _top(Path(request.root))
        self._loaded: Loaded = load(Path(request.root), trust=request.trust)
        self._buffers = _below(self._top, Path(request.root), request.buffers)
        self._paths = tuple(_below(self._top, Path(request.root), dict.fromkeys(request.paths, "")))
        self._steps = _Steps(tell)

    def play(self) -> None:
        environment = self._environment()
        if self._request.tools:
            self._check(environment)
        failing = self._test(environment) if self._request.tests else ()
        if failing:
            self._tell(Searching(failing))
            self._tell(Solved(self._solve(failing), str(self._top)))

    def _environment(self) -> Environment | None:
        try:
            return Environment.find(self._top)
        except EnvironmentFailure:
            return None  # fixbot's own Python compiles; whether tests can be run is said there

    def _check(self, environment: Environment | None) -> None:
        there = [p for p in self._paths if p in self._buffers or (self._top / p).is_file()]
        overlay = {p: self._buffers[p] for p in there if p in self._buffers}
        feedback = checks.run(
            self._top,
            there,
            only=self._request.tools,
            overlay=overlay,
            environment=environment,
            trusted=self._loaded.trusted,
        )
        self._tell(Checked(self._back(feedback.findings), feedback.problems))

    def _test(self, environment: Environment | None) -> tuple[str, ...]:
        """Effect: run the tests that see what was saved; returns the ids of those that a fix is to be looked for. Raises GitError without a repository."""
        Repository.open(self._top)
        files = impacted(self._top, self._paths, Places.current().index, self._steps, self._buffers)
        if not files:
            self._tell(Tested(0))
            return ()
        self._steps.step("running tests", 0, len(files))
        bed = Bed(self._top, self._loaded.settings, self._loaded.trusted, environment, self._buffers)
        feedback = bed.run(files)
        findings = self._back(feedback.findings)
        broken = tuple(self._broken(o) for o in feedback.outcomes if o.test in set(feedback.failing))
        self._tell(Tested(len(feedback.outcomes), feedback.failing, findings, feedback.problems, broken))
        return self._new(feedback.failing, bed) if self._request.search else ()

    def _new(self, failing: Sequence[str], bed: Bed) -> tuple[str, ...]:
        """Effect: run what fails as it was at HEAD. What passed there; all of it where nothing did: then the tests came first."""
        head = Repository.open(self._top).head
        if not head or not failing:
            return tuple(failing)
        self._steps.step("running the tests that fail, as they were", 0, len(failing))
        files = sorted({test.partition("::")[0] for test in failing})
        passed = set(bed.outcomes(files, head).passing)
        return tuple(test for test in failing if test in passed) or tuple(failing)

    def _solve(self, failing: Sequence[str]) -> Mapping[str, Json]:
        """Effect: look for a verified fix, as ``fixbot solve`` does, kept as a run; returns its report."""
        loaded, places = self._loaded, Places.current()
        settings = replace(loaded.settings, timeout=float(self._request.seconds), no_model=True, memory=False)
        warnings: list[str] = []
        redact = redactor(settings.key_names, os.environ, loaded.root)
        run = Run.start(places.runs, redact, warnings.append, forbidden=self._top)
        run.event("started", command="watch", root=str(loaded.root), argv=[])
        job = Job(
            root=loaded.root, text=None, settings=settings, trusted=loaded.trusted, places=places, run=run,
            warnings=loaded.warnings, progress=self._steps, buffers=self._buffers, only=tuple(failing), since=self._since(),
        )  # fmt: skip
        try:
            solved = solve(job)
        except FixbotError:
            run.discard()
            raise
        report = place(solved, Wish(), loaded.root, places.state, run)
        return cast("Mapping[str, Json]", run.clean(report.to_json()))

    def _since(self) -> tuple[Since, ...]:
        """Effect: read from git. What the files were while the tests passed: in this session, and at the last commit."""
        passed = _below(self._top, Path(self._request.root), self._request.passed)
        repository = Repository.open(self._top)
        committed: dict[str, bytes] = {}
        for path in {*changed_paths(repository, repository.head), *self._buffers} if repository.head else ():
            with contextlib.suppress(GitError):  # new since then
                committed[path] = repository.show(repository.head, path)
        known = (Since("the tests that see it last passed", passed), Since("the last commit", committed))
        return tuple(since for since in known if since.files)

    def _broken(self, outcome: TestOutcome) -> Broken:
        """How a test failed, its frames named from the folder that was asked for."""
        root, top = Path(self._request.root).resolve(), self._top.resolve()
        said, _, more = outcome.message.strip().partition("\n")
        places = (((top / path), line) for path, line, _ in outcome.frames)
        frames = tuple((p.relative_to(root).as_posix(), line) for p, line in places if p.is_relative_to(root))
        return Broken(outcome.test, said[:_LONGEST] or outcome.status.value, more[:_MOST], frames)

    def _back(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings of the repository as those of the folder that was asked for; what lies elsewhere in it is not told."""
        root = Path(self._request.root).resolve()
        found = ((f, self._top.resolve() / f.path) for f in findings)
        return tuple(
            replace(f, path=place.relative_to(root).as_posix()) for f, place in found if place.is_relative_to(root)
        )


@dataclass(slots=True)
class _Steps:
    """Tells of progress, not too often."""

    tell: Callable[[Event], None]
    last: float = 0.0

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: pass it on."""
        now = time.monotonic()
        if now - self.last >= _BETWEEN:
            self.last = now
            self.tell(Stepped(what, done, total))


def _top(root: Path) -> Path:
    """Effect: the top of the repository around `root`; without one, tools look at the folder itself."""
    try:
        return Repository.open(root).top
    except GitError:
        return root


def _below(top: Path, root: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    """`files`, named from `root`, as the repository at `top` names them."""
    beginning = root.resolve().relative_to(top.resolve()).as_posix()
    return {(path if beginning == "." else f"{beginning}/{path}"): text.encode() for path, text in files.items()}


def _code(error: FixbotError) -> int:
    if isinstance(error, Untrusted):
        return _EXIT_UNTRUSTED
    return _EXIT_ENVIRONMENT if isinstance(error, EnvironmentFailure) else 2
