"""``fixbot stats``: what the editor was offered, what was accepted, and what of it stayed."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.storage import write
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places

# The list of commands asks for a line of help, which must not load git.
if TYPE_CHECKING:
    from fixbot_lsp.statistics.log import Log
    from fixbot_lsp.statistics.tables import Row, Table

_DAY = 86_400


def folder(places: Places) -> Path:
    """Where the events are kept."""
    return places.state / "statistics"


@click.command(
    "stats",
    short_help="What the editor was offered and what was accepted, kept locally.",
    epilog="Example: fixbot stats --days 30 --page stats.html",
)
@click.option("--days", type=click.IntRange(1, 400), default=90, show_default=True, help="How far to look back.")
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with plots to this file.")
@click.option("--no-git", is_flag=True, help="Do not ask git what became of accepted texts.")
@click.option("--clear", is_flag=True, help="Delete everything that was counted.")
@json_option
def command(days: int, page: Path | None, no_git: bool, clear: bool, as_json: bool) -> int:
    """Show what was offered, accepted and kept, by engine, model and version of the prompt.

    Everything is counted on this machine, for its user, and never sent. "Stands" is the share of an accepted text's characters that
    is still there after 30 seconds, 5 minutes, in the next commit, and 14 days later.
    """
    from fixbot_lsp.statistics.lasting import Past
    from fixbot_lsp.statistics.log import Log
    from fixbot_lsp.statistics.page import html
    from fixbot_lsp.statistics.tables import table

    log = Log(folder(Places.current()))
    if clear:
        return _cleared(log, as_json)
    now = time.time()
    counted = table(log.read(now - days * _DAY), None if no_git else Past(now))
    if page is not None:
        _write(page, html(counted, days))
    if as_json:
        emit(_document(counted, days))
    else:
        click.echo(_text(counted))
        if page is not None:
            click.echo(f"the page: {page}")
    return ExitCode.OK


def _cleared(log: "Log", as_json: bool) -> int:
    files = log.clear()
    if as_json:
        emit({"status": "ok", "cleared": files})
    else:
        click.echo(f"{files} files deleted from {log.folder}" if files else "there was nothing to delete")
    return ExitCode.OK


def _write(page: Path, text: str) -> None:
    try:
        write(page, text.encode())
    except OSError as error:
        raise UsageFailure(
            f"{page} cannot be written: {error.strerror}",
            "name a file in a folder that exists, can be written and has room",
        ) from error


def _document(counted: "Table", days: int) -> Mapping[str, Json]:
    return {
        "status": "ok",
        "days": days,
        "rows": [_row(row) for row in counted.rows],
        "weeks": [{"week": f"{w}", "shown": shown, "taken": taken} for w, (shown, taken) in counted.weeks.items()],
        "withheld": dict(counted.withheld),
    }


def _row(row: "Row") -> Mapping[str, Json]:
    from fixbot_lsp.statistics.tables import STAGES

    return {
        "engine": row.engine, "model": row.model, "prompt": row.prompt, "shown": row.shown, "accepted": row.accepted,
        "partly": row.partly, "inferred": row.inferred, "characters": row.characters,
        "milliseconds": {"median": round(row.latency(0.5), 1), "p95": round(row.latency(0.95), 1)},
        "standing": {stage: {"share": _rounded(row.standing(stage)), "texts": len(row.still[stage])} for stage in STAGES},
    }  # fmt: skip


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _text(counted: "Table") -> str:
    from fixbot_lsp.statistics.page import HEADER, cells, inferred

    if not counted.rows:
        return "nothing was offered yet: the editor's language server counts here what it shows"
    lines = [HEADER, *(tuple(map(printable, cells(row))) for row in counted.rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADER))]
    text = [
        "  ".join(c.ljust(w) if not i else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    withheld = ", ".join(f"{count} {reason}" for reason, count in counted.withheld.items())
    return "\n".join(filter(None, [*text, inferred(counted), f"made and not shown: {withheld}" if withheld else ""]))
