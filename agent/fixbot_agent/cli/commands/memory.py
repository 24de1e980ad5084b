"""``fixbot memory``: what is remembered of a repository; forgetting it."""

from pathlib import Path

import click

from fixbot_agent.cli.envelope import emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.errors import UsageFailure
from fixbot_agent.memory import Entry, Memory, holds
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_repair import confined
from fixbot_repair.git import Repository


@click.group(epilog="Example: fixbot memory list")
def command() -> None:
    """What is remembered of a repository: verified fixes, facts and how-tos, each while the code that it is about stays."""


@command.command("list", epilog="Example: fixbot memory list --repo ~/src/shop")
@repo_option
@json_option
def list_entries(repo: Path, as_json: bool) -> int:
    """List what is remembered, the newest first; what is outdated is told to nobody."""
    top, memory = _memory(repo)
    rows = [(entry, holds(entry, lambda path: _read(top, path))) for entry in memory.all()]
    if as_json:
        emit({"status": "ok", "folder": str(memory.folder), "entries": [_json(e, ok) for e, ok in rows]})
        return 0
    if not rows:
        click.echo("nothing is remembered of this repository")
    for entry, ok in rows:
        click.echo(printable(f"{entry.id}  {entry.kind:<6} {entry.day}  {'' if ok else '(outdated) '}{entry.text}"))
        word = "; the model's word, checked by nobody" if entry.is_a_word else ""
        verdict = "whose patch was verified" if entry.is_verified else "whose patch was not verified"
        click.echo(
            printable(
                f"          from run {entry.run}, {verdict}{word}; about {', '.join(a.name for a in entry.about)}"
            )
        )
    return 0


@command.command("forget", epilog="Example: fixbot memory forget 3f2a91bc")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--all", "everything", is_flag=True, help="Forget all of this repository.")
@repo_option
@json_option
def forget(ids: tuple[str, ...], everything: bool, repo: Path, as_json: bool) -> int:
    """Forget the memories of these IDs."""
    if bool(ids) == everything:
        raise UsageFailure("name what to forget", "fixbot memory forget ID, or fixbot memory forget --all")
    _, memory = _memory(repo)
    known = {entry.id for entry in memory.all()}
    if missing := [i for i in ids if i not in known]:
        raise UsageFailure(f"nothing is remembered as {missing[0]}", "'fixbot memory list' shows what is")
    gone = memory.forget(known if everything else ids)
    if as_json:
        emit({"status": "ok", "folder": str(memory.folder), "forgotten": list(gone)})
    else:
        click.echo(f"{len(gone)} forgotten")
    return 0


def _memory(repo: Path) -> tuple[Path, Memory]:
    top = Repository.open(repo).top
    return top, Memory(Places.current().memory, top)


def _read(top: Path, path: str) -> bytes | None:
    try:
        return decode(path, confined.read(top, path)).data
    except FixbotError:
        return None


def _json(entry: Entry, is_current: bool) -> Json:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "text": entry.text,
        "run": entry.run,
        "by": entry.by,
        "verified": entry.is_verified,
        "day": entry.day,
        "about": [a.name for a in entry.about],
        "current": is_current,
    }
