"""Going through a run again: the same decisions from the answers that it kept, nobody asked; and where it went another way."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixbot_agent.cli.configuring import settings_of, warn
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept, Run
    from fixbot_agent.settings import Loaded
    from fixbot_agent.solving.delivering.placing import Solved
    from fixbot_agent.solving.solver import Job


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay went. `ended` is whether the run itself had come to an end; without that there is nothing to hold against.

    `tree`: on the files as they are ("now"), as the run kept them ("kept"), or on others ("changed", with what `changed`).
    `answers` came up again, `left` did not. `divergence` is the event of the first message that read otherwise, None when all were the same.
    """

    ended: bool
    patch: str
    was_patch: str
    status: str
    was_status: str
    answers: int
    left: int
    tree: str
    changed: str = ""
    divergence: Mapping[str, Json] | None = None

    @property
    def is_same(self) -> bool:
        """Whether it came to the same end."""
        return self.ended and self.patch == self.was_patch and self.status == self.was_status

    def to_json(self) -> dict[str, Json]:
        """The document that the command prints."""
        return {
            "same": self.is_same, "ended": self.ended,
            "patch": self.patch, "was": self.was_patch, "ended_as": self.status, "was_ended_as": self.was_status,
            "answers": self.answers, "left": self.left, "tree": self.tree, "changed": self.changed,
            "divergence": dict(self.divergence) if self.divergence else None,
        }  # fmt: skip


def replayed(kept: "Kept", trust: bool = False) -> Replayed:
    """Effect: run tests and tools as the run did.

    Raises UsageFailure for a run that kept too little, and as solving does.
    """
    from fixbot_agent.cli.given import Given
    from fixbot_agent.cli.resuming import taken_up
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor
    from fixbot_agent.settings import Places
    from fixbot_agent.solving.solver import Job

    given, text, stood = taken_up(Given.blank(), kept, whole=False)
    loaded = settings_of(given.repo, given.config, trust or given.trust, **given.settings())
    redact = redactor(loaded.settings.key_names, os.environ, loaded.root)
    with Bar() as bar:
        job = Job(
            root=loaded.root, text=text, base=given.base, settings=loaded.settings, trusted=loaded.trusted, places=Places.current(),
            run=Run.unkept(redact), model=given.model, progress=bar, stood=stood, kept=kept, replays=True,
        )  # fmt: skip
        solved, tree, changed = _solved(job, kept)
    if given.write_test:
        solved = _with_test(solved, text, loaded, given.base)
    return _told(kept, solved, job.run, tree, changed)


def _solved(job: "Job", kept: "Kept") -> "tuple[Solved, str, str]":
    """Effect: solve on the files as they are, else as they were kept, else as they are all the same; says on which, and what changed."""
    from fixbot_agent.solving.overlay import Overlay
    from fixbot_agent.solving.resuming import Changed
    from fixbot_agent.solving.solver import solve

    try:
        return solve(job), "now", ""
    except Changed as error:
        changed = error.message
    overlay = Overlay.read(kept)
    if job.stood and not overlay.why_not:
        try:
            warn(f"{changed}; it is gone through on its commit with the files that it kept")
            return solve(replace(job, base=job.stood.commit, buffers=overlay.files)), "kept", changed
        except Changed as error:
            changed = error.message
    else:
        changed = f"{changed}, and what they were cannot be had: {overlay.why_not}"
    warn(f"{changed}; so it may go another way")
    return solve(replace(job, stood=None)), "changed", changed


def _with_test(solved: "Solved", text: str | None, loaded: "Loaded", base: str) -> "Solved":
    from fixbot_agent.solving.regressing.regression import Place, with_test

    return with_test(solved, text, Place(loaded.root, base, loaded.settings, loaded.trusted))


def _told(kept: "Kept", solved: "Solved", run: "Run", tree: str, changed: str) -> Replayed:
    from fixbot_agent.recording import Exchanges

    lines = run.files.get("events.jsonl", "").split("\n")
    events = [event for line in lines if line and isinstance(event := json.loads(line), dict)]
    again = sum(event.get("kind") == "recalled" for event in events)
    held = kept.report or {}
    return Replayed(
        ended=kept.report is not None,
        patch=run.redact(solved.report.patch),
        was_patch=kept.patch,
        status=str(solved.report.status),
        was_status=str(held.get("status", kept.status)),
        answers=again,
        left=max(sum(bool(a.answers) for a in Exchanges.read(kept).asks) - again, 0),
        tree=tree,
        changed=changed,
        divergence=next((e for e in events if e.get("kind") == "diverged"), None),
    )


def lines(done: Replayed) -> list[str]:
    """What is told at a terminal."""
    answers = f"{done.answers} {'answer' if done.answers == 1 else 'answers'} of models came from the run" + (
        f", {done.left} did not come up" if done.left else ""
    )
    told = [f"{answers}; nobody was asked"] if done.answers or done.left else ["no model had a part in it"]
    if done.is_same:
        told.append("it came to the same patch" if done.patch else f"it came to the same end: {done.status}")
    elif not done.ended:
        told.append(f"the run had not come to its end; now it ends as {done.status}")
    else:
        told.append(f"it came to another end: {done.was_status} then, {done.status} now")
    if found := done.divergence:
        told.append(f"first difference: request {found.get('ask')}, {found.get('about')}:")
        told += [f"  {line}" for line in str(found.get("diff")).splitlines()]
    if done.ended and done.patch != done.was_patch:
        import difflib

        diff = difflib.unified_diff(
            done.was_patch.splitlines(), done.patch.splitlines(), "then", "now", lineterm="", n=1
        )
        told += ["the patches differ:", *(f"  {line}" for line in list(diff)[:40])]
    return told
