"""A question from its command line to what is shown of the answer: who is asked, and the run that it is kept in."""

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import warn
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.grounding import Asked, Grounds, grounds
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places

if TYPE_CHECKING:
    from fixbot_agent.asking.conversing import Told
    from fixbot_agent.models import Spent
    from fixbot_agent.runs import Run
    from fixbot_agent.settings import Loaded
    from fixbot_analysis.index import Index

_LONGEST = 4000  # characters of a question
_PLACE = re.compile(r"([^\s:]+):\d+(?:-\d+)?")
_RUN = re.compile(r"last|[0-9a-fT-]{4,40}")
ASKED = "asked.json"
_CODES = {  # by the status of an answer
    "answered": ExitCode.OK, "built-in": ExitCode.OK, "unchecked": ExitCode.UNVERIFIED, "none": ExitCode.NO_PATCH,
}  # fmt: skip
_LIMITS = ("timeout", "max_cost", "max_steps", "max_tokens", "max_calls")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of ``fixbot ask``."""

    question: str
    at: str | None
    about: str
    frames: tuple[str, ...]
    past: bool
    continues: str
    model: str
    fallback: str
    no_model: bool
    only_trusted: bool
    offline: bool
    timeout: float | None
    max_cost: float | None
    max_steps: int | None
    max_tokens: int | None
    max_calls: int | None
    config: Path | None
    trust: bool
    repo: Path
    as_json: bool

    def checked(self) -> "Wanted":
        """It, with a question that stands where a run might be named in its place. Raises UsageFailure for what makes no sense."""
        question, continues = self.question, self.continues
        if continues and not question.strip() and not _RUN.fullmatch(continues):
            question, continues = continues, "last"
        at = question.strip() if self.at is None and not continues and self._is_place(question.strip()) else self.at
        question = "" if at and self.at is None else question
        if not question.strip() and at is None:
            raise UsageFailure("ask a QUESTION, or give a place with --at", "as in: fixbot ask 'who calls Cart.total'")
        if len(question) > _LONGEST:
            raise UsageFailure(
                f"a question of {len(question)} characters", "for a whole issue there is 'fixbot locate'"
            )
        if (self.about or self.frames) and at is None:
            raise UsageFailure("--about and --frame go with --at", "say of which place it is said")
        for one, other in (
            ("--model", "--no-model"),
            ("--continue", "--no-model"),
            ("--continue", "--at"),
        ):
            if self._has(one) and self._has(other):
                raise UsageFailure(f"{one} and {other} exclude each other", "give one of them")
        return replace(self, question=question, continues=continues, at=at)

    def _is_place(self, question: str) -> bool:
        """Effect: whether a question is but a file of the project with lines, as `--at` takes them."""
        match = _PLACE.fullmatch(question)
        return match is not None and not Path(match[1]).is_absolute() and (self.repo / match[1]).is_file()

    def settings(self) -> dict[str, object]:
        """Options that are settings, too."""
        flags = {"no_model": self.no_model or None, "offline": self.offline or None}
        return {name: getattr(self, name) for name in _LIMITS} | flags

    def _has(self, option: str) -> bool:
        name = {"--continue": "continues"}.get(option, option.strip("-").replace("-", "_"))
        return bool(getattr(self, name))


def inquired(wanted: Wanted, loaded: "Loaded", began: float) -> int:
    """Effect: answer the question, and show the answer; the exit code. Raises UsageFailure, and as indexing does."""
    from fixbot_agent.asking.conversing import Told
    from fixbot_analysis.index import Index

    asked = Asked(wanted.question, wanted.at or "", wanted.about, wanted.frames, wanted.past)
    with (
        Bar(on=not wanted.as_json) as bar,
        Index.open(wanted.repo, Places.current().index, progress=bar) as index,
    ):
        known = grounds(asked, wanted.repo, index, bar)
        why = _nobody(wanted, loaded)
        if why:
            return _shown(wanted, Told(known.answer, why), began)
        return _asked(wanted, loaded, index, known, bar.say, began)


def _nobody(wanted: Wanted, loaded: "Loaded") -> str:
    """Why no model is asked; "" where one is. Raises UsageFailure where a conversation cannot go on for that."""
    if loaded.settings.no_model:
        why = "no model is to be asked"
    elif not (wanted.model or loaded.settings.roles.ask):
        why = "no model is configured for the role 'ask'"
    elif wanted.only_trusted and not loaded.trusted:
        why = "the workspace is not trusted, so nothing of it is sent"
    else:
        return ""
    if wanted.continues:
        raise UsageFailure(f"--continue goes on with a model, and {why}", "name one with --model")
    return why


def _asked(
    wanted: Wanted, loaded: "Loaded", index: "Index", known: Grounds, say: Callable[[str], None], began: float
) -> int:
    """Effect: ask models, in a run of its own."""
    from fixbot_agent.asking.conversing import Inquiry, inquire, past_of
    from fixbot_agent.asking.conversing.past import last_of
    from fixbot_agent.cli.issue_text import unseen
    from fixbot_agent.models.images import pictures
    from fixbot_agent.recording.pictures import keep
    from fixbot_agent.runs import Trail

    places, root = Places.current(), wanted.repo.resolve()
    before = last_of(Trail(places.runs), root, wanted.continues) if wanted.continues else None
    past = past_of(before) if before else ()
    found = pictures(wanted.question, wanted.repo)
    run = _begun(wanted, loaded, before.id if before else "", len(past))
    keep(run, [*(image for message in past for image in message.images), *found.read])
    fallback = tuple(name.strip() for name in wanted.fallback.split(",") if name.strip())
    inquiry = Inquiry(
        root, wanted.question, loaded.settings, places, run, wanted.model, fallback, wanted.max_steps or 0,
        loaded.trusted, known.place, known.found, past, found.read, say=say,
    )  # fmt: skip
    try:
        told = inquire(inquiry, index, known.answer)
        told = replace(told, notes=(*unseen(found), *told.notes))
    except UsageFailure:
        run.discard()
        raise
    except KeyboardInterrupt:
        _keep(run, {}, "interrupted", ExitCode.INTERRUPTED, began)
        raise
    if not told.models:  # nobody could be asked
        run.discard()
    return _shown(wanted, told, began, run)


def _begun(wanted: Wanted, loaded: "Loaded", before: str, said_before: int) -> "Run":
    """Effect: begin a run, which goes on from that many messages of the run `before`, and keep in it what is asked."""
    from fixbot_agent.asking.conversing.inquiry import steps_of
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor

    settings = loaded.settings
    places, root = Places.current(), wanted.repo.resolve()
    redact = redactor(settings.key_names, os.environ, loaded.root)
    run = Run.start(places.runs, redact, warn, forbidden=loaded.root)
    run.event("started", command="ask", root=str(root), argv=sys.argv[1:], continues=before)
    options: dict[str, Json] = {
        "repo": str(root), "at": wanted.at or "", "about": wanted.about, "frames": list(wanted.frames), "model": wanted.model,
        "past": wanted.past, "said_before": said_before, "continues": before,
        "steps": steps_of(settings, wanted.max_steps or 0), "seconds": settings.timeout, "calls": settings.max_calls,
        "tokens": settings.max_tokens, "cost": settings.max_cost,
    }  # fmt: skip
    run.keep(ASKED, {"text": wanted.question, "options": options})
    return run


def _shown(wanted: Wanted, told: "Told", began: float, run: "Run | None" = None) -> int:
    """Effect: keep the answer in its run, and show it."""
    from fixbot_agent.asking import telling

    run_id = run.id if run is not None and run.folder else ""
    answer = replace(told.answer, notes=(*told.answer.notes, *told.notes))
    code = _CODES[answer.status]
    document: dict[str, Json] = {
        **telling.document(answer, wanted.question or wanted.at or "", time.monotonic() - began, told.why),
        "at": wanted.at, "exit_code": int(code), "run": run_id or None, "models": [_spent(s) for s in told.models],
    }  # fmt: skip
    if run is not None:
        _keep(run, document, answer.status, code, began)
    if wanted.as_json:
        emit(document)
        return code
    click.echo(printable(telling.terminal(answer, told.why)))
    if told.models:
        calls, read, written = (sum(getattr(s, n) for s in told.models) for n in ("calls", "tokens_in", "tokens_out"))
        cost = sum(s.cost for s in told.models)
        unpriced = any(s.unpriced for s in told.models)
        money = "cost not known" if unpriced else f"cost {cost:.4f}"
        click.echo(f"{calls} calls, {read} + {written} tokens, {money}, {time.monotonic() - began:.1f} s", err=True)
    if run_id:
        more = '; go on with: fixbot ask --continue "…"' if answer.by else ""
        click.echo(f"run {run_id}{more}", err=True)
    return code


def _keep(run: "Run", document: Mapping[str, Json], status: str, code: ExitCode, began: float) -> None:
    """Effect: write the run's report, and that it has ended."""
    seconds = round(time.monotonic() - began, 3)
    run.keep("report.json", {**document, "status": status, "exit_code": int(code), "seconds": seconds})
    run.event("ended", status=status, exit_code=int(code))
    run.close()


def _spent(spent: "Spent") -> dict[str, Json]:
    return {
        "name": spent.name, "calls": spent.calls, "tokens_in": spent.tokens_in, "tokens_out": spent.tokens_out,
        "cost": None if spent.unpriced else round(spent.cost, 6),
    }  # fmt: skip
