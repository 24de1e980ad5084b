"""Which prompts a solve words otherwise than they are built in: as the user's settings say, or as the run did that is gone through again."""

from collections.abc import Mapping, Sequence

from fixbot_agent.errors import UsageFailure
from fixbot_agent.prompts import Own, check, read_own
from fixbot_agent.runs import Kept, Run
from fixbot_agent.solving.job import Job

QUESTIONS = ("ask_", "cover_")  # what the names of those begin with that a solve never comes to
_FILE = "prompts.json"  # of the run: the texts themselves, for files change


def own_prompts(job: Job) -> tuple[Own, ...]:
    """Effect: reads the files that the settings name, and keeps the texts in the run; those that it kept before go first.

    Raises UsageFailure where a text cannot take a prompt's place: nothing was asked by then.
    """
    if job.kept is not None and (kept := _kept(job.kept)) is not None:
        return kept
    if other := next((p for p in job.settings.prompts if p.startswith(QUESTIONS)), ""):
        name = other.partition("=")[0]
        raise UsageFailure(
            f"the prompt '{name}' is not of a solve",
            "'fixbot ask' and 'fixbot cover' take the built-in ones; leave it out",
        )
    own = read_own(job.settings.prompts)
    _keep(job.run, own)
    for one in own:
        job.say(f"in the place of the prompt {one.name}, a text of yours: {one.version}")
    return own


def _keep(run: Run, own: Sequence[Own]) -> None:
    """Effect: a run of built-in prompts keeps nothing."""
    if own:
        run.keep(_FILE, {one.name: {"version": one.version, "text": one.text} for one in own})
        run.event("prompts", own=[one.version for one in own])


def _kept(kept: Kept) -> tuple[Own, ...] | None:
    """Effect: what the run went by; None where it kept none. Raises UsageFailure where this fixbot cannot fill it in."""
    stored = kept.kept(_FILE)
    if stored is None:
        return None
    rows = {name: row for name, row in stored.items() if isinstance(row, Mapping)}
    own = tuple(Own(name, str(row.get("version", name)), str(row.get("text", ""))) for name, row in rows.items())
    for one in own:
        check(one.name, one.text, f"the prompt that the run {kept.id} kept")
    return own
