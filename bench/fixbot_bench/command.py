"""``fixbot bench``: the measuring commands. Heavy parts are imported by the command that runs."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places

if TYPE_CHECKING:
    from fixbot_bench.instance import Instance

Document = Mapping[str, object]

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


# Name -> module whose `command` it is, imported when asked for.
ELSEWHERE: dict[str, str] = {
    "bugs": "fixbot_bench.bugs",
    "checks": "fixbot_bench.eyes.checks",
    "choosing": "fixbot_bench.choosing",
    "complete": "fixbot_bench.eyes.complete",
    "complete-weights": "fixbot_bench.eyes.complete_weights",
    "confidence": "fixbot_bench.confidence",
    "context": "fixbot_bench.eyes.context",
    "context-weights": "fixbot_bench.eyes.context_weights",
    "cover": "fixbot_bench.covering.command",
    "definitions": "fixbot_bench.eyes.definitions",
    "editing": "fixbot_bench.eyes.editing",
    "edits": "fixbot_bench.eyes.mended",
    "fixes": "fixbot_bench.fixes",
    "faults": "fixbot_bench.faults.making",
    "graph": "fixbot_bench.eyes.graph",
    "history": "fixbot_bench.eyes.history",
    "imports": "fixbot_bench.eyes.imports",
    "index": "fixbot_bench.eyes.index",
    "invited": "fixbot_bench.invited",
    "lines": "fixbot_bench.eyes.lines",
    "lines-sure": "fixbot_bench.eyes.lines_sure",
    "lines-weights": "fixbot_bench.eyes.lines_weights",
    "reach": "fixbot_bench.reach.command",
    "misses": "fixbot_bench.reach.misses",
    "orders": "fixbot_bench.ordering",
    "name-weights": "fixbot_bench.eyes.name_weights",
    "mutants": "fixbot_bench.trying.mutants",
    "prompts": "fixbot_bench.prompting.command",
    "references": "fixbot_bench.eyes.references",
    "replay": "fixbot_bench.eyes.replay",
    "reproduce": "fixbot_bench.reproducing.command",
    "steps": "fixbot_bench.steps",
    "suspects": "fixbot_bench.suspecting.command",
    "trials": "fixbot_bench.trying.trials",
    "weights": "fixbot_bench.eyes.weights",
}


class BenchGroup(click.Group):
    """The commands of this module and those of :data:`ELSEWHERE`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Effect: import and return the command, None when there is none of that name."""
        if cmd_name in ELSEWHERE:
            return cast("click.Command", importlib.import_module(ELSEWHERE[cmd_name]).command)
        return super().get_command(ctx, cmd_name)


@click.group(cls=BenchGroup, epilog="Example: fixbot bench locate dev.jsonl --repos ~/repositories --out out/locate")
def command() -> None:
    """Measure fixbot, or any other agent, on the same cases."""


def _dataset_options(function: Callable[..., int]) -> Callable[..., int]:
    for option in (
        click.argument("dataset"),
        click.option("--repos", type=_FOLDER, required=True, help="Folder of git repositories: owner__name, …"),
        click.option("--instances", default="", metavar="ID,…", help="Only these."),
        click.option(
            "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go."
        ),
        click.option("--workers", type=click.IntRange(1), default=1, show_default=True),
        json_option,
    ):
        function = option(function)
    return function


@command.command(epilog="Example: fixbot bench grade dev.jsonl --predictions gold --repos repos --out out/gold")
@_dataset_options
@click.option("--predictions", required=True, metavar="FILE|gold|empty")
@click.option("--sandbox", default="auto", show_default=True)
def grade(
    *, dataset: str, repos: Path, instances: str, out: Path, workers: int, as_json: bool, predictions: str, sandbox: str
) -> int:
    """Grade predictions by the official rule, without Docker."""
    from fixbot_bench.grading.bench import grade as run_grade
    from fixbot_bench.grading.environment import environments
    from fixbot_bench.grading.grade import Grader
    from fixbot_bench.runner import Runner
    from fixbot_repair.sandbox import choose

    chosen = _instances(dataset, instances)
    grader = Grader(repos, environments(), choose(sandbox, trusted=True))
    with Bar() as bar:
        document = run_grade(chosen, predictions, grader, Runner(out, workers, bar))
    _show(document, as_json, ("submitted", "completed", "resolved", "unresolved", "empty_patch", "error"), "_instances")
    if not as_json:
        for name, why in cast("Mapping[str, str]", document["reasons"]).items():
            click.echo(printable(f"  {name}: {why}"), err=True)
    return ExitCode.OK


@command.command("run", epilog="Example: fixbot bench run dev.jsonl --repos repos --out out/run --agent 'mini {issue}'")
@_dataset_options
@click.option("--agent", default="", metavar="CMD", help="Another agent: {issue} and {repo} are put in.")
@click.option("--model", default="", help="A configured model for fixbot; without it the built-in engine.")
@click.option("--timeout", type=click.FloatRange(1), default=900.0, show_default=True, help="Seconds an instance.")
def solve(
    *, dataset: str, repos: Path, instances: str, out: Path, workers: int, as_json: bool, agent: str, model: str,
    timeout: float,
) -> int:  # fmt: skip
    """Solve instances; grade what comes out with 'fixbot bench grade'."""
    from fixbot_bench.grading.environment import environments
    from fixbot_bench.runner import Runner
    from fixbot_bench.running import Agent, run

    chosen = _instances(dataset, instances)
    who = Agent(agent, ("--model", model) if model else ("--no-model",), timeout)
    with Bar() as bar:
        document = run(chosen, repos, who, Runner(out, workers, bar), environments())
    _show(document, as_json, ("instances", "patches", "predictions"))
    return ExitCode.OK


@command.command(epilog="Example: fixbot bench locate dev.jsonl --repos repos --out out/locate --workers 2 --ablate")
@_dataset_options
@click.option("--k", "ks", default="1,3,5,10", show_default=True, help="Ranks to look at.")
@click.option("--ablate", is_flag=True, help="Also what each signal adds, and what it does alone.")
@click.option("--translated", is_flag=True, help="What is lost when issues are written in Chinese.")
@click.option("--past/--no-past", default=True, help="With the history up to the base commit, or without.")
def locate(
    *, dataset: str, repos: Path, instances: str, out: Path, workers: int, as_json: bool, ks: str, ablate: bool,
    translated: bool, past: bool,
) -> int:  # fmt: skip
    """How early the files and functions of the gold patch are ranked."""
    from fixbot_bench import locating
    from fixbot_bench.runner import Runner

    ranks, chosen = _ranks(ks), _instances(dataset, instances)
    ground = locating.Ground(repos.resolve(), Places.current().index, past)
    with Bar() as bar:
        runner = Runner(out, workers, bar)
        if translated:
            document = locating.translated(chosen, ground, runner, ranks)
        else:
            document = locating.run(chosen, ground, runner, ranks, ablate=ablate)
    _show(document, as_json, document)
    return ExitCode.OK


@command.command(epilog="Example: fixbot bench repair examples --timeout 60 --out out/repair")
@click.argument("folder", type=_FOLDER)
@click.option("--timeout", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds a case.")
@click.option("--cases", default="", metavar="A,B", help="Only these.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@json_option
def repair(*, folder: Path, timeout: float, cases: str, out: Path, workers: int, as_json: bool) -> int:
    """How many small broken projects are repaired, and how many of the repairs are right."""
    from fixbot_bench.repairing import default_solver, drawn, find_cases, run
    from fixbot_bench.runner import Runner

    chosen = find_cases(folder, _names(cases))
    with Bar() as bar:
        document = run(folder, chosen, Runner(out, workers, bar), timeout, default_solver())
    _show(document, as_json, ("cases", "plausible", "correct"))
    if not as_json:
        for line in drawn(document):
            click.echo(line)
        for row in cast("Iterable[Document]", document["results"]):
            right = "correct" if row["correct"] else str(row.get("judged") or "")
            click.echo(
                printable(f"  {row['case']!s:<32} {row['status']!s:<12} {row.get('seconds', 0)!s:>8} s  {right}")
            )
    return ExitCode.OK


@command.command(epilog="Example: fixbot bench perf ~/src/django --peer 'jedi-language-server'")
@click.argument("project", type=_FOLDER)
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True)
@click.option("--peer", default="", metavar="CMD", help="Another language server to stand beside ours.")
@json_option
def perf(*, project: Path, repeats: int, peer: str, as_json: bool) -> int:
    """What costs time, each figure beside a named reference of the same run."""
    import shlex
    import sys

    from fixbot_bench.perf import measure

    ours = (sys.executable, "-m", "fixbot_agent.cli", "lsp", "--stdio")
    document = measure(project.resolve(), repeats, ours, tuple(shlex.split(peer)))
    _show(document, as_json, ("files", "bytes"))
    if not as_json:
        for figure in cast("Iterable[Document]", document["figures"]):
            beside = f"{figure['ratio']} x {figure['reference']}" if figure["ratio"] else "no reference"
            click.echo(printable(f"  {figure['name']!s:<48} {figure['median']!s:>10} {figure['unit']}   {beside}"))
    return ExitCode.OK


def _instances(dataset: str, only: str) -> "tuple[Instance, ...]":
    from fixbot_bench.dataset import load_instances

    return load_instances(dataset, _names(only))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _ranks(text: str) -> tuple[int, ...]:
    try:
        ranks = tuple(sorted({int(part) for part in _names(text)}))
    except ValueError as error:
        raise click.BadParameter("ranks are whole numbers with commas between them", param_hint="--k") from error
    if not ranks or ranks[0] < 1:
        raise click.BadParameter("ranks count from 1", param_hint="--k")
    return ranks


def _show(document: Document, as_json: bool, rows: Iterable[str], suffix: str = "") -> None:
    if as_json:
        emit(cast("Mapping[str, Json]", document))
        return
    for row in rows:
        click.echo(printable(f"{row.replace('_', ' '):<20} {document[row + suffix]}"))
