"""Going through a run of ``fixbot ask`` again: the same answer from what it kept, nobody asked; and where it went another way."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fixbot_agent.cli.configuring import settings_of
from fixbot_agent.cli.grounding import Asked, grounds
from fixbot_agent.cli.inquiring import ASKED
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.replaying import Replayed
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places

if TYPE_CHECKING:
    from fixbot_agent.models import Message
    from fixbot_agent.runs import Kept, Run


def replayed(kept: "Kept", trust: bool = False) -> Replayed:
    """Effect: answer the question of the run `kept` again from the answers that it holds.

    Raises UsageFailure for a run that kept too little.
    """
    from fixbot_agent.asking import telling
    from fixbot_agent.asking.conversing import Inquiry, inquire
    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor
    from fixbot_analysis.index import Index

    question, options = _kept(kept)
    repo, places = Path(str(options.get("repo", ""))), Places.current()
    if not repo.is_dir():
        raise UsageFailure(f"{repo} is not there any more", "the question was about the project in that folder")
    steps = int(str(options.get("steps") or 0))
    loaded = settings_of(repo, None, trust, max_steps=steps or int(str(options.get("max_steps") or 0)) or None)
    redact = redactor(loaded.settings.key_names, os.environ, loaded.root)
    run = Run.unkept(redact)
    with Bar() as bar, Index.open(repo, places.index, progress=bar) as index:
        known = grounds(_asked(question, options), repo, index, bar)
        inquiry = Inquiry(
            repo, question, loaded.settings, places, run, steps=steps, trusted=loaded.trusted, place=known.place, found=known.found,
            past=_before(kept, options), kept=kept, replays=True,
        )  # fmt: skip
        told = inquire(inquiry, index, known.answer)
    return _compared(kept, run, telling.document(told.answer, question, 0.0, told.why))


def _kept(kept: "Kept") -> tuple[str, Mapping[str, Json]]:
    stored = kept.kept(ASKED) or {}
    text, options = stored.get("text"), stored.get("options")
    if not isinstance(text, str) or not isinstance(options, Mapping):
        raise UsageFailure(f"the run {kept.id} did not keep what it was asked", "ask again")
    return text, options


def _asked(question: str, options: Mapping[str, Json]) -> Asked:
    frames = options.get("frames")
    return Asked(
        question, str(options.get("at") or ""), str(options.get("about") or ""), tuple(map(str, frames)) if isinstance(frames, list) else (),
        past=bool(options.get("past")),
    )  # fmt: skip


def _before(kept: "Kept", options: Mapping[str, Json]) -> "tuple[Message, ...]":
    """The conversation that the run went on from, as it kept it itself."""
    from fixbot_agent.recording import Exchanges

    exchanges = Exchanges.read(kept)
    count = int(str(options.get("said_before") or 0))
    first = exchanges.asks[0].messages if exchanges.asks else ()
    return tuple(map(exchanges.message, first[:count]))


def _compared(kept: "Kept", run: "Run", now: Mapping[str, Json]) -> Replayed:
    from fixbot_agent.recording import Exchanges

    lines = run.files.get("events.jsonl", "").split("\n")
    events = [event for line in lines if line and isinstance(event := json.loads(line), dict)]
    again = sum(event.get("kind") == "recalled" for event in events)
    was = kept.report or {}
    status = str(now.get("status"))
    is_same = _said(was) == _said(_object(run.clean(dict(now))))
    return Replayed(
        ended=kept.report is not None,
        patch="",
        was_patch="",
        status=status if is_same or status != kept.status else "another answer",
        was_status=kept.status,
        answers=again,
        left=max(sum(bool(a.answers) for a in Exchanges.read(kept).asks) - again, 0),
        tree="now",
        divergence=next((e for e in events if e.get("kind") == "diverged"), None),
    )


def _said(document: Mapping[str, Json]) -> list[Json]:
    return [document.get(name) for name in ("sentences", "remarks", "left_out")]


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
