"""``fixbot cover`` from its command line to its end: who is asked, the run that it is kept in, what is written and shown."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import settings_of, warn
from fixbot_agent.cli.covering_given import COMMAND, Wanted
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_analysis.errors import FixbotError

if TYPE_CHECKING:
    from fixbot_agent.covering import Cover, Job, Report
    from fixbot_agent.covering.ground import Ground
    from fixbot_agent.covering.proposing import ModelSource
    from fixbot_agent.runs import Kept, Run
    from fixbot_agent.settings import Loaded
    from fixbot_agent.solving.delivering.applying import Change
    from fixbot_agent.solving.resuming import Stood
    from fixbot_analysis.index import Index
    from fixbot_repair.environment import Environment
    from fixbot_repair.git import Repository
    from fixbot_repair.workspace import Workspace

SAID = "told"  # what a person was told, in a run's report
NOBODY = ("no model is to be asked", "no model is configured for the role 'test'")  # why no model is asked
_LAST = 0.15  # part of the time in which no model is asked: it is for the last runs
_LEAST, _MOST = 6.0, 0.3  # seconds at least, and the part at most


@dataclass(frozen=True, slots=True)
class Had:
    """What a cover stands on. Fills :class:`fixbot_agent.solving.ground.Standing`."""

    repository: "Repository"
    base: str
    environment: "Environment"
    workspace: "Workspace"
    added: frozenset[str] = frozenset()

    @classmethod
    def of(cls, here: "Ground") -> "Had":
        """Effect: asks git."""
        from fixbot_repair.git import Repository

        repository = Repository.open(here.job.root)
        return cls(repository, here.job.base or repository.head, here.workspace.environment, here.workspace)


def covered(wanted: Wanted, kept: "Kept | None" = None) -> int:
    """Effect: write tests of a module, keep the run, write and show what was found; the exit code. Raises as covering does."""
    from fixbot_repair.git import Repository

    began = time.monotonic()
    loaded = settings_of(wanted.repo, wanted.config, wanted.trust, **wanted.settings())
    repository = Repository.open(loaded.root)
    path = relative(wanted.module, wanted.repo, repository.top)
    if wanted.branch:
        _check_branch(repository, wanted.branch, path)
    run = _begun(wanted, loaded, kept)
    found, why = _found(wanted, loaded, run, path, kept, began)
    alone = "" if found.report.is_reached else why
    report = replace(found.report, run=run.id if run.folder else "", why_alone=alone)
    return _ended(replace(found, report=report), wanted, repository.top, run)


def _begun(wanted: Wanted, loaded: "Loaded", kept: "Kept | None") -> "Run":
    """Effect: begin a run, or go on with one, and keep what is wanted."""
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor
    from fixbot_agent.solving.resuming import Asked

    redact = redactor(loaded.settings.key_names, os.environ, loaded.root)
    if kept is not None:
        run = Run.resume(kept.folder, redact, warn)
        run.event("resumed", argv=sys.argv[1:])
        return run
    run = Run.start(Places.current().runs, redact, warn, forbidden=loaded.root)
    run.event("started", command=COMMAND, root=str(loaded.root), argv=sys.argv[1:])
    Asked(f"tests of {wanted.module}", wanted.options()).keep(run)
    return run


def _found(
    wanted: Wanted, loaded: "Loaded", run: "Run", path: str, kept: "Kept | None", began: float
) -> "tuple[Cover, str]":
    """Effect: the search, then models where there are some; and why nobody is asked, "" where somebody may be. A run that did not get as far as doing something leaves nothing."""
    from fixbot_agent.covering import cover
    from fixbot_agent.solving.resuming import Stood

    before = Stood.read(kept) if kept is not None else None
    why = nobody(wanted, loaded)
    try:
        with Bar(on=not wanted.as_json) as bar:
            source = None if why else asker(wanted, loaded, run, bar, kept, until=began + _asked(wanted.timeout))
            found = cover(job(wanted, loaded, path, bar), source, lambda here: stands(run, here, before, kept))
    except KeyboardInterrupt:
        if run.folder:
            warn(f"go on with: fixbot cover --resume {run.id}")
        _keep(
            run,
            {
                "status": "interrupted",
                "exit_code": int(ExitCode.INTERRUPTED),
                "seconds": round(time.monotonic() - began, 3),
            },
        )
        raise
    except FixbotError as error:
        if "ground" in run.kinds:
            run.event("failed", error=error.kind, why=error.message)
            run.close()
        else:
            run.discard()
        raise
    return found, why


def _asked(seconds: float) -> float:
    """After how many of all `seconds` no model is asked any more."""
    return seconds - min(max(_LAST * seconds, _LEAST), _MOST * seconds)


def nobody(wanted: Wanted, loaded: "Loaded") -> str:
    """Why no model is asked; "" where one may be."""
    if loaded.settings.no_model:
        return NOBODY[0]
    return "" if wanted.model or loaded.settings.roles.test else NOBODY[1]


def asker(
    wanted: Wanted, loaded: "Loaded", run: "Run", bar: Bar, kept: "Kept | None", *, until: float, replays: bool = False
) -> "ModelSource":
    """Effect: reads what was kept. Who is asked for what the search leaves open. Raises UsageFailure for a model that is not configured."""
    from fixbot_agent.covering.proposing import ModelSource, Seats
    from fixbot_agent.covering.proposing.seats import ROLE
    from fixbot_agent.solving.seating import Asking
    from fixbot_analysis.index import Index

    places = Places.current()
    fallback = tuple(name.strip() for name in wanted.fallback.split(",") if name.strip())

    @contextmanager
    def indexed() -> "Iterator[Index]":
        with Index.open(loaded.root, places.index, progress=bar) as index:
            yield index

    asking = Asking(ROLE, loaded.settings, places, run, wanted.model, fallback, kept, replays, bar.say)
    return ModelSource(Seats(asking), indexed, until)


def job(wanted: Wanted, loaded: "Loaded", path: str, bar: Bar) -> "Job":
    """What is to be covered."""
    from fixbot_agent.covering import Job

    given = loaded.settings
    python = Path(given.python) if given.python else None
    return Job(
        loaded.root, path, wanted.target, wanted.timeout, wanted.seed, given.sandbox, loaded.trusted, python, bar
    )


def stands(run: "Run", here: "Ground", before: "Stood | None", kept: "Kept | None" = None) -> None:
    """Effect: keep what the run stands on. Raises Changed where it stood on something else `before`."""
    from fixbot_agent.solving import overlay, resuming

    had = Had.of(here)
    stood = resuming.Stood.on(had)
    resuming.begin(run, stood, before)
    overlay.keep(run, had, kept)
    run.event("ground", module=here.subject.path, python=str(here.workspace.environment.python), tests=list(here.tests))


def _ended(found: "Cover", wanted: Wanted, root: Path, run: "Run") -> int:
    """Effect: keep what was found, write it where that is wished, and show it."""
    from fixbot_agent.solving.delivering.applying import Change
    from fixbot_agent.solving.delivering.keeping import keep_patch

    report = found.report
    changes = (Change(found.path, found.before, found.after),) if found.after is not None else ()
    keep_patch(run, report.patch, changes, allow_tests=True)
    _keep(run, {**report.to_json(), SAID: list(report.lines())}, close=False)
    try:
        if changes and (wanted.apply or wanted.branch):
            report = _written(report, changes, wanted, root, run)
            _keep(run, {**report.to_json(), SAID: list(report.lines())}, close=False)
    except FixbotError:
        if not wanted.as_json:  # what was found is not lost
            show(report, as_json=False)
            if run.folder:
                warn(f"the tests are kept: fixbot runs apply {run.id}")
        raise
    finally:
        run.close()
    show(report, as_json=wanted.as_json)
    return report.exit_code


def _keep(run: "Run", document: dict[str, Json], *, close: bool = True) -> None:
    """Effect: write the run's report, and once that it has ended."""
    run.keep("report.json", document)
    if "ended" not in run.kinds:
        run.event("ended", status=document["status"], exit_code=document["exit_code"])
    if close:
        run.close()


def _written(report: "Report", changes: "tuple[Change, ...]", wanted: Wanted, root: Path, run: "Run") -> "Report":
    """Effect: write the tests to the tree or to a new branch. Raises DirtyTree, PatchError, GitError."""
    from fixbot_agent.solving.delivering import applying, keeping
    from fixbot_agent.solving.delivering.trailers import trailers

    state, commit = Places.current().state, ""
    for line in applying.recover(root, state):
        warn(line)
    applying.check(root, changes, allow_dirty=wanted.allow_dirty, allow_tests=True)
    if wanted.branch:
        others = "".join(trailers(f"model:{name}") for name in report.by)
        who = "" if report.by and all(test.by for test in report.tests) else trailers("search")
        message = f"Test {report.module}\n\nThe tests record what the code does today.\n\n{others}{who}{trailers('', report.run)}"
        commit = applying.branch(root, wanted.branch, changes, message)
    else:
        applying.write(root, changes, state)
    keeping.applied(run, root, changes, wanted.branch, commit)
    return replace(report, wrote=wanted.branch or "tree")


def _check_branch(repository: "Repository", branch: str, module: str) -> None:
    """Effect: asks git. Raises GitError for a name that no new branch can have, UsageFailure where the module is not as it was committed."""
    repository.check_branch(branch)
    if repository.dirty([module]):
        raise UsageFailure(
            f"{module} has work that is not committed, and a branch holds what is", "commit it first, or use --apply"
        )


def relative(module: str, repo: Path, top: Path) -> str:
    """The module's path from the repository's top: as it stands from this folder, or from `repo`. Raises UsageFailure."""
    places = [Path(os.path.abspath(p / module)) for p in (Path.cwd(), repo, top)]  # noqa: PTH100 - a link in the project is a file of its own
    for path in places:
        if path.is_file() and path.is_relative_to(top):
            return str(PurePosixPath(path.relative_to(top)))
    if folder := next((path for path in places if path.is_dir()), None):
        inside = sorted(path.name for path in folder.glob("[!_]*.py"))
        hint = f"as in: fixbot cover {PurePosixPath(module) / (inside or ['cart.py'])[0]}"
        raise UsageFailure(f"{module} names a folder; name a module", hint)
    raise UsageFailure(f"there is no file {module} in the repository", "name a module as in: fixbot cover shop/cart.py")


def show(report: "Report", *, as_json: bool) -> None:
    """Effect: the report on stderr and the diff on stdout, or all as one document."""
    from fixbot_agent.cli.showing import show_diff

    if as_json:
        emit(report.to_json())
        return
    for line in report.lines():
        click.echo(printable(line), err=True)
    if report.wrote:
        click.echo(
            printable(f"Written to {'the tree' if report.wrote == 'tree' else f'the branch {report.wrote}'}."), err=True
        )
    if report.run:
        click.echo(printable(f"run {report.run}"), err=True)
    if report.patch:
        show_diff(report.patch)
