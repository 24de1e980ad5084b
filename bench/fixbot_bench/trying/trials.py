"""``fixbot bench trials``: candidates a second, beside a whole pytest for each."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.schemas import Json
from fixbot_bench.trying import rates
from fixbot_bench.trying.ground import ground, shown
from fixbot_bench.trying.mutation import own
from fixbot_repair.verification.pool import cores


@click.command(epilog="Example: fixbot bench trials ~/src/toolz --module toolz/itertoolz.py --candidates 200")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--module", required=True, help="The file that is changed, relative to the project.")
@click.option("--candidates", type=click.IntRange(1), default=200, show_default=True, help="Versions that we try.")
@click.option(
    "--reference", type=click.IntRange(1), default=20, show_default=True, help="Of those, how many pytest gets."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--python", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The project's interpreter."
)
@click.option("--workers", type=click.IntRange(1), help="Of both; by default one a core.")
@json_option
def command(
    project: Path, module: str, candidates: int, reference: int, seed: int, python: Path | None, workers: int | None,
    as_json: bool,
) -> int:  # fmt: skip
    """How many versions of a module are tried a second: ours, and 'python -m pytest -x -q' for each."""
    count = workers or cores()
    with ground(project.resolve(), module, python) as here:
        chosen = own(here.source)
        random.Random(seed).shuffle(chosen)
        chosen = chosen[:candidates]
        before = rates.baseline(here.runner)
        cost, trials, notes = rates.ours(here.workspace, here.runner, before, module, chosen, count)
        few = chosen[:reference]
        plain, survived = rates.plain(here.workspace, module, few, count, here.python)
    agreed = sum(rates.survives(t) == s for t, s in zip(trials, survived, strict=False))
    document: dict[str, object] = {
        "project": project.name, "module": module, "workers": count, "tests": len(before.outcomes),
        "survived": sum(map(rates.survives, trials)), "ours": cost.row(), "pytest": plain.row(),
        "ratio": shown(cost, plain), "same_verdict": f"{agreed} of {len(few)}", "notes": list(notes),
    }  # fmt: skip
    if as_json:
        emit(cast("Mapping[str, Json]", document))
        return ExitCode.OK
    for name in ("ours", "pytest", "ratio", "same_verdict"):
        click.echo(printable(f"{name.replace('_', ' '):<14} {document[name]}"))
    return ExitCode.OK
