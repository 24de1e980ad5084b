"""Going through a run of ``fixbot review`` again: the same checks, tests and answers from what it kept, nobody asked."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fixbot_agent.cli import reviewed as showing
from fixbot_agent.cli.configuring import settings_of, warn
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.replaying import Replayed
from fixbot_agent.cli.reviewing import ASKED, Wanted, built_in
from fixbot_agent.errors import UsageFailure
from fixbot_agent.reviewing import Change
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_repair.git import Repository

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept, Run


def replayed(kept: "Kept", trust: bool = False) -> Replayed:
    """Effect: review the change of the run `kept` again.

    Uncommitted work is what the run kept of it, where it kept all. Raises UsageFailure for a run that kept too little, GitError where its commits are gone.
    """
    from fixbot_agent.remarking import Task, remark
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor

    options = _options(kept)
    repo, steps = Path(str(options.get("repo", ""))), int(str(options.get("steps") or 0))
    if not repo.is_dir():
        raise UsageFailure(f"{repo} is not there any more", "the review was of the project in that folder")
    wanted = Wanted(
        repo, only=_text(options, "only"), python=_text(options, "python"), sandbox=_text(options, "sandbox")
    )
    loaded = settings_of(repo, None, trust, **wanted.settings())
    change, tree = _change(kept, options, repo)
    run = Run.unkept(redactor(loaded.settings.key_names, os.environ, loaded.root))
    with Bar() as bar:
        review = built_in(change, wanted, loaded, bar)
        task = Task(
            loaded.settings, Places.current(), run, steps=steps, trusted=loaded.trusted, kept=kept, replays=True, progress=bar
        )  # fmt: skip
        told = remark(task, change, review.comments)
    return _compared(kept, run, showing.document(showing.Reviewed(review, told), 0.0), tree)


def _options(kept: "Kept") -> Mapping[str, Json]:
    options = (kept.kept(ASKED) or {}).get("options")
    if not isinstance(options, Mapping):
        raise UsageFailure(f"the run {kept.id} did not keep what it was asked", "review again")
    return options


def _text(options: Mapping[str, Json], name: str) -> str | None:
    return str(options[name]) if options.get(name) else None


def _change(kept: "Kept", options: Mapping[str, Json], repo: Path) -> tuple[Change, str]:
    """Effect: the change that was reviewed, and on which tree that is: "kept", or "now" where the run kept too little of it."""
    from fixbot_agent.solving.overlay import Overlay

    repository, base, head = Repository.open(repo), str(options.get("base")), str(options.get("head"))
    if not options.get("working_tree"):
        return Change.between(repository, base, head), "kept"
    overlay = Overlay.read(kept)
    if not overlay.why_not:
        return Change.between(repository, base, head, overlay.files), "kept"
    warn(f"what the files were cannot be had: {overlay.why_not}; they are taken as they are now")
    return Change.between(repository, base), "now"


def _compared(kept: "Kept", run: "Run", now: Mapping[str, Json], tree: str) -> Replayed:
    from fixbot_agent.recording import Exchanges

    lines = run.files.get("events.jsonl", "").split("\n")
    events = [event for line in lines if line and isinstance(event := json.loads(line), dict)]
    again = sum(event.get("kind") == "recalled" for event in events)
    cleaned = run.clean(dict(now))
    is_same = isinstance(cleaned, Mapping) and _said(kept.report or {}) == _said(cleaned)
    return Replayed(
        ended=kept.report is not None,
        patch="",
        was_patch="",
        status=kept.status if is_same else "another review",
        was_status=kept.status,
        answers=again,
        left=max(sum(bool(a.answers) for a in Exchanges.read(kept).asks) - again, 0),
        tree=tree,
        divergence=next((e for e in events if e.get("kind") == "diverged"), None),
    )


def _said(document: Mapping[str, Json]) -> list[Json]:
    """What of a review is the same again: how a test fails may name addresses and times."""
    said: list[Json] = [document.get("left_out")]
    for name in ("comments", "unchecked"):
        rows = document.get(name)
        said += [
            {k: v for k, v in row.items() if k != "evidence"}
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, Mapping)
        ]
    return said
