"""``fixbot runs``: the audit trail; applying what an earlier run found, taking it back, going through it again."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from fixbot_agent.cli.configuring import warn
from fixbot_agent.cli.envelope import ExitCode, emit, printable, without_keys
from fixbot_agent.cli.happening import rows, told
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.patchless import has_patch
from fixbot_agent.cli.storage import write
from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs import Kept, Run, Trail, words
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places, workspace_root

repository_option = click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; the run's own when left out.",
)


_ENDS = ("verified", "unverified", "none", "needs-info", "budget", "error", "interrupted", "running", "unfinished")


@click.group(epilog="Example: fixbot runs show last")
def command() -> None:
    """The audit trail: what was asked, tried, checked, spent."""


@command.command("list", epilog="Example: fixbot runs list --status verified --root .")
@click.option(
    "--root", type=click.Path(file_okay=False, path_type=Path), help="Only those of the project in this folder."
)
@click.option(
    "--status", default="", metavar="A,B", help="Only those that ended so: verified, unverified, interrupted, running …"
)
@click.option("--model", default="", metavar="NAME", help="Only those in which this model was asked.")
@json_option
def list_runs(root: Path | None, status: str, model: str, as_json: bool) -> int:
    """List the runs that were kept, the newest first."""
    wanted = {words.contract(part.strip()) for part in status.split(",") if part.strip()}
    top = root.resolve() if root is not None else None
    listed = Trail(Places.current().runs).listed()
    known = [*dict.fromkeys((*_ENDS, *(words.status(k.status) for k in listed if k.status)))]
    if strange := wanted - set(map(words.contract, known)):
        raise UsageFailure(f"no run ends as {', '.join(sorted(strange))}", f"known are {', '.join(known)}")
    kept = [
        k
        for k in listed
        if (not wanted or k.status in wanted)
        and (top is None or Path(k.root).is_relative_to(top) or (k.root and top.is_relative_to(k.root)))
        and (not model or model in k.models)
    ]
    if as_json:
        emit({"runs": [_summary(k) for k in kept]})
    elif not kept:
        click.echo("no such runs were kept" if wanted or top or model else "no runs were kept yet")
    for one in [] if as_json else kept:
        click.echo(
            printable(f"{one.id}  {one.command:<6} {words.status(one.status):<11} {one.seconds:6.1f} s  {one.root}")
        )
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
    events = told(kept)
    if as_json:
        emit({"run": _summary(kept), "events": events, "report": kept.report})
        return 0
    click.echo(
        printable(f"{kept.id}: {kept.command} in {kept.root}: {words.status(kept.status)}, {kept.seconds:.1f} s")
    )
    for line in rows(events):
        click.echo(printable(line))
    if kept.patch:
        click.echo(printable(kept.patch))
    for name, what in (("reproduction.py", "reproduction of the issue"), ("own_test.py", "the model's own test")):
        if (kept.folder / name).is_file():
            click.echo(printable(f"{what}: {kept.folder / name}"))
    _verdict(kept)
    return 0


def _verdict(kept: Kept) -> None:
    """Effect: end with what the run came to, as it was told when it ended."""
    if kept.command == "solve" and kept.report is not None:
        from fixbot_agent.cli import showing
        from fixbot_agent.solving.reporting import retelling

        showing.show(retelling.report(kept), stderr=False)
    elif kept.command == "cover" and kept.report is not None:
        from fixbot_agent.cli.covering_ended import said

        click.echo("")
        for line in said(kept):
            click.echo(printable(line))
    elif kept.command == "ask" and kept.report is not None:
        click.echo(printable(f"\n{kept.report.get('markdown') or ''}"))
    elif kept.command == "review" and kept.report is not None:
        from fixbot_agent.cli.reviewed import lines

        click.echo("")
        for line in lines(kept.report):
            click.echo(line)


@command.command(epilog="Example: fixbot runs apply last")
@click.argument("run")
@repository_option
@click.option("--allow-dirty", is_flag=True, help="Also write to files with uncommitted work.")
@click.option("--unverified", is_flag=True, help="Also apply a patch that could not be verified.")
@json_option
def apply(run: str, repo: Path | None, allow_dirty: bool, unverified: bool, as_json: bool) -> int:
    """Apply the patch that RUN found, under the same rules as solve --apply."""
    from fixbot_agent.solving.delivering import applying, keeping

    places = Places.current()
    kept = Trail(places.runs).find(run)
    has_patch(kept)
    root = workspace_root(repo or Path(kept.root))
    if kept.status != "plausible" and kept.command != "cover" and not unverified:  # each test of a cover is proven
        raise UsageFailure(f"the patch of the run {kept.id} is not verified", "look at it first, then use --unverified")
    for line in applying.recover(root, places.state):
        warn(line)
    if there := keeping.already_there(kept, root):
        return _applied(kept, (), there, as_json)
    changes, allow_tests = keeping.kept_changes(kept, root)
    applying.check(root, changes, allow_dirty=allow_dirty, allow_tests=allow_tests)
    applying.write(root, changes, places.state)
    with _going_on(kept) as run_:
        keeping.applied(run_, root, changes)
    return _applied(kept, [c.path for c in changes], (), as_json)


def _applied(kept: Kept, files: Sequence[str], there: Sequence[str], as_json: bool) -> int:
    """Effect: say which files were written, or that the patch was `there` already."""
    if as_json:
        emit({"status": "ok", "exit_code": int(ExitCode.OK), "run": kept.id, "files": [*files], "already": [*there]})
    elif there:
        click.echo(printable(f"already applied to {', '.join(there)}: nothing was written"), err=True)
    else:
        click.echo(printable(f"applied to {', '.join(files)}"), err=True)
    return ExitCode.OK


@command.command(epilog="Example: fixbot runs undo last")
@click.argument("run")
@repository_option
@json_option
def undo(run: str, repo: Path | None, as_json: bool) -> int:
    """Take back what RUN wrote: its patch out of the tree, or the branch that it made. Refused where that was changed since."""
    from fixbot_agent.solving.delivering import applying
    from fixbot_agent.solving.delivering.undoing import undo as take_back
    from fixbot_agent.solving.delivering.undoing import written_to

    places = Places.current()
    kept = Trail(places.runs).find(run)
    root = workspace_root(repo or written_to(kept))
    for line in applying.recover(root, places.state):
        warn(line)
    done = take_back(kept, root, places.state)
    with _going_on(kept) as run_:
        run_.event("undone", files=list(done.files), branch=done.branch)
    what = f"deleted the branch {done.branch}" if done.branch else f"taken back in {', '.join(done.files)}"
    if as_json:
        emit(
            {
                "status": "ok",
                "exit_code": int(ExitCode.OK),
                "run": kept.id,
                "files": list(done.files),
                "branch": done.branch,
            }
        )
    else:
        click.echo(printable(what), err=True)
    return ExitCode.OK


@command.command(epilog="Example: fixbot runs export last run.zip")
@click.argument("run")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def export(run: str, file: Path, as_json: bool) -> int:
    """Write RUN to FILE (a zip) so that others can read it: without keys, paths of this machine and its environment."""
    from fixbot_agent.cli.exporting import exported

    kept = Trail(Places.current().runs).find(run)
    return _written(kept, file, exported(kept, Path(kept.root)), as_json)


@command.command(epilog="Example: fixbot runs prune --keep 50 --older-than 30d --dry-run")
@click.option("--keep", type=click.IntRange(0), metavar="N", help="Keep the N newest.")
@click.option("--older-than", metavar="AGE", help="Delete only what is older: 12h, 30d, 8w.")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@json_option
def prune(keep: int | None, older_than: str | None, dry_run: bool, as_json: bool) -> int:
    """Delete runs that are kept, but for the newest or the younger ones; never one that is going on."""
    from fixbot_agent.runs import pruning

    if keep is None and older_than is None:
        raise UsageFailure("which runs may go?", "say --keep N, --older-than 30d, or both")
    runs = Trail(Places.current().runs).listed()
    wanted = pruning.chosen(runs, keep, pruning.age(older_than) if older_than else None)
    gone = [pruning.Pruned(k.id, pruning.size_of(k)) for k in wanted] if dry_run else pruning.prune(wanted)
    size = sum(p.bytes for p in gone)
    if as_json:
        rows: list[Json] = [{"id": p.id, "bytes": p.bytes} for p in gone]
        emit(
            {
                "status": "ok",
                "exit_code": int(ExitCode.OK),
                "dry_run": dry_run,
                "pruned": rows,
                "bytes": size,
                "left": len(runs) - len(gone),
            }
        )
        return ExitCode.OK
    for one in gone if dry_run else []:
        click.echo(f"{one.id}  {one.bytes / 1000:.0f} kB")
    told = "would be deleted" if dry_run else "deleted"
    click.echo(
        f"{len(gone)} {'run' if len(gone) == 1 else 'runs'} {told} ({size / 1e6:.1f} MB), {len(runs) - len(gone)} stay",
        err=True,
    )
    return ExitCode.OK


@command.command(epilog="Example: fixbot runs replay last")
@click.argument("run")
@click.option("--trust", is_flag=True, help="Trust this workspace for this run (see: fixbot trust).")
@json_option
def replay(run: str, trust: bool, as_json: bool) -> int:
    """Go through RUN again from the answers that it kept; no model is asked, nothing is written.

    Exit code 0 when it comes to the same end, 1 when it does not; says where it first went another way.
    """
    from fixbot_agent.cli.going_again import gone_through
    from fixbot_agent.cli.replaying import lines

    kept = Trail(Places.current().runs).find(run)
    done = gone_through(kept, trust)
    code = ExitCode.OK if done.is_same else ExitCode.NO_PATCH
    if as_json:
        emit({"status": "ok", "exit_code": int(code), "run": kept.id, **done.to_json()})
    for line in [] if as_json else lines(done):
        click.echo(printable(line))
    return code


def _page(kept: Kept, file: Path, as_json: bool) -> int:
    """Effect: write the page of the run to `file`."""
    from fixbot_agent.run_page import html

    return _written(kept, file, without_keys(html(kept)).encode("utf-8", "replace"), as_json)


def _written(kept: Kept, file: Path, data: bytes, as_json: bool) -> int:
    """Effect: write `data` to `file`, and say so. Raises UsageFailure."""
    try:
        write(file, data)
    except OSError as error:
        hint = "name a file in a folder that exists, can be written and has room"
        raise UsageFailure(f"{file} cannot be written: {error.strerror}", hint) from error
    if as_json:
        emit({"status": "ok", "exit_code": int(ExitCode.OK), "run": kept.id, "written": str(file), "bytes": len(data)})
    else:
        click.echo(printable(f"written to {file} ({len(data) / 1000:.0f} kB)"), err=True)
    return ExitCode.OK


@contextmanager
def _going_on(kept: Kept) -> Iterator[Run]:
    """Effect: hold the run, so that an event can be added to it. Raises UsageFailure where it is going on."""
    from fixbot_agent.runs.secrets import redactor

    run = Run.resume(kept.folder, redactor((), os.environ), warn)
    try:
        yield run
    finally:
        run.close()


def _summary(kept: Kept) -> dict[str, Json]:
    return {"id": kept.id, "command": kept.command, "root": kept.root, "status": kept.status, "seconds": kept.seconds}
