"""``fixbot bench context``: is the definition that is needed next in the context, and how long does a context take.

Cross-file holes in real projects (the task of RepoBench, Liu et al. 2023, and CrossCodeEval, Ding et al. 2023): a line of a
function uses a definition of another file; everything from that line to the file's end is hidden. Beside ours stand two
usual ways, on the same holes and with the same budget: BM25 with the last lines as the query, and windows of open files
by the likeness of their identifiers (as the first editor assistants chose them).
"""

import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.context import Context, Focus, Snippet
from fixbot_analysis.context.build import candidates
from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.place import read_place
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.units import Lines, Units
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Query, search
from fixbot_analysis.source import Position
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.holes import Hole, find_holes, prefix
from fixbot_bench.eyes.judge import Definitions

_QUERY_LINES = 20  # before a hole, that the two references go by
_WINDOW = 20  # lines of an open file that are taken together
_HITS = 300
_RESAMPLES = 2000
_IDENTIFIER = re.compile(r"[^\W\d]\w+")

Method = Callable[[Index, Hole, int], Sequence[Snippet]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which methods gave the needed definition for one hole, and what ours cost."""

    project: str
    hole: Hole
    hits: Mapping[str, bool]
    seconds: float
    cause: str = ""  # why ours missed it


def fixbot(index: Index, hole: Hole, budget: int) -> Sequence[Snippet]:
    """Our context at the hole."""
    return Context.build(index, Focus(hole.path, Position(hole.line - 1, 0)), budget).snippets


def bm25(index: Index, hole: Hole, budget: int) -> Sequence[Snippet]:
    """Definitions that share most words with the last lines, whole while they fit, else their headers."""
    return _by_words(index, hole, budget, whole=True)


def bm25_headers(index: Index, hole: Hole, budget: int) -> Sequence[Snippet]:
    """The same ranking, headers only, as many as fit: what is left of our lead is not owed to packing."""
    return _by_words(index, hole, budget, whole=False)


def _by_words(index: Index, hole: Hole, budget: int, *, whole: bool) -> Sequence[Snippet]:
    units = Units(index)
    packing = Packing(units, budget)
    for hit in search(index, Query.from_text(_last_lines(index, hole)), _HITS):
        node = index.graph.nodes.get(f"{hit.path}::{hit.name}")
        if node is None or hit.path == hole.path or not node.qualname:
            continue
        if not (whole and packing.put(units.whole(node), Part.DEFINITION, Reason("words"))):
            packing.put(units.header(node), Part.DEFINITION, Reason("words"))
    return packing.snippets()


def open_files(index: Index, hole: Hole, budget: int) -> Sequence[Snippet]:
    """Windows of the files that are likely open (imported here, or of the same folder) most like the last lines."""
    units = Units(index)
    packing = Packing(units, budget)
    wanted = set(_IDENTIFIER.findall(_last_lines(index, hole)))
    windows = sorted(
        (-_jaccard(wanted, units.text(lines)), lines.path, lines.first)
        for path in _likely_open(index, hole.path)
        for lines in _windows(units, path)
    )
    for _, path, first in windows:
        packing.put(
            Lines(path, first, min(first + _WINDOW - 1, units.page(path).last_line)), Part.DEFINITION, Reason("window")
        )
        if packing.room() < _WINDOW:
            break
    return packing.snippets()


METHODS: Mapping[str, Method] = {"fixbot": fixbot, "bm25": bm25, "bm25_headers": bm25_headers, "open_files": open_files}


def _last_lines(index: Index, hole: Hole) -> str:
    document = index.tree.read(hole.path)
    return "\n".join(document.line_text(n) for n in range(max(0, hole.line - 1 - _QUERY_LINES), hole.line - 1))


def _likely_open(index: Index, path: str) -> list[str]:
    folder = str(PurePosixPath(path).parent)
    resolver = index.graph.resolver
    imported = (resolver.imported(path, each) for each in index.facts(path).imports)
    beside = (p for p in index.paths if str(PurePosixPath(p).parent) == folder)
    return [p for p in dict.fromkeys([*(i for i in imported if i), *beside]) if p != path and p.endswith(".py")]


def _windows(units: Units, path: str) -> Iterator[Lines]:
    last = units.page(path).last_line
    for first in range(1, last + 1, _WINDOW // 2):
        yield Lines(path, first, min(first + _WINDOW - 1, last))


def _jaccard(wanted: set[str], text: str) -> float:
    have = set(_IDENTIFIER.findall(text))
    return len(wanted & have) / max(len(wanted | have), 1)


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
        ours = contains(fixbot(index, hole, budget), hole)
        seconds = time.process_time() - began
        others = {name: contains(m(index, hole, budget), hole) for name, m in METHODS.items() if name != "fixbot"}
        cause = "" if ours else _cause(index, hole)
        return Outcome(project, hole, {"fixbot": ours, **others}, seconds, cause)
    finally:
        index.update(hole.path, whole)


def _cause(index: Index, hole: Hole) -> str:
    """Why the needed definition is not in our context."""
    place = read_place(Units(index), Focus(hole.path, Position(hole.line - 1, 0)))
    ranked = [each.entry.node.id for each in candidates(Scene(index.graph, place))]
    if hole.target in ranked:
        return f"ranked {ranked.index(hole.target) + 1} of {len(ranked)}"
    return "no way led to it" + ("" if hole.scope.startswith(place.scope) else f" (scope taken for {place.scope})")


def latencies(index: Index, count: int, seed: int, budget: int) -> Mapping[str, object]:
    """Effect: contexts at `count` random places, twice: milliseconds of the first and of the second visit, CPU and wall.

    The index is open and its graph loaded; nothing else is prepared for the first visit but one context elsewhere.
    """
    chance = random.Random(f"latency {seed}")
    nodes = [n for n in index.graph.nodes.values() if n.kind in ("function", "method") and n.path.endswith(".py")]
    places = [(n.path, chance.randint(n.line, n.end_line)) for n in chance.sample(nodes, min(count + 1, len(nodes)))]
    visits: dict[str, list[tuple[float, float]]] = {"first": [], "second": []}
    warm = places.pop()
    Context.build(index, Focus(warm[0], Position(warm[1] - 1, 0)), budget)
    for seconds in visits.values():
        for path, line in places:
            column = len(index.tree.read(path).line_text(line - 1))
            wall, cpu = time.perf_counter(), time.process_time()
            Context.build(index, Focus(path, Position(line - 1, column)), budget)
            seconds.append((1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)))
    return {
        visit: {"cpu": _quantiles([c for c, _ in taken]), "wall": _quantiles([w for _, w in taken])}
        for visit, taken in visits.items()
    }


def _quantiles(values: Sequence[float]) -> Mapping[str, float]:
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2), "max": round(max(values), 2)}


def measure(
    project: Path, holes: int, seed: int, budget: int, positions: int, peer: Sequence[str], bar: Bar
) -> tuple[list[Outcome], Mapping[str, object]]:
    """Effect: index `project` in a scratch cache, fill holes, take times."""
    with tempfile.TemporaryDirectory(prefix="fixbot-context-") as scratch, Index.open(project, Path(scratch)) as index:
        if not index.paths:
            raise DatasetError(f"{project} holds no source that can be indexed", "name the folder of a project")
        if peer:
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
@click.option("--peer", default="", metavar="CMD", help="A language server that confirms each hole's definition.")
@json_option
def command(
    projects: Sequence[Path], holes: int, seed: int, budget: int, positions: int, peer: str, as_json: bool
) -> int:
    """Is the definition that is needed next in the context, beside BM25 only and open files only."""
    import shlex

    outcomes: list[Outcome] = []
    times: dict[str, object] = {}
    with Bar() as bar:
        for project in projects:
            found, taken = measure(project, holes, seed, budget, positions, shlex.split(peer), bar)
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
        click.echo(printable(f"{name:<16} {len(rows):>4} holes   {line}"))
    for name, taken in times.items():
        for visit, figures in cast("Mapping[str, object]", taken).items():
            click.echo(printable(f"{name:<16} milliseconds, {visit} visit: {figures}"))
    for each in outcomes:
        if not each.hits["fixbot"]:
            hole = each.hole
            click.echo(
                printable(f"missed: {each.project} {hole.path}:{hole.line} {hole.chain} -> {hole.target}: {each.cause}")
            )
