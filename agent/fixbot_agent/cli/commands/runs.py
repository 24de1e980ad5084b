"""``fixbot runs``: the audit trail, and applying what an earlier run found."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.configuring import warn
from fixbot_agent.cli.envelope import ExitCode, emit, printable, without_keys
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.storage import write
from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs import Kept, Trail
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places, workspace_root


@click.group(epilog="Example: fixbot runs show last")
def command() -> None:
    """The audit trail: what was asked, tried, checked, spent."""


@command.command("list", epilog="Example: fixbot runs list --json")
@json_option
def list_runs(as_json: bool) -> int:
    """List the runs that were kept, the newest first."""
    kept = Trail(Places.current().runs).listed()
    if as_json:
        emit({"runs": [_summary(k) for k in kept]})
    elif not kept:
        click.echo("no runs were kept yet")
    for one in [] if as_json else kept:
        click.echo(printable(f"{one.id}  {one.command:<6} {one.status:<11} {one.seconds:6.1f} s  {one.root}"))
    return 0


@command.command(epilog="Example: fixbot runs show last --html run.html")
@click.argument("run")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file, as one page.")
@json_option
def show(run: str, html: Path | None, as_json: bool) -> int:
    """Show what happened in RUN: an id from the list, its beginning or end, or 'last'."""
    kept = Trail(Places.current().runs).find(run)
    if html is not None:
        return _page(kept, html, as_json)
    events = _told(kept)
    if as_json:
        emit({"run": _summary(kept), "events": events, "report": kept.report})
        return 0
    click.echo(printable(f"{kept.id}: {kept.command} in {kept.root}: {kept.status}, {kept.seconds:.1f} s"))
    for event in events:
        click.echo(printable(_line(event)))
    if kept.patch:
        click.echo(printable(kept.patch))
    if (reproduction := kept.folder / "reproduction.py").is_file():
        click.echo(printable(f"reproduction of the issue: {reproduction}"))
    return 0


@command.command(epilog="Example: fixbot runs apply last")
@click.argument("run")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; the run's own when left out.",
)
@click.option("--allow-dirty", is_flag=True, help="Also write to files with uncommitted work.")
@click.option("--unverified", is_flag=True, help="Also apply a patch that could not be verified.")
@json_option
def apply(run: str, repo: Path | None, allow_dirty: bool, unverified: bool, as_json: bool) -> int:
    """Apply the patch that RUN found, under the same rules as solve --apply."""
    from fixbot_agent.solving import applying, keeping

    places = Places.current()
    kept = Trail(places.runs).find(run)
    root = workspace_root(repo or Path(kept.root))
    if kept.status != "plausible" and not unverified:
        raise UsageFailure(f"the patch of the run {kept.id} is not verified", "look at it first, then use --unverified")
    for line in applying.recover(root, places.state):
        warn(line)
    changes, allow_tests = keeping.kept_changes(kept, root)
    applying.check(root, changes, allow_dirty=allow_dirty, allow_tests=allow_tests)
    applying.write(root, changes, places.state)
    files = [c.path for c in changes]
    if as_json:
        emit({"status": "ok", "exit_code": int(ExitCode.OK), "run": kept.id, "files": files})
    else:
        click.echo(printable(f"applied to {', '.join(files)}"), err=True)
    return ExitCode.OK


@command.command(epilog="Example: fixbot runs replay last")
@click.argument("run")
@click.option("--trust", is_flag=True, help="Trust this workspace for this run (see: fixbot trust).")
@json_option
def replay(run: str, trust: bool, as_json: bool) -> int:
    """Go through RUN again from the answers that it kept; no model is asked, nothing is written.

    Exit code 0 when it comes to the same end, 1 when it does not; says where it first went another way.
    """
    from fixbot_agent.cli.replaying import lines, replayed

    kept = Trail(Places.current().runs).find(run)
    done = replayed(kept, trust)
    code = ExitCode.OK if done.is_same else ExitCode.NO_PATCH
    if as_json:
        emit({"status": "ok", "exit_code": int(code), "run": kept.id, **done.to_json()})
    for line in [] if as_json else lines(done):
        click.echo(printable(line))
    return code


def _page(kept: Kept, file: Path, as_json: bool) -> int:
    """Effect: write the page of the run to `file`."""
    from fixbot_agent.run_page import html

    page = without_keys(html(kept)).encode("utf-8", "replace")
    try:
        write(file, page)
    except OSError as error:
        hint = "name a file in a folder that exists, can be written and has room"
        raise UsageFailure(f"{file} cannot be written: {error.strerror}", hint) from error
    if as_json:
        emit({"status": "ok", "exit_code": int(ExitCode.OK), "run": kept.id, "files": [str(file)]})
    else:
        click.echo(printable(f"written to {file} ({len(page) / 1000:.0f} kB)"), err=True)
    return ExitCode.OK


def _summary(kept: Kept) -> dict[str, Json]:
    return {"id": kept.id, "command": kept.command, "root": kept.root, "status": kept.status, "seconds": kept.seconds}


def _told(kept: Kept) -> list[Mapping[str, Json]]:
    """Effect: the events of the run, with the words of what was said in place of its name."""
    said = kept.blobs()
    whole: list[Mapping[str, Json]] = []
    for event in kept.events():
        content = said.get(str(event.get("said")))
        words = (
            {"text": content.get("text", ""), "tool_calls": content.get("calls", [])}
            if isinstance(content, Mapping)
            else {}
        )
        whole.append({**{k: v for k, v in event.items() if k != "said" or not words}, **words})
    return whole


def _line(event: Mapping[str, Json]) -> str:
    at = event.get("at")
    when = datetime.fromtimestamp(cast("float", at), UTC) if isinstance(at, (int, float)) else None
    rest = {k: v for k, v in event.items() if k not in ("at", "kind")}
    said = ", ".join(f"{k}={_short(v)}" for k, v in rest.items() if v not in ("", [], None))
    return f"{when:%H:%M:%S}  {event.get('kind')}  {said}" if when else f"{event.get('kind')}  {said}"


def _short(value: Json) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else text[:157] + "…"
