"""``fixbot context``: exactly the context a model would be given, each snippet with its reason and the way to it."""

import re
import time
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.targets import is_place, read_target, read_text
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_analysis.context import BUDGET, Context, Focus
from fixbot_analysis.documents import Library
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index

_WAYS = 2  # to a snippet that are shown
_NEARLY_A_PLACE = re.compile(r".+:[-+\d.]+(?::.*)?")


@click.command("context", epilog="Examples: fixbot context shop/cart.py:12:9    fixbot context issue.md --budget 2000")
@click.argument("about", metavar="FILE:LINE:COL|ISSUE.md|-")
@click.option(
    "--budget", type=click.IntRange(min=1), default=BUDGET, show_default=True, help="Tokens, at four characters each."
)
@repo_option
@json_option
def command(about: str, budget: int, repo: Path, as_json: bool) -> int:
    """Show the snippets that a model would be given for a place or for an issue, most telling first."""
    place = is_place(about)
    text = "" if place else _text_of(about)
    kept = Places.current().index
    with Bar(on=not as_json) as bar, Index.open(repo, kept, progress=bar) as index:
        if not index.paths:
            raise UsageFailure(f"no source code in {repo}", "name the folder of a project with --repo")
        _ = index.graph  # the index's own time, not the context's
        target = read_target(index, about) if place else None
        library = Library.open(index.tree, kept)
        past = _past(index, kept) if target else None
        began = time.perf_counter()
        about_what = Focus(target.path, target.position) if target else text
        context = Context.build(index, about_what, budget, library, kept, past)
        milliseconds = round(1000 * (time.perf_counter() - began), 1)
    if as_json:
        snippets: list[Json] = [
            {
                "path": s.path,
                "start_line": s.start_line,
                "end_line": s.end_line,
                "text": s.text,
                "why": s.why,
                "via": list(s.via),
            }
            for s in context.snippets
        ]
        emit(
            {
                "tokens": context.tokens,
                "budget": context.budget,
                "snippets": snippets,
                "milliseconds": milliseconds,
            }
        )
    else:
        click.echo(_text(context, milliseconds))
    return ExitCode.OK


def _past(index: Index, kept: Path) -> ProjectHistory | None:
    """Effect: the project's past, where another command has read it before: nobody waits for it here."""
    from fixbot_repair.git import kept_past

    return kept_past(index.tree.root, kept)


def _text_of(about: str) -> str:
    """Effect: reads a file or stdin. Raises UsageFailure where there is no text, or `about` was meant to be a place."""
    if _NEARLY_A_PLACE.fullmatch(about) and not Path(about).exists():
        raise UsageFailure(
            f"{about!r} is no place in a file", "write FILE:LINE:COL, both from 1, as in shop/cart.py:12:9"
        )
    return read_text(about)


def _text(context: Context, milliseconds: float) -> str:
    parts, path = [], ""
    for s in context.snippets:
        lines = f"{s.start_line}-{s.end_line}" if s.end_line > s.start_line else f"{s.start_line}"
        where = f"{printable(s.path)}:{lines}" if s.path != path else f"  :{lines}"
        title = click.style(where, bold=True) + f"  ({printable(s.why)}, {s.tokens} tokens)"
        ways = [click.style(f"  {printable(via)}", dim=True) for via in s.via[:_WAYS]]
        parts.append("\n".join([title, *ways, printable(s.text.replace("\r\n", "\n"))]))
        path = s.path
    parts.append(f"{len(context.snippets)} snippets, {context.tokens} of {context.budget} tokens, {milliseconds} ms")
    return "\n".join(parts)
