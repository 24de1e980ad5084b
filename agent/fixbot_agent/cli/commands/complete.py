"""``fixbot complete``: what the editor would be offered at a place."""

from collections.abc import Mapping
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.targets import read_target
from fixbot_agent.completing import Completion, complete
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_analysis.codemodel import learn_project
from fixbot_analysis.index import Index

_SHOWN = 20


@click.command("complete", epilog="Example: fixbot complete shop/cart.py:12:14")
@click.argument("place", metavar="FILE:LINE:COL")
@repo_option
@json_option
def command(place: str, repo: Path, as_json: bool) -> int:
    """Show what may be written at FILE:LINE:COL (both from 1, COL in characters), best first."""
    with Bar() as bar, Index.open(repo, Places.current().index, progress=bar) as index:
        target = read_target(index, place)
        model = learn_project(index, Places.current().index, bar)
        found = complete(index, model, target.path, target.position)
    if as_json:
        emit(_document(found))
    else:
        click.echo(_text(found))
    return ExitCode.OK


def _document(found: Completion) -> Mapping[str, Json]:
    return {
        "inline": [{"text": i.text, "score": round(i.score, 4), "source": i.source} for i in found.inline],
        "items": [
            {"label": i.label, "kind": i.kind.value, "score": round(i.score, 6), "source": i.source, "detail": i.detail}
            for i in found.items
        ],
        "milliseconds": round(found.milliseconds, 1),
    }


def _text(found: Completion) -> str:
    lines = [f"the rest of the line ({i.score:.2f}): {printable(i.text)}" for i in found.inline]
    shown = ([i for i in found.items if not i.label.startswith("__")] or list(found.items))[:_SHOWN]
    width = max((len(i.label) for i in shown), default=0)
    lines += [
        f"  {i.score:.2f}  {printable(i.label):{width}}  {i.kind.value:9}  {i.source:9}  {printable(i.detail)}".rstrip()
        for i in shown
    ]
    if len(found.items) > len(shown):
        lines.append(f"  … and {len(found.items) - len(shown)} more; --json names them")
    return "\n".join(lines) or "nothing to offer here"
