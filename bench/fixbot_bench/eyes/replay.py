"""``fixbot bench replay``: the edits of a project's past, typed again through the real server, with questions in between."""

import random
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.replay_edits import Revision
from fixbot_bench.eyes.replay_session import RESTS, Replay
from fixbot_bench.grading.tree import export_tree
from fixbot_repair.errors import RepairError
from fixbot_repair.git import Repository

_OURS = shlex.join([sys.executable, "-m", "fixbot_agent.cli", "lsp"])
_COMMITS = 2000  # looked at, at most
_LARGEST = 200_000  # bytes of a file that is typed in


@click.command("replay", epilog="Example: fixbot bench replay ~/src/flask --edits 100000")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--edits", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--server", default=_OURS, show_default="fixbot lsp", metavar="CMD")
@click.option(
    "--settle",
    type=click.FloatRange(0),
    default=RESTS,
    show_default=True,
    help="Seconds to come to rest, before memory is read.",
)
@json_option
def command(*, project: Path, edits: int, seed: int, server: str, settle: float, as_json: bool) -> int:
    """Type what commits changed, character by character with slips, asking and cancelling; the oldest of those looked at comes first.

    Memory growth from the first tenth on, errors, processes left behind, and whether the server's text is what git says.
    """
    with Bar() as bar, tempfile.TemporaryDirectory(prefix="fixbot-replay-") as scratch:
        root, home = Path(scratch, project.resolve().name), Path(scratch, "home")
        past = _past(project.resolve())
        try:
            repository = Repository.open(project.resolve())
            export_tree(project.resolve(), f"{past[0]}^", root)
            replay = Replay(shlex.split(server), root, home, random.Random(seed), settle)
            document = dict(replay.run(_revisions(repository, past), edits, bar))
        except RepairError as error:
            raise DatasetError(f"{project}: {error}", error.hint) from error
    document = {"project": project.resolve().name, "seed": seed, **document}
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(document)
    return ExitCode.OK


def _past(project: Path) -> list[str]:
    """Effect: commits that changed Python files, oldest first, the very first of the repository left out."""
    try:
        changes = Repository.open(project).changes(_COMMITS)
    except RepairError as error:
        raise DatasetError(f"{project}: {error}", "name the folder of a git repository") from error
    found = [change.commit for change in changes[:-1] if any(path.endswith(".py") for path in change.paths)]
    if not found:
        raise DatasetError(
            f"{project} has no past in which Python files changed", "name the folder of a git repository"
        )
    return found[::-1]


def _revisions(repository: Repository, commits: list[str]) -> Iterator[Revision]:
    """Effect: reads the repository. Files of commits that are there before and after, over and over again."""
    while True:
        found = False
        for commit in commits:
            for path in repository.diff_names(f"{commit}^", commit):
                if path.endswith(".py") and (revision := _revision(repository, commit, path)):
                    found = True
                    yield revision
        if not found:
            raise DatasetError("no commit changed a file that can be typed", "name a project with a longer past")


def _revision(repository: Repository, commit: str, path: str) -> Revision | None:
    try:
        sides = [repository.show(each, path) for each in (f"{commit}^", commit)]
        old, new = (side.decode("utf-8") for side in sides)
    except (RepairError, UnicodeDecodeError):
        return None
    plain = all(not set("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029") & set(side) for side in (old, new))
    return Revision(path, old, new) if plain and max(map(len, sides)) <= _LARGEST and old != new else None


def _show(document: Mapping[str, object]) -> None:
    click.echo(
        printable(
            f"{document['edits']} edits of {document['files']} files of {document['project']}, seed {document['seed']}"
        )
    )
    click.echo(
        f"{document['seconds']} s, {document['edits_per_second']} edits a second; CPU of the server {document['cpu_ms']} ms an edit"
    )
    click.echo(
        f"asked {document['asked']}: {document['answered']} answered, {document['cancelled']} cancelled, {document['errors']} errors"
    )
    for error in cast("list[str]", document["error_texts"]):
        click.echo(printable(f"  {error}"))
    click.echo(f"texts compared with git at {document['probes']} places: {document['probes_wrong']} differ")
    series = ", ".join(f"{held:.0f}" for held in cast("list[float]", document["memory_mib"]))
    click.echo(f"memory after each tenth, MiB: {series}: growth {document['growth_percent']} %")
    click.echo(f"processes left behind: {document['orphans']}")
