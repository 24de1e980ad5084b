"""``fixbot bench steps``: what a model's tools cost on a project, apart from the model, tests and checkers of other makers."""

import json
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.models import ToolCall
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Settings
from fixbot_agent.solving.conversing.briefing import Assignment
from fixbot_agent.solving.conversing.equipping import desk
from fixbot_agent.solving.ground import Ground, Plot, opened
from fixbot_agent.tools import Toolbox
from fixbot_agent.tools.equipment import Checks
from fixbot_analysis.graph import is_test
from fixbot_analysis.symbols import Symbol
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.measuring import memory_of
from fixbot_repair.checks import Feedback, Finding
from fixbot_repair.localisation import Localisation

_RETURN = re.compile(r"^([ \t]+return )(\w[\w.]*)$", re.MULTILINE)
_GRAPH = ("callers", "callees", "implementers", "importers", "tests")

Arguments = Mapping[str, object]


@dataclass(slots=True)
class _Timed:
    """Checkers that count the seconds that they take: those are not ours."""

    checks: Checks
    seconds: float = 0.0

    def errors(self, path: str, data: bytes) -> tuple[Finding, ...]:
        """Effect: as the checkers do."""
        began = time.perf_counter()
        try:
            return self.checks.errors(path, data)
        finally:
            self.seconds += time.perf_counter() - began

    def findings(self, paths: Sequence[str], before: bool, only: Sequence[str] = ()) -> Feedback:
        """Effect: as the checkers do."""
        return self.checks.findings(paths, before, only)


@dataclass(slots=True)
class _Kind:
    """One kind of step and what it took: milliseconds of CPU and of wall time of our own, and of a checker."""

    name: str
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    checker: list[float] = field(default_factory=list)
    refused: int = 0

    def row(self) -> dict[str, object]:
        """The figures, the first step of the kind apart from the others."""
        return {
            "step": self.name,
            "count": len(self.cpu),
            "refused": self.refused,
            "first_ms": round(self.wall[0], 1),
            "cpu_p50_ms": _share(self.cpu[1:], 0.5),
            "cpu_p95_ms": _share(self.cpu[1:], 0.95),
            "wall_p50_ms": _share(self.wall[1:], 0.5),
            "wall_p95_ms": _share(self.wall[1:], 0.95),
            "checker_p50_ms": _share(self.checker[1:], 0.5),
        }


@click.command("steps", epilog="Example: fixbot bench steps ~/src/django --count 50")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(3), default=40, show_default=True, help="Steps of each kind.")
@click.option("--seed", type=int, default=1, show_default=True)
@json_option
def command(*, project: Path, count: int, seed: int, as_json: bool) -> int:
    """View, search and edit at random places of PROJECT, as a model would, each step's cost by itself."""
    with Bar() as bar, tempfile.TemporaryDirectory(prefix="fixbot-steps-") as scratch:
        plot = Plot(project.resolve(), "", Settings(), True, Path(scratch) / "cache")
        with opened(plot, _no_files, bar) as ground:
            document = measured(ground, count, random.Random(seed))
    document |= {"project": project.resolve().name, "seed": seed}
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        _table(document)
    return ExitCode.OK


def _no_files(_: Sequence[str]) -> Mapping[str, bytes]:
    return {}


def measured(ground: Ground, count: int, chance: random.Random) -> dict[str, object]:
    """Effect: work on the private copy of `ground`. The figures of each kind of step; a step is whole, checks of its arguments included."""
    redact = redactor((), os.environ, ground.workspace.root)
    box = Toolbox(desk(ground, Assignment(None, (), Localisation()), redact))
    timed = None
    if box.desk.equipment.checks is not None:
        timed = _Timed(box.desk.equipment.checks)
        box.desk.equipment = replace(box.desk.equipment, checks=timed)
    places = [(p, s) for p, s in box.definitions.all() if p.endswith(".py") and not is_test(p) and s.end_line > s.line]
    if not places:
        raise DatasetError(
            "the project holds no function that could be looked at", "name the folder of a Python project"
        )
    kinds = [_measured(box, timed, name, make, count) for name, make in _steps(box, places, chance).items()]
    return {"steps": [kind.row() for kind in kinds], "memory_mib": round(memory_of(os.getpid()), 1)}


def _steps(
    box: Toolbox, places: Sequence[tuple[str, Symbol]], chance: random.Random
) -> dict[str, Callable[[], tuple[str, Arguments]]]:
    def place() -> tuple[str, Symbol]:
        return chance.choice(places)

    def named() -> str:
        path, symbol = place()
        return f"{path}::{symbol.qualname}"

    edits = _edits(box, places, chance)

    def edit() -> tuple[str, Arguments]:
        return next(edits)

    found: dict[str, Callable[[], tuple[str, Arguments]]] = {
        "view a file": lambda: ("view", {"path": place()[0]}),
        "view a definition": lambda: ("view", {"symbol": named()}),
        "search text": lambda: ("search", {"query": place()[1].name}),
        "search symbols": lambda: ("search", {"query": place()[1].name, "kind": "symbol"}),
        "edit": edit,
        "search after an edit": lambda: ("search", {"query": place()[1].name}),
    }
    return found | {f"graph: {kind}": partial(_asked, kind, place) for kind in _GRAPH}


def _asked(kind: str, place: Callable[[], tuple[str, Symbol]]) -> tuple[str, Arguments]:
    path, symbol = place()
    return "search", {"query": path if kind == "importers" else f"{path}::{symbol.qualname}", "kind": kind}


def _edits(
    box: Toolbox, places: Sequence[tuple[str, Symbol]], chance: random.Random
) -> Iterator[tuple[str, Arguments]]:
    """Edits that leave the program what it is: brackets around what is returned, where the line is the only one of its kind."""
    for _ in range(100_000):
        path, symbol = chance.choice(places)
        text = box.desk.document(path).text
        lines = "\n".join(text.split("\n")[symbol.line - 1 : symbol.end_line])
        match = _RETURN.search(lines)
        if match is not None and text.count(match[0]) == 1:
            yield "edit", {"path": path, "search": match[0], "replace": f"{match[1]}({match[2]})"}
    raise DatasetError("the project holds no line that can be edited", "name a larger project")


def _measured(
    box: Toolbox, timed: _Timed | None, name: str, make: Callable[[], tuple[str, Arguments]], count: int
) -> _Kind:
    kind = _Kind(name)
    for _ in range(count):
        tool, arguments = make()
        call = ToolCall("step", tool, json.dumps(arguments))
        others = timed.seconds if timed else 0.0
        began, cpu = time.perf_counter(), time.process_time()
        outcome = box.use(call)
        wall, spent = time.perf_counter() - began, time.process_time() - cpu
        theirs = (timed.seconds if timed else 0.0) - others
        kind.cpu.append(spent * 1000)
        kind.wall.append((wall - theirs) * 1000)
        kind.checker.append(theirs * 1000)
        kind.refused += not outcome.ok
    return kind


def _share(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    return round(sorted(values)[min(int(share * len(values)), len(values) - 1)], 1)


def _table(document: Mapping[str, object]) -> None:
    keys = (
        "step",
        "count",
        "refused",
        "first_ms",
        "cpu_p50_ms",
        "cpu_p95_ms",
        "wall_p50_ms",
        "wall_p95_ms",
        "checker_p50_ms",
    )
    click.echo("  ".join(f"{k:>14}" if k != "step" else f"{k:<22}" for k in keys))
    for row in cast("Sequence[Mapping[str, object]]", document["steps"]):
        click.echo(printable("  ".join(f"{row[k]!s:>14}" if k != "step" else f"{row[k]:<22}" for k in keys)))
    click.echo(f"memory: {document['memory_mib']} MiB")
