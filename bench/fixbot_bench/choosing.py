"""``fixbot bench choosing``: how often the first of several plausible patches is the right one, by what each signal says.

The cases are those of ``fixbot bench repair``. Each is searched once for all plausible patches, and every one of them is judged: that
is kept. What the signals say of them is kept too, until the code that asks changes; the rest is arithmetic.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import cast

import click

import fixbot_repair
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Settings
from fixbot_agent.solving.ground import Ground, Plot, opened
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.ports import Silent
from fixbot_analysis.symbols import FileFacts
from fixbot_bench.judging.sets import Held, Reference, Standing, held, search, standing, weakened
from fixbot_bench.judging.weighing import Told, report
from fixbot_bench.repairing import digest, find_cases
from fixbot_bench.runner import Done, Job, Result, Runner
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.choosing import MAKERS, Field, choose
from fixbot_repair.git.snapshot import create
from fixbot_repair.verification import Verifier

_FORM = "2"  # of what is kept; goes up when it holds more
_MOST_JUDGED = 16
_CHOOSING_SECONDS = 120.0  # for choosing alone: here nothing is to be cut short
# What the signals hang on: they are asked anew when one of these changes.
_ASKS = ("choosing/*.py", "guest/*.py", "verification/ranking.py")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: cases in the layout of ``fixbot bench repair``, for how long each is searched, whether all but one failing test are taken away."""

    folder: Path
    timeout: float
    weaken: bool
    makers: frozenset[str] = MAKERS  # of further inputs, that are asked where they are installed

    def inputs(self, case: Path) -> tuple[str, ...]:
        """Effect: reads the case. What the plausible patches of a case and their judgement hang on."""
        folders = (case, self.fixed(case), self.held_out(case))
        return (_FORM, str(self.timeout), str(self.weaken), *map(digest, folders))

    def fixed(self, case: Path) -> Path:
        """The right versions of its files."""
        return self.folder / "fixed" / case.name

    def held_out(self, case: Path) -> Path:
        """The tests that judge it, where there are any."""
        return self.folder / "held_out" / case.name


@click.command("choosing", epilog="Example: fixbot bench choosing out/bugs --timeout 60 --out out/choosing --learn")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--timeout", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds of search a case.")
@click.option("--cases", default="", metavar="A,B", help="Only these.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where results go.")
@click.option(
    "--weaken", is_flag=True, help="Leave one of the tests that fail; the others judge. Cases with one are left out."
)
@click.option(
    "--makers", default=",".join(sorted(MAKERS)), show_default=True, metavar="A,B",
    help="Who may be asked for further inputs, where installed; empty for nobody.",
)  # fmt: skip
@click.option("--learn", is_flag=True, help="Also what weights learnt from the other projects' cases do. Needs numpy.")
@json_option
def command(
    *, folder: Path, timeout: float, cases: str, out: Path, weaken: bool, makers: str, learn: bool, as_json: bool
) -> int:
    """How often the first of several plausible patches is right, and what each signal adds."""
    only = tuple(name.strip() for name in cases.split(",") if name.strip())
    asked = frozenset(name.strip() for name in makers.split(",") if name.strip())
    if strange := sorted(asked - MAKERS):
        raise click.BadParameter(f"nobody is called {', '.join(strange)}; known are {', '.join(sorted(MAKERS))}")
    found = _measured(Plan(folder, timeout, weaken, asked), find_cases(folder, only), out)
    document = report([_told(d) for d in found if not d.error and "patches" in d.result], learn=learn)
    document["makers"] = [name for name in sorted(asked) if find_spec(name) is not None]
    spent = [float(cast("float", d.result["seconds"])) for d in found if "seconds" in d.result]
    document["seconds of CPU a case with several patches, median"] = median(spent or [0.0])
    document["errors"] = {d.name: d.error for d in found if d.error}
    if as_json:
        emit(cast("dict[str, Json]", document))
        return ExitCode.OK
    for name, value in document.items():
        click.echo(printable(f"{name}: {value}"))
    return ExitCode.OK


def _measured(plan: Plan, cases: Sequence[Path], out: Path) -> list[Done]:
    """Effect: search what was not searched yet, then ask of what was found what was not asked yet."""
    searches = [Job(c.name, plan.inputs(c), partial(_search, plan, c)) for c in cases]
    with Bar() as bar:
        sets = Runner(out / "sets", 1, bar).run(searches, "searching")
        asks = [
            Job(c.name, (*plan.inputs(c), _asking(), *sorted(plan.makers)), partial(_ask, plan, c, done.result))
            for c, done in zip(cases, sets, strict=True)
            if not done.error
        ]
        signals = Runner(out, 1, bar).run(asks, "choosing")
    return [*(d for d in sets if d.error), *signals]


def _asking() -> str:
    """Effect: reads our own code. A digest of all that the signals hang on."""
    root = Path(fixbot_repair.__file__).parent
    files = sorted(path for pattern in _ASKS for path in root.glob(pattern))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


@contextmanager
def _opened(case: Path, out: Path) -> Iterator[Ground]:
    """Effect: the ground of a private copy of the case, without what is said of it."""
    with tempfile.TemporaryDirectory(prefix="fixbot-choosing-") as scratch:
        project = Path(scratch) / case.name
        shutil.copytree(case, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache", "issue.md"))
        create(project, "as its users have it")
        plot = Plot(project, "", Settings(python=sys.executable), trusted=True, cache=out / "index")
        with opened(plot, lambda paths: {}, Silent()) as ground:  # noqa: ARG005 - nothing is laid beside it
            yield ground


def _standing(plan: Plan, case: Path, ground: Ground) -> Standing | None:
    whole = standing(ground)
    return weakened(ground, whole, plan.fixed(case)) if plan.weaken else whole


def _search(plan: Plan, case: Path, out: Path) -> Result:
    with _opened(case, out) as ground:
        stands = _standing(plan, case, ground)
        if stands is None or not stands.failing:
            return {"left out": "one failing test" if stands is None else "no failing test"}
        trials = search(ground, stands, plan.timeout)
        with Verifier(ground.workspace, ground.tests, stands.before, stands.failing) as verifier:
            choices = choose(trials, _field(ground, stands, verifier), 0.0)[:_MOST_JUDGED]
            by = Reference(case, plan.fixed(case), plan.held_out(case))
            rows = [h.as_json() for h in held([c.trial for c in choices], verifier, stands, ground, by)]
    return {"found": len(trials), "held": rows}


def _ask(plan: Plan, case: Path, kept: Result, out: Path) -> Result:
    rows = [Held.from_json(row) for row in cast("Sequence[Mapping[str, object]]", kept.get("held", ()))]
    project = case.name.partition("-")[0]
    if len(rows) < 2:
        return {"project": project, "patches": [{"correct": h.judgement.correct, "signals": {}} for h in rows]}
    with _opened(case, out) as ground:
        stands = _standing(plan, case, ground)
        if stands is None:
            return {"left out": "one failing test"}
        with Verifier(ground.workspace, ground.tests, stands.before, stands.failing) as verifier:
            began = sum(os.times()[:4])
            field = replace(_field(ground, stands, verifier), makers=plan.makers)
            choices = choose([h.trial for h in rows], field, _CHOOSING_SECONDS)
    by_patch = {h.candidate.patch: h for h in rows}
    patches = [
        {
            "patch": by_patch[c.trial.candidate.patch].diff,
            "correct": by_patch[c.trial.candidate.patch].judgement.correct,
            "why": list(c.why),
            "calls": c.conduct.calls,
            "signals": dict(c.signals),
        }
        for c in choices
    ]
    return {"project": project, "seconds": round(sum(os.times()[:4]) - began, 2), "patches": patches}


def _field(ground: Ground, stands: Standing, verifier: Verifier) -> Field:
    def facts(path: str) -> FileFacts | None:
        try:
            return ground.index.facts(path)
        except FixbotError:
            return None

    runner = ground.tests if isinstance(ground.tests, TestRunner) else None
    return Field(verifier, runner, stands.before, stands.failing, facts)


def _told(done: Done) -> Told:
    patches = cast("Sequence[Mapping[str, object]]", done.result["patches"])
    rows = [(cast("Mapping[str, float]", p["signals"]), p["correct"] is True) for p in patches]
    return Told(done.name, str(done.result["project"]), rows)
