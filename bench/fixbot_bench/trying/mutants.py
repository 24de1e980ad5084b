"""``fixbot bench mutants``: all mutants of a module, beside mutmut 3 on the same ones."""

import shutil
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_bench.trying import rates
from fixbot_bench.trying.ground import Ground, ground, shown
from fixbot_bench.trying.mutation import Mutant, of_mutmut, own, some_functions
from fixbot_repair.checks import Feedback
from fixbot_repair.verification import Trial
from fixbot_repair.verification.pool import cores

_MOST_NAMED = 20
_PATIENCE = 6 * 3600.0  # seconds that mutmut may take


@click.command(
    epilog="Example: fixbot bench mutants ~/src/toolz --module toolz/itertoolz.py --mutmut ~/mutmut/bin/mutmut"
)
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--module", required=True, help="The file that is changed, relative to the project.")
@click.option("--mutmut", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its command, version 3.")
@click.option(
    "--after", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A copy of the project in which mutmut has run: its mutants and verdicts, no times.",
)  # fmt: skip
@click.option(
    "--python", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The project's interpreter."
)
@click.option("--workers", type=click.IntRange(1), help="Of both; by default one a core.")
@click.option(
    "--functions", type=click.IntRange(1), help="Only the mutants of so many, chosen by chance, always the same."
)
@json_option
def command(
    project: Path, module: str, mutmut: Path | None, after: Path | None, python: Path | None, workers: int | None,
    functions: int | None, as_json: bool,
) -> int:  # fmt: skip
    """How many mutants are judged a second, and whether mutmut says the same of each. The run with traces counts for both."""
    count = workers or cores()
    with (
        ground(project.resolve(), module, python) as here,
        tempfile.TemporaryDirectory(prefix="fixbot-mutants-") as scratch,
    ):
        folder, theirs = after, None
        chosen = some_functions(here.source, functions)
        if mutmut is not None:
            folder = Path(scratch) / project.name
            theirs = _run(mutmut.absolute(), here, folder, module, count, chosen if functions else ())
        mutants = of_mutmut(here.source, folder / "mutants", module, chosen) if folder else own(here.source)
        cost, trials, notes = _ours(here, module, mutants, count)
    document: dict[str, object] = {
        "project": project.name, "module": module, "workers": count, "mutants": len(mutants), "ours": cost.row(),
        "survived": sum(map(rates.survives, trials)), "notes": list(notes), **_compared(mutants, trials),
    }  # fmt: skip
    if theirs is not None:
        document |= {"mutmut": theirs.row(), "ratio": shown(cost, theirs)}
    if as_json:
        emit(cast("Mapping[str, Json]", document))
        return ExitCode.OK
    for name, value in document.items():
        click.echo(printable(f"{name.replace('_', ' '):<14} {value}"))
    return ExitCode.OK


def _ours(
    here: Ground, module: str, mutants: list[Mutant], workers: int
) -> tuple[rates.Cost, list[Trial], tuple[str, ...]]:
    """Effect: our run; the wall time that it takes to learn who runs what is included (its CPU ends uncounted with its sandbox)."""
    found: list[Feedback] = []

    def learn() -> int:
        found.append(rates.baseline(here.runner))
        return 1

    learned = rates.timed(learn)
    cost, trials, notes = rates.ours(here.workspace, here.runner, found[0], module, mutants, workers)
    return rates.Cost(cost.count, cost.wall + learned.wall, cost.cpu + learned.cpu), trials, notes


def _compared(mutants: list[Mutant], trials: list[Trial]) -> dict[str, object]:
    """On how many the two agree, and where they do not."""
    asked = [(m, t) for m, t in zip(mutants, trials, strict=True) if m.killed is not None]
    other = [f"{m.name}: {'killed' if m.killed else 'survived'} there, {t.verdict} here: {t.why[:100]}"
             for m, t in asked if m.killed == rates.survives(t)]  # fmt: skip
    return {"same_verdict": f"{len(asked) - len(other)} of {len(asked)}", "other": other[:_MOST_NAMED]}


def _run(mutmut: Path, here: Ground, folder: Path, module: str, workers: int, functions: Collection[str]) -> rates.Cost:
    """Effect: let mutmut judge the mutants of `functions` of `module` (of all when there are none named) in a copy of the project.

    Raises DatasetError.
    """
    shutil.copytree(here.workspace.path, folder, symlinks=True)
    top = module.partition("/")[0]
    settings = {"source_paths": f'["{top}"]', "only_mutate": f'["{module}"]', "use_git_change_detection": "false"}
    with (folder / "pyproject.toml").open("a") as file:
        file.write("\n[tool.mutmut]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items()))
    dotted = module.removeprefix("src/").removesuffix(".py").replace("/", ".")
    named = [f"{dotted}.{function}__mutmut_*" for function in sorted(functions)]
    argv = [str(mutmut), "run", "--max-children", str(workers), *named]

    def work() -> int:
        done = subprocess.run(argv, cwd=folder, capture_output=True, timeout=_PATIENCE, check=False)
        found = len(of_mutmut(here.source, folder / "mutants", module, functions)) if done.returncode == 0 else 0
        if not found:
            said = (done.stdout + done.stderr).decode("utf-8", "replace")[-400:]
            raise DatasetError(f"mutmut judged nothing: {said}", "run it by hand in a copy of the project")
        return found

    return rates.timed(work)
