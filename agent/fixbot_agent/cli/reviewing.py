"""A review from its command line to what is shown of it: checks first, then models where they are asked, in a run that is kept."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixbot_agent.cli import reviewed as showing
from fixbot_agent.cli.checking import exit_code, names, show_problems
from fixbot_agent.cli.configuring import settings_of, warn
from fixbot_agent.cli.envelope import ExitCode
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.reviewing import Change, Review, Reviewer
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure, RepairError
from fixbot_repair.git import Repository

if TYPE_CHECKING:
    from fixbot_agent.remarking import Told
    from fixbot_agent.runs import Run
    from fixbot_agent.settings import Loaded

FORMATS = ("text", "json", "sarif", "github")
COMMAND = "review"
ASKED = "asked.json"
_LIMITS = ("timeout", "max_cost", "max_steps", "max_tokens", "max_calls")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of ``fixbot review``."""

    repo: Path
    base: str = ""
    head: str = ""
    only: str | None = None
    form: str = "text"
    python: str | None = None
    sandbox: str | None = None
    model: str = ""
    fallback: str = ""
    no_model: bool = False
    only_trusted: bool = False
    offline: bool = False
    timeout: float | None = None
    max_cost: float | None = None
    max_steps: int | None = None
    max_tokens: int | None = None
    max_calls: int | None = None
    config: Path | None = None
    trust: bool = False
    as_json: bool = False

    def checked(self) -> "Wanted":
        """It, with one word for its format. Raises UsageFailure for what makes no sense."""
        if self.model and self.no_model:
            raise UsageFailure("--model and --no-model exclude each other", "give one of them")
        return replace(self, form="json" if self.as_json else self.form)

    def settings(self) -> dict[str, object]:
        """Options that are settings, too."""
        flags: dict[str, object] = {name: getattr(self, name) for name in (*_LIMITS, "python", "sandbox")}
        return flags | {"no_model": self.no_model or None, "offline": self.offline or None}

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """Who takes over."""
        return tuple(name.strip() for name in self.fallback.split(",") if name.strip())


def reviewed(wanted: Wanted) -> int:
    """Effect: review the change, and show it; the exit code. Raises UsageFailure, GitError, CheckFailed."""
    began = time.monotonic()
    loaded = settings_of(wanted.repo.absolute(), wanted.config, wanted.trust, **wanted.settings())
    repository = Repository.open(wanted.repo.absolute())
    change = Change.between(repository, wanted.base, wanted.head)
    quiet = wanted.form != "text"
    with Bar() as bar:
        review = built_in(change, wanted, loaded, bar)
        show_problems(review.problems)
        said = showing.Reviewed(review, None, exit_code=exit_code(bool(review.comments), bool(review.broken)))
        if not any(change.lines.values()):  # nothing that a remark could stand at
            if change.before and (wanted.model or loaded.settings.roles.review) and not loaded.settings.no_model:
                warn("no model was asked: what changed is gone, and left no line to remark on")
            return showing.show(said, wanted.form, time.monotonic() - began)
        if why := _nobody(wanted, loaded):
            if (wanted.model or loaded.settings.roles.review) and not loaded.settings.no_model:
                _say(why)
            return showing.show(said, wanted.form, time.monotonic() - began)
        return _asked(wanted, loaded, change, said, bar, began, quiet=quiet)


def built_in(change: Change, wanted: Wanted, loaded: "Loaded", bar: Bar) -> Review:
    """Effect: what checks say of `change`."""
    environment, notes = _python(change.root, loaded)
    reviewer = Reviewer(
        trusted=loaded.trusted, environment=environment, progress=bar, only=names(wanted.only), cache=Places.current().index
    )  # fmt: skip
    review = reviewer.review(change)
    return replace(review, problems=(*notes, *review.problems))


def _python(root: Path, loaded: "Loaded") -> tuple[Environment | None, tuple[str, ...]]:
    """Effect: the Python of the project, and why there is none where that is so."""
    given = loaded.settings.python
    try:
        return Environment.find(root, Path(given) if given else None), ()
    except EnvironmentFailure as error:
        if given:
            raise
        return None, (f"compiling with fixbot's own Python: {error.message}",)


def _nobody(wanted: Wanted, loaded: "Loaded") -> str:
    """Why no model is asked; "" where one is."""
    if loaded.settings.no_model:
        return "no model is to be asked"
    if not (wanted.model or loaded.settings.roles.review):
        return "no model is configured for the role 'review'"
    if wanted.only_trusted and not loaded.trusted:
        return "the workspace is not trusted, so nothing of it is sent"
    return ""


def _say(why: str) -> None:
    from fixbot_agent.models import built_in as from_here

    warn(from_here(why))


def _asked(
    wanted: Wanted,
    loaded: "Loaded",
    change: Change,
    said: showing.Reviewed,
    bar: Bar,
    began: float,
    *,
    quiet: bool,
) -> int:
    """Effect: ask models, in a run of its own."""
    from fixbot_agent.remarking import Task, Told, remark

    run = _begun(wanted, loaded, change)
    task = Task(
        loaded.settings, Places.current(), run, wanted.model, wanted.fallbacks, wanted.max_steps or 0, loaded.trusted,
        say=(lambda _: None) if quiet else bar.say, progress=bar,
    )  # fmt: skip
    try:
        told = remark(task, change, said.review.comments)
    except UsageFailure:
        run.discard()
        raise
    except RepairError as error:
        told = Told(why=error.message)
    except KeyboardInterrupt:
        _keep(run, {}, "interrupted", ExitCode.INTERRUPTED, began)
        raise
    if told.why:
        bar.clear()
        _say(told.why)
    if not told.models:  # nobody could be asked
        run.discard()
    return _ended(wanted, said, told, run, began)


def _ended(wanted: Wanted, said: showing.Reviewed, told: "Told", run: "Run", began: float) -> int:
    """Effect: keep what came of it in its run, and show it."""
    found = bool(said.review.comments or told.shown)
    code = exit_code(found, bool(said.review.broken))
    whole = replace(said, told=told, exit_code=code, run=run.id if run.folder else "")
    document = showing.document(whole, time.monotonic() - began)
    _keep(run, document, "commented" if found else "clean", ExitCode(code), began)
    return showing.show(whole, wanted.form, time.monotonic() - began)


def _begun(wanted: Wanted, loaded: "Loaded", change: Change) -> "Run":
    """Effect: begin a run, and keep in it what is asked."""
    from fixbot_agent.remarking.asking import steps_of
    from fixbot_agent.remarking.telling import Around
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor

    settings = loaded.settings
    redact = redactor(settings.key_names, os.environ, loaded.root)
    run = Run.start(Places.current().runs, redact, warn, forbidden=loaded.root)
    run.event("started", command=COMMAND, root=str(change.root), argv=sys.argv[1:])
    subjects = [text.partition("\n")[0] for text in Around.of(change).said]
    head = "the files as they are" if change.working_tree else change.head[:12]
    text = f"{subjects[-1] if subjects else 'uncommitted work'} ({change.base[:12]} to {head})"
    options: dict[str, Json] = {
        "repo": str(change.root), "base": change.base, "head": change.head, "working_tree": change.working_tree, "model": wanted.model,
        "only": wanted.only, "python": settings.python, "sandbox": settings.sandbox, "steps": steps_of(settings, wanted.max_steps or 0),
        "seconds": settings.timeout, "calls": settings.max_calls, "tokens": settings.max_tokens, "cost": settings.max_cost,
    }  # fmt: skip
    run.keep(ASKED, {"text": text, "options": options})
    return run


def _keep(run: "Run", document: Mapping[str, Json], status: str, code: ExitCode, began: float) -> None:
    """Effect: write the run's report, and that it has ended."""
    seconds = round(time.monotonic() - began, 3)
    run.keep("report.json", {**document, "status": status, "exit_code": int(code), "seconds": seconds})
    run.event("ended", status=status, exit_code=int(code))
    run.close()
