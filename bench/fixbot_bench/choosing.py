"""``fixbot bench choosing``: how often the first of several plausible patches is the right one, by what each signal says.

The cases are those of ``fixbot bench repair``. Each is searched once for all plausible patches, every one of them is judged, and
what is known of each is kept; the rest is arithmetic. Weights are learnt with the other projects' cases (listwise, see `ranking`).
"""

import math
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Settings
from fixbot_agent.solving.ground import Ground, Plot, opened
from fixbot_agent.solving.naturalness import naturalness
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.ports import Silent
from fixbot_analysis.symbols import FileFacts
from fixbot_bench.judging.judge import judge
from fixbot_bench.repairing import digest, find_cases
from fixbot_bench.runner import Job, Result, Runner
from fixbot_repair.candidates.diff import unified
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.choosing import SIGNALS, Choice, Field, choose
from fixbot_repair.git.snapshot import create
from fixbot_repair.issue import Task
from fixbot_repair.search import Hints, repair
from fixbot_repair.verification import Trial, Verifier

_MOST_JUDGED = 16
_CHOOSING_SECONDS = 120.0  # for choosing alone: here nothing is to be cut short
_PENALTY = 1.0

Row = Mapping[str, float]


@click.command("choosing", epilog="Example: fixbot bench choosing out/bugs --timeout 60 --out out/choosing --learn")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--timeout", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds of search a case.")
@click.option("--cases", default="", metavar="A,B", help="Only these.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option("--learn", is_flag=True, help="Also what weights learnt from the other projects' cases do. Needs numpy.")
@json_option
def command(*, folder: Path, timeout: float, cases: str, out: Path, learn: bool, as_json: bool) -> int:
    """How often the first of several plausible patches is right, and what each signal adds."""
    only = tuple(name.strip() for name in cases.split(",") if name.strip())
    chosen = find_cases(folder, only)
    jobs = [
        Job(c.name, (str(timeout), digest(c), digest(folder / "fixed" / c.name)), partial(_work, folder, c, timeout))
        for c in chosen
    ]
    with Bar() as bar:
        done = Runner(out, 1, bar).run(jobs, "choosing")
    document = report([{"case": d.name, **d.result} for d in done if not d.error], learn=learn)
    document["errors"] = {d.name: d.error for d in done if d.error}
    if as_json:
        emit(cast("dict[str, Json]", document))
        return ExitCode.OK
    for name, value in document.items():
        click.echo(printable(f"{name}: {value}"))
    return ExitCode.OK


def _work(folder: Path, case: Path, timeout: float, out: Path) -> Result:
    with tempfile.TemporaryDirectory(prefix="fixbot-choosing-") as scratch:
        project = Path(scratch) / case.name
        shutil.copytree(case, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache", "issue.md"))
        create(project, "as its users have it")
        plot = Plot(project, "", Settings(python=sys.executable), trusted=True, cache=out / "index")
        with opened(plot, lambda paths: {}, Silent()) as ground:  # noqa: ARG005 - nothing is laid beside it
            return _searched(ground, folder, case, timeout)


def _searched(ground: Ground, folder: Path, case: Path, timeout: float) -> Result:
    task = Task(ground.root, None)
    hints = Hints(naturalness=naturalness(ground))
    found = repair(task, ground.workspace, ground.tests, hints=hints, deadline=time.monotonic() + timeout)
    trials = [*found.plausible, *found.unconfirmed]

    def facts(path: str) -> FileFacts | None:
        try:
            return ground.index.facts(path)
        except FixbotError:
            return None

    with Verifier(ground.workspace, ground.tests, found.baseline, found.failing) as verifier:
        runner = ground.tests if isinstance(ground.tests, TestRunner) else None
        field = Field(verifier, runner, found.baseline, found.failing, facts)
        choices = choose(trials, field, _CHOOSING_SECONDS)[:_MOST_JUDGED]
        rows = [_row(choice, field, folder, case) for choice in choices]
    return {"project": case.name.partition("-")[0], "trials": found.trials, "patches": rows}


def _row(choice: Choice, field: Field, folder: Path, case: Path) -> Result:
    patch = _diff(choice.trial, field.verifier)
    verdict = judge(case, folder / "fixed" / case.name, patch, folder / "held_out" / case.name)
    return {
        "patch": patch,
        "correct": verdict.correct,
        "judged": verdict.how,
        "why": list(choice.why),
        "signals": dict(choice.signals),
    }


def _diff(trial: Trial, verifier: Verifier) -> str:
    after = verifier.contents(trial.candidate.patch)
    before = {p: b for p in after if (b := verifier.workspace.original(p)) is not None}
    return unified(before, {p: b for p, b in after.items() if b is not None})


def report(results: Sequence[Mapping[str, object]], *, learn: bool) -> dict[str, object]:
    """The figures of all cases: how often the first patch is right by the shipped weights, by others, and at best."""
    told = [(str(r["case"]), str(r["project"]), _rows(r)) for r in results]
    open_to_choice = [(c, p, rows) for c, p, rows in told if len({right for _, right in rows}) == 2]
    document: dict[str, object] = {
        "cases": len(told),
        "plausible": sum(bool(rows) for _, _, rows in told),
        "right among them": sum(any(right for _, right in rows) for _, _, rows in told),
        "right and wrong": len(open_to_choice),
        "first by score alone": _firsts(told, {"score": 1.0}),
        "first by what was shipped before": _firsts(told, {"score": 1.0, "size": SIGNALS["size"], "loses": SIGNALS["loses"]}),
        "first by the shipped weights": _firsts(told, SIGNALS),
    }  # fmt: skip
    for name in SIGNALS:
        without = {n: w for n, w in SIGNALS.items() if n != name}
        document[f"shipped without {name}"] = _firsts(told, without)
    if learn:
        names = list(SIGNALS)
        document["first by weights of the other projects"] = _left_out(told, names)
        document["weights of all"] = _learned([rows for _, _, rows in open_to_choice], names)
    return document


Told = Sequence[tuple[str, str, Sequence[tuple[Row, bool]]]]


def _rows(result: Mapping[str, object]) -> list[tuple[Row, bool]]:
    patches = cast("Iterable[Mapping[str, object]]", result["patches"])
    return [(cast("Row", p["signals"]), bool(p["correct"])) for p in patches]


def _firsts(told: Told, weights: Mapping[str, float]) -> int:
    return sum(_is_first_right(rows, weights) for _, _, rows in told)


def _is_first_right(rows: Sequence[tuple[Row, bool]], weights: Mapping[str, float]) -> bool:
    best = max(rows, key=lambda row: _total(row[0], weights), default=None)
    return best is not None and best[1]


def _total(row: Row, weights: Mapping[str, float]) -> float:
    return math.fsum(weight * row.get(name, 0.0) for name, weight in weights.items())


def _left_out(told: Told, names: Sequence[str]) -> int:
    count = 0
    for project in sorted({p for _, p, _ in told}):
        others = [rows for _, p, rows in told if p != project and len({right for _, right in rows}) == 2]
        weights = _learned(others, names)
        count += sum(_is_first_right(rows, weights) for _, p, rows in told if p == project)
    return count


def _learned(lists: Sequence[Sequence[tuple[Row, bool]]], names: Sequence[str]) -> dict[str, float]:
    """Weights by the listwise fit. Every signal is turned so that it speaks for a patch where its shipped weight is above nought."""
    import numpy as np

    from fixbot_bench.ranking.fitting import Listed, fit

    signs = np.array([-1.0 if SIGNALS[n] < 0 else 1.0 for n in names])
    listed = [
        Listed(
            signs * np.array([[row.get(n, 0.0) for n in names] for row, _ in rows]),
            np.array([right for _, right in rows]),
        )
        for rows in lists
    ]
    every, none = np.ones(len(names), dtype=bool), np.zeros(len(names), dtype=bool)
    found = fit(listed, none, every, _PENALTY)
    return {n: round(float(w), 3) for n, w in zip(names, signs * found, strict=True)}
