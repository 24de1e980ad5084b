"""Going through a run of ``fixbot cover`` again: the same search, the same answers from what it kept, nobody asked; and where it went another way."""

import json
import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from fixbot_agent.cli.configuring import settings_of, warn
from fixbot_agent.cli.covering import asker, job, relative, stands
from fixbot_agent.cli.covering_given import COMMAND, Wanted
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.replaying import Replayed

if TYPE_CHECKING:
    from fixbot_agent.covering import Cover, Job
    from fixbot_agent.covering.source import ProposalSource
    from fixbot_agent.runs import Kept, Run

_LONGER = 4.0  # times that it took: the search ends where it did, by how many calls it tried


def replayed(kept: "Kept", trust: bool = False) -> Replayed:
    """Effect: run the search and tests as the run did.

    Raises UsageFailure for a run that kept too little, and as covering does.
    """
    from fixbot_agent.recording import Exchanges
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor
    from fixbot_repair.git import Repository

    wanted = _wanted(kept)
    loaded = settings_of(wanted.repo, wanted.config, trust, **wanted.settings())
    run = Run.unkept(redactor(loaded.settings.key_names, os.environ, loaded.root))
    with Bar() as bar:
        path = relative(wanted.module, wanted.repo, Repository.open(loaded.root).top)
        attempts = (kept.report or {}).get("attempts")
        todo = replace(job(wanted, loaded, path, bar), attempts=attempts if isinstance(attempts, int) else 0)
        had_models = bool(Exchanges.read(kept).asks) or _was_asked(kept)
        source = asker(wanted, loaded, run, bar, kept, until=math.inf, replays=True) if had_models else None
        found, tree, changed = _found(kept, replace(todo, seconds=_LONGER * todo.seconds), source, run)
    return _told(kept, found, run, tree, changed)


def _wanted(kept: "Kept") -> Wanted:
    """The command line of the run."""
    from fixbot_agent.solving.resuming import Asked, check

    check(kept, COMMAND)
    return Wanted.blank().as_kept(Asked.read(kept, whole=False).options)


def _was_asked(kept: "Kept") -> bool:
    """Whether somebody could be asked: the search had half of the time then."""
    return any(event.get("kind") == "routing" for event in kept.events())


def _found(kept: "Kept", todo: "Job", source: "ProposalSource | None", run: "Run") -> "tuple[Cover, str, str]":
    """Effect: cover on the files as they are, else as they were kept, else as they are all the same; says on which, and what changed."""
    from fixbot_agent.covering import cover
    from fixbot_agent.solving.overlay import Overlay
    from fixbot_agent.solving.resuming import Changed, Stood

    stood, overlay = Stood.read(kept), Overlay.read(kept)
    try:
        return cover(todo, source, lambda here: stands(run, here, stood)), "now", ""
    except Changed as error:
        changed = error.message
    if stood is not None and not overlay.why_not:
        try:
            then = replace(todo, base=stood.commit, overlay=overlay.files)
            warn(f"{changed}; it is gone through on its commit with the files that it kept")
            return cover(then, source, lambda here: stands(run, here, stood)), "kept", changed
        except Changed as error:
            changed = error.message
    warn(f"{changed}; so it may go another way")
    return cover(todo, source, lambda here: stands(run, here, None)), "changed", changed


def _told(kept: "Kept", found: "Cover", run: "Run", tree: str, changed: str) -> Replayed:
    from fixbot_agent.recording import Exchanges

    lines = run.files.get("events.jsonl", "").split("\n")
    events = [event for line in lines if line and isinstance(event := json.loads(line), dict)]
    again = sum(event.get("kind") == "recalled" for event in events)
    held = kept.report or {}
    return Replayed(
        ended=kept.report is not None and kept.status != "interrupted",
        patch=run.redact(found.report.patch),
        was_patch=kept.patch,
        status=str(found.report.status),
        was_status=str(held.get("status", kept.status)),
        answers=again,
        left=max(len({a.messages for a in Exchanges.read(kept).asks if a.answers}) - again, 0),
        tree=tree,
        changed=changed,
        divergence=next((e for e in events if e.get("kind") == "diverged"), None),
    )
