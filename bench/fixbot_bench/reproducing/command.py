"""``fixbot bench reproduce``: how many issues become tests that fail at base and pass with the known patch.

The reproduction is written from the issue's text alone. Half of the instances, by the hash of their id, are for looking
at while the reader of issues is worked on; the other half is only counted.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import cast

import click

import fixbot_agent.solving.reproducing.reproduction
import fixbot_repair.issue_reader
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.dataset import load_instances
from fixbot_bench.grading.environment import environments
from fixbot_bench.instance import Instance
from fixbot_bench.reproducing.trying import Came, Trials
from fixbot_bench.runner import Done, Job, Runner, write_json

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
Document = Mapping[str, object]
_CODE = ("issue", "reproduc", "borrowing", "crashing", "project_tests")  # how the files begin that have a say


def is_for_looking(instance_id: str) -> bool:
    """Whether this instance may be looked at; the others are only counted."""
    return int(hashlib.sha256(instance_id.encode()).hexdigest(), 16) % 2 == 0


def measure(instances: Sequence[Instance], trials: Trials, runner: Runner) -> Document:
    """Effect: try all `instances` and write ``reproduce.json``; returns it. What was measured by the same code is kept."""
    code = _code()
    jobs = [Job(i.instance_id, (code, i.instance_id, i.problem_statement), partial(trials.work, i)) for i in instances]
    done = runner.run(jobs, "reproducing")
    halves = {
        "looked at": [d for d in done if is_for_looking(d.name)],
        "only counted": [d for d in done if not is_for_looking(d.name)],
    }
    rows = [_row(d) for d in done]
    document = {"all": _counted(done), **{name: _counted(half) for name, half in halves.items()}, "rows": rows}
    write_json(runner.out / "reproduce.json", document)
    return document


def _counted(done: Iterable[Done]) -> Mapping[str, object]:
    counts = Counter("cannot be run here" if d.error else str(d.result["came"]) for d in done)
    run = sum(counts.values()) - counts["cannot be run here"]
    names = (*map(str, Came), "cannot be run here")
    share = round(counts[str(Came.RIGHT)] / run, 3) if run else 0.0
    return {
        "instances": sum(counts.values()),
        "run": run,
        **{name: counts[name] for name in names},
        "share right": share,
    }


def _row(done: Done) -> Mapping[str, object]:
    came = "cannot be run here" if done.error else str(done.result["came"])
    why = done.error or str(done.result["why"])
    return {
        "instance": done.name,
        "came": came,
        "why": why if is_for_looking(done.name) else "",
        "resumed": done.resumed,
    }


def _code() -> str:
    """A hash of the code that reads issues and writes reproductions: a stored result counts only for the same."""
    homes = {
        Path(m.__file__ or "").parent
        for m in (fixbot_repair.issue_reader, fixbot_agent.solving.reproducing.reproduction)
    }
    parts = [p for home in sorted(homes) for p in sorted(home.glob("*.py")) if p.name.startswith(_CODE)]
    return hashlib.sha256(b"".join(p.read_bytes() for p in parts)).hexdigest()


@click.command("reproduce", epilog="Example: fixbot bench reproduce dev.jsonl --repos repos --out out/reproduce")
@click.argument("dataset")
@click.option("--repos", type=_FOLDER, required=True, help="Folder of git repositories: owner__name, …")
@click.option("--instances", default="", metavar="ID,…", help="Only these.")
@click.option("--looked-at", is_flag=True, help="Only the half that may be looked at.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@json_option
def command(
    *, dataset: str, repos: Path, instances: str, looked_at: bool, out: Path, workers: int, as_json: bool
) -> int:
    """How many issues become tests that fail at base and pass with the known patch, without a model."""
    from fixbot_repair.sandbox import choose

    chosen = load_instances(dataset, tuple(n.strip() for n in instances.split(",") if n.strip()))
    chosen = tuple(i for i in chosen if not looked_at or is_for_looking(i.instance_id))
    with Bar() as bar:
        trials = Trials(repos.resolve(), environments(), choose("auto", trusted=True))
        document = measure(chosen, trials, Runner(out, workers, bar))
    if as_json:
        emit(cast("Mapping[str, Json]", document))
        return ExitCode.OK
    for name in ("all", "looked at", "only counted"):
        figures = cast("Mapping[str, object]", document[name])
        click.echo(printable(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures.items())))
    for row in cast("Iterable[Document]", document["rows"]):
        click.echo(printable(f"  {row['instance']!s:<34} {row['came']!s:<46} {row['why']!s:.200}"))
    return ExitCode.OK
