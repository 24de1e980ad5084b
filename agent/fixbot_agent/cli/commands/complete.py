"""``fixbot complete``: what the editor would be offered at a place."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import settings_of, settings_options, warn
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.targets import Target, read_target
from fixbot_agent.completing import Completion, complete, prepare
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Loaded, Places
from fixbot_analysis.codemodel import learn_project
from fixbot_analysis.index import Index

if TYPE_CHECKING:
    from fixbot_agent.completing.predicting import Answer

_SHOWN = 20
_PREPARING = 3.0  # seconds at most in which definitions of other files are read, as the server does in its pauses


@click.command("complete", epilog="Example: fixbot complete shop/cart.py:12:14")
@click.argument("place", metavar="FILE:LINE:COL")
@repo_option
@settings_options
@click.option("--model", "name", metavar="NAME", help="Ask this configured model; else those of the role 'complete'.")
@click.option("--no-model", is_flag=True, help="Never ask a model, even where one is configured.")
@json_option
def command(
    place: str, repo: Path, config: Path | None, trust: bool, name: str | None, no_model: bool, as_json: bool
) -> int:
    """Show what may be written at FILE:LINE:COL (both from 1, COL in characters), best first, and who says so."""
    if name and no_model:
        raise UsageFailure("--model and --no-model together", "give one of them")
    loaded, places = settings_of(repo, config, trust, no_model=no_model or None), Places.current()
    with Bar() as bar, Index.open(repo, places.index, progress=bar) as index:
        target = read_target(index, place)
        model = learn_project(index, places.index, bar)
        prepare(index, _PREPARING)
        found = complete(index, model, target.path, target.position)
        bar.step("asking the model", 0, 1)
        told = _told(index, target, loaded, places, name)
    if as_json:
        emit(_document(found, told))
    else:
        click.echo(_text(found, told))
    return ExitCode.OK


def _told(index: Index, target: Target, loaded: Loaded, places: Places, name: str | None) -> "Answer | None":
    """Effect: asks a model. What it says; None where none is configured, or none is wanted."""
    if not (name or loaded.settings.roles.complete) or loaded.settings.no_model:
        return None
    from fixbot_agent.completing.predicting import Answer, Cancel, predictor_of

    service = predictor_of(loaded.settings, places, (name,) if name else (), patient=True)
    if service is None:
        return Answer(None, "offline is set, and the model is not on this machine")
    if loaded.trusted:
        service.predictor.link(index)
    prepared = service.predictor.prepare(index, target.path, target.position, trusted=loaded.trusted)
    heard = service.predictor.predict(prepared, Cancel(), invoked=True)
    answer = service.predictor.finish(prepared, heard)
    service.predictor.close()
    if not loaded.trusted:
        warn("no model was asked: the workspace is not trusted (see: fixbot trust, or give --trust)")
    return answer


def _document(found: Completion, told: "Answer | None") -> Mapping[str, Json]:
    inline: list[Json] = [{"text": i.text, "score": round(i.score, 4), "source": i.source} for i in found.inline]
    document: dict[str, Json] = {
        "inline": inline,
        "items": [
            {"label": i.label, "kind": i.kind.value, "score": round(i.score, 6), "source": i.source, "detail": i.detail}
            for i in found.items
        ],
        "milliseconds": round(found.milliseconds, 1),
    }
    if told is not None:
        document["model"] = _of_model(told)
    if told is not None and told.prediction is not None:
        made = told.prediction
        inline.insert(0, {"text": made.text, "score": None, "source": f"model:{made.model}"})
    return document


def _of_model(told: "Answer") -> Json:
    made = told.prediction
    if made is None:
        return {"name": None, "way": None, "prompt": None, "seconds": None, "why": told.why}
    return {"name": made.model, "way": made.way, "prompt": made.prompt, "seconds": round(made.seconds, 3), "why": ""}


def _text(found: Completion, told: "Answer | None") -> str:
    lines = _said(told) if told is not None else []
    lines += [f"the rest of the line ({i.score:.2f}, {i.source}): {printable(i.text)}" for i in found.inline]
    shown = ([i for i in found.items if not i.label.startswith("__")] or list(found.items))[:_SHOWN]
    width = max((len(i.label) for i in shown), default=0)
    lines += [
        f"  {i.score:.2f}  {printable(i.label):{width}}  {i.kind.value:9}  {i.source:9}  {printable(i.detail)}".rstrip()
        for i in shown
    ]
    if len(found.items) > len(shown):
        lines.append(f"  … and {len(found.items) - len(shown)} more; --json names them")
    return "\n".join(lines) or "nothing to offer here"


def _said(told: "Answer") -> list[str]:
    from fixbot_agent.models import built_in

    made = told.prediction
    if made is None:
        return [printable(built_in(told.why))]
    head = f"model {made.model} ({made.way}, {made.seconds:.2f} s):"
    body = printable(made.text)
    return [f"{head} {body}"] if "\n" not in body else [head, *(f"    {line}" for line in body.split("\n"))]
