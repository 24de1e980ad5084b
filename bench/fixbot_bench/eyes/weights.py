"""``fixbot bench weights``: learns how much each signal of localisation counts, from instances whose fixes are known."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_bench.dataset import load_instances
from fixbot_bench.locating import Ground, measure
from fixbot_bench.ranking.learning import Weights, check, learn
from fixbot_bench.runner import Runner

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("weights", epilog="Example: fixbot bench weights dev.jsonl --repos repos --out out/locate --workers 2")
@click.argument("dataset")
@click.option("--repos", type=_FOLDER, required=True, help="Folder of git repositories: owner__name, …")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@json_option
def command(*, dataset: str, repos: Path, out: Path, workers: int, as_json: bool) -> int:
    """Learn the tables of retrieval/weights.py from all instances; 'fixbot bench locate' judges them."""
    check()
    with Bar() as bar:
        measured = measure(
            load_instances(dataset), Ground(repos.resolve(), Places.current().index), Runner(out, workers, bar)
        )
    learned = learn(measured.cases)
    tables = {"FILE_WEIGHTS": learned.files, "DEFINITION_WEIGHTS": learned.definitions}
    if as_json:
        emit(cast("Mapping[str, Json]", {"instances": len(measured.cases), **tables, "errors": measured.errors}))
        return ExitCode.OK
    for name, weights in tables.items():
        click.echo(printable(_table(name, weights)))
    return ExitCode.OK


def _table(name: str, weights: Weights) -> str:
    """The table as it stands in the module."""
    rows = "".join(f'    "{signal}": {weight},\n' for signal, weight in weights.items())
    return f"{name}: dict[str, float] = {{\n{rows}}}"
