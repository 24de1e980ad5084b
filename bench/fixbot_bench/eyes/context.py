"""``fixbot bench context``: is the definition that is needed next in the context, and how long does a context take.

Cross-file holes in real projects (the task of RepoBench, Liu et al. 2023, and CrossCodeEval, Ding et al. 2023): a line of a
function uses a definition of another file; everything from that line to the file's end is hidden. Beside ours stand two
usual ways, on the same holes and with the same budget: BM25 with the last lines as the query, and windows of open files
by the likeness of their identifiers (as the first editor assistants chose them). With --latency only times are taken.
"""

import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.context import Context, Focus, Snippet
from fixbot_analysis.context.build import candidates
from fixbot_analysis.context.place import read_place
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.units import Units
from fixbot_analysis.index import Index
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.context_latency import latencies
from fixbot_bench.eyes.context_rivals import bm25, bm25_headers, open_files
from fixbot_bench.eyes.holes import Hole, find_holes, prefix
from fixbot_bench.eyes.judge import Definitions

_RESAMPLES = 2000

Method = Callable[[Index, Focus, int], Sequence[Snippet]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which methods gave the needed definition for one hole, and what ours cost."""

    project: str
    hole: Hole
    hits: Mapping[str, bool]
    seconds: float
    cause: str = ""  # why ours missed it


def fixbot(index: Index, focus: Focus, budget: int) -> Sequence[Snippet]:
    """Our context at a place."""
    return Context.build(index, focus, budget).snippets


METHODS: Mapping[str, Method] = {"fixbot": fixbot, "bm25": bm25, "bm25_headers": bm25_headers, "open_files": open_files}


def contains(snippets: Sequence[Snippet], hole: Hole) -> bool:
    """Whether the line that names the needed definition is among the snippets."""
    return any(s.path == hole.target_path and s.start_line <= hole.target_line <= s.end_line for s in snippets)


def fill_hole(index: Index, project: str, hole: Hole, budget: int) -> Outcome:
    """Effect: hides the file below the hole from the index, asks every method, and shows the file again."""
    whole = index.tree.read(hole.path).data
    index.update(hole.path, prefix(index, hole))
    try:
        _ = index.graph
        began = time.process_time()
        ours = contains(fixbot(index, hole.focus, budget), hole)
        seconds = time.process_time() - began
        others = {name: contains(m(index, hole.focus, budget), hole) for name, m in METHODS.items() if name != "fixbot"}
        cause = "" if ours else _cause(index, hole)
        return Outcome(project, hole, {"fixbot": ours, **others}, seconds, cause)
    finally:
        index.update(hole.path, whole)


def _cause(index: Index, hole: Hole) -> str:
    """Why the needed definition is not in our context."""
    place = read_place(Units(index), hole.focus)
    ranked = [each.entry.node.id for each in candidates(Scene(index.graph, place))]
    if hole.target in ranked:
        return f"ranked {ranked.index(hole.target) + 1} of {len(ranked)}"
    return "no way led to it" + ("" if hole.scope.startswith(place.scope) else f" (scope taken for {place.scope})")


def measure(
    project: Path, holes: int, seed: int, budget: int, positions: int, peer: Sequence[str], bar: Bar
) -> tuple[list[Outcome], Mapping[str, object]]:
    """Effect: index `project` in a scratch cache, fill holes, take times."""
    with tempfile.TemporaryDirectory(prefix="fixbot-context-") as scratch, Index.open(project, Path(scratch)) as index:
        if not index.paths:
            raise DatasetError(f"{project} holds no source that can be indexed", "name the folder of a project")
        if peer and holes:
            with Definitions(peer, project, index) as judge:
                chosen = find_holes(index, holes, seed, judge.agrees)
        else:
            chosen = find_holes(index, holes, seed)
        times = latencies(index, positions, seed, budget) if positions else {}
        outcomes = []
        for number, hole in enumerate(chosen):
            bar.step(f"holes of {project.name}", number, len(chosen))
            outcomes.append(fill_hole(index, project.name, hole, budget))
        return outcomes, times


def interval(hits: Sequence[bool], seed: int) -> tuple[float, float]:
    """The middle 95 % of the rates of resamples (bootstrap)."""
    if not hits:
        return 0.0, 0.0
    chance = random.Random(seed)
    rates = sorted(sum(chance.choices(hits, k=len(hits))) / len(hits) for _ in range(_RESAMPLES))
    return round(rates[int(0.025 * _RESAMPLES)], 3), round(rates[int(0.975 * _RESAMPLES) - 1], 3)


def _rates(outcomes: Sequence[Outcome], seed: int) -> Mapping[str, object]:
    rows = {}
    for name in METHODS:
        hits = [o.hits[name] for o in outcomes]
        rows[name] = {"rate": round(sum(hits) / max(len(hits), 1), 3), "interval": list(interval(hits, seed))}
    return {"holes": len(outcomes), "methods": rows}


@click.command(
    "context", epilog="Example: fixbot bench context ~/src/django ~/src/sympy ~/src/pytest --holes 20 --seed 1"
)
@click.argument(
    "projects",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True),
)
@click.option("--holes", type=click.IntRange(1), default=20, show_default=True, help="Of each project.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--budget", type=click.IntRange(1), default=2000, show_default=True, help="Tokens.")
@click.option("--positions", type=click.IntRange(0), default=100, show_default=True, help="Places that are timed.")
@click.option("--latency", is_flag=True, help="Only times, no holes.")
@click.option("--peer", default="", metavar="CMD", help="A language server that confirms each hole's definition.")
@json_option
def command(
    *, projects: Sequence[Path], holes: int, seed: int, budget: int, positions: int, latency: bool, peer: str,
    as_json: bool,
) -> int:  # fmt: skip
    """Is the definition that is needed next in the context, beside BM25 only and open files only."""
    import shlex

    outcomes: list[Outcome] = []
    times: dict[str, object] = {}
    with Bar() as bar:
        for project in projects:
            found, taken = measure(project, 0 if latency else holes, seed, budget, positions, shlex.split(peer), bar)
            outcomes += found
            times[project.name] = taken
    if as_json:
        document = {
            **_rates(outcomes, seed), "budget": budget, "milliseconds": times,
            "projects": {p.name: _rates([o for o in outcomes if o.project == p.name], seed) for p in projects},
            "outcomes": [asdict(o) for o in outcomes],
        }  # fmt: skip
        emit(cast("Mapping[str, Json]", document))
    else:
        _show(projects, outcomes, times, seed)
    return ExitCode.OK


def _show(projects: Sequence[Path], outcomes: Sequence[Outcome], times: Mapping[str, object], seed: int) -> None:
    for name, rows in [*((p.name, [o for o in outcomes if o.project == p.name]) for p in projects), ("all", outcomes)]:
        rates = cast("Mapping[str, Mapping[str, object]]", _rates(rows, seed)["methods"])
        line = "   ".join(f"{m} {r['rate']} {r['interval']}" for m, r in rates.items())
        click.echo(printable(f"{name:<16} {len(rows):>4} holes   {line}") if rows else f"{name:<16} no holes")
    for name, taken in times.items():
        for what, figures in cast("Mapping[str, object]", taken).items():
            click.echo(printable(f"{name:<16} milliseconds, {what.replace('_', ' ')}: {figures}"))
    for each in outcomes:
        if not each.hits["fixbot"]:
            hole = each.hole
            click.echo(
                printable(f"missed: {each.project} {hole.path}:{hole.line} {hole.chain} -> {hole.target}: {each.cause}")
            )
