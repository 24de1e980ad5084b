"""``fixbot bench graph``: what questions to the graph of a real project cost, beside walking the whole graph.

Seeds are random definitions. Nearness is compared with the same walk by power iteration over all nodes (Page and others
1999): time, and how many of its twenty nearest are found. Times are CPU milliseconds of this process.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.settings import Places
from fixbot_analysis.graph import DependencyGraph, drawing, queries
from fixbot_analysis.graph.queries.adjacency import Adjacency
from fixbot_analysis.graph.queries.ranking import WEIGHTS, table
from fixbot_analysis.index import Index
from fixbot_bench.errors import DatasetError

_RESTART = 0.15
_ROUNDS = 40  # of power iteration: what is missing then is under 0.85 ** 40 = 0.2 %
_NEAREST = 20
_REFERENCES = 3  # seeds that the slow reference is run for


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds of one question over all seeds, and how many nodes it found in the middle."""

    question: str
    p50: float
    p95: float
    found: int


@click.command(epilog="Example: fixbot bench graph ~/src/django --seeds 100")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--seeds", "count", type=click.IntRange(1), default=100, show_default=True, help="Random definitions asked about."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the choice.")
@json_option
def command(project: Path, count: int, seed: int, as_json: bool) -> int:
    """Measure questions to the graph of PROJECT: nearness, callers, impact, paths, clusters, the query language, pictures."""
    with Bar() as bar, Index.open(project, Places.current().index, progress=bar) as index:
        graph = index.graph
    nodes = [i for i in graph.nodes if "::" in i]
    if not nodes:
        raise DatasetError(f"{project} has no definitions", "name a project with source code")
    chosen = random.Random(seed).sample(nodes, min(count, len(nodes)))
    tables, _ = _timed(lambda: Adjacency.of(graph))
    costs = [_cost(name, ask, chosen) for name, ask in _questions(graph).items()]
    whole = [_cost(name, lambda _, ask=ask: ask(), [""]) for name, ask in _once(graph).items()]  # type: ignore[misc]
    slow, agreed = _beside_power_iteration(graph, chosen[:_REFERENCES])
    if as_json:
        rows = [asdict(c) for c in (*costs, *whole)]
        emit({"nodes": len(graph.nodes), "edges": len(graph.edges), "tables_ms": round(tables, 1), "costs": rows,
              "power_iteration_ms": round(slow, 3), "nearest_agreed": round(agreed, 3)})  # fmt: skip
        return ExitCode.OK
    click.echo(f"{len(graph.nodes)} nodes, {len(graph.edges)} edges; tables made once a graph: {tables:.0f} ms")
    click.echo(f"{'CPU ms':<40}{'p50':>9}{'p95':>9}   found")
    for cost in (*costs, *whole):
        click.echo(f"{cost.question:<40}{cost.p50:>9.1f}{cost.p95:>9.1f}   {cost.found}")
    click.echo(f"{'  nearness by power iteration, all nodes':<40}{slow:>9.1f}")
    click.echo(f"of its {_NEAREST} nearest, found by ours: {agreed:.0%}")
    return ExitCode.OK


def _questions(graph: DependencyGraph) -> Mapping[str, Callable[[str], int]]:
    """What is asked of every seed, and how many nodes the answer has."""
    return {
        "nearness (rank)": lambda s: len(queries.rank(graph, [s])),
        "around, 1 step": lambda s: len(queries.around(graph, [s]).found),
        "around, 2 steps": lambda s: len(queries.around(graph, [s], 2).found),
        "impact": lambda s: len(queries.impact(graph, [s]).found),
        "paths to a module": lambda s: len(queries.paths(graph, s, min(graph.nodes), directed=False)),
        "query: callers(X) within 2": lambda s: len(queries.answer(graph, f'callers("{s}") within 2').found),
        "query: tests of X": lambda s: len(queries.answer(graph, f'tests of "{s}"').found),
        "page of what is around": lambda s: _page(drawing.surroundings(graph, s)),
    }


def _once(graph: DependencyGraph) -> Mapping[str, Callable[[], int]]:
    """What is asked of the whole project."""
    return {
        "clusters": lambda: len(queries.clusters(graph)),
        "import cycles": lambda: len(queries.import_cycles(graph)),
        "unused": lambda: len(queries.unused(graph)),
        "query: kind:method name:save*": lambda: len(queries.answer(graph, "kind:method name:save*").found),
        "query: *Error": lambda: len(queries.answer(graph, "*Error").found),
        "page of the overview": lambda: _page(drawing.whole(graph)),
    }


def _page(view: drawing.View) -> int:
    picture = view.draw(drawing.BOXES, None)
    drawing.html(picture)
    return len(picture.boxes)


def _cost(question: str, ask: Callable[[str], int], seeds: Sequence[str]) -> Cost:
    measured = [_timed(lambda s=seed: ask(s)) for seed in seeds]  # type: ignore[misc]
    times = sorted(t for t, _ in measured)
    found = statistics.median_high([n for _, n in measured])
    return Cost(question, round(statistics.median(times), 2), round(times[(len(times) * 95 - 1) // 100], 2), found)


def _timed(work: Callable[[], object]) -> tuple[float, int]:
    """CPU milliseconds, and the result where it is a number."""
    began = time.process_time()
    result = work()
    return (time.process_time() - began) * 1000, result if isinstance(result, int) else 0


def _beside_power_iteration(graph: DependencyGraph, seeds: Sequence[str]) -> tuple[float, float]:
    """CPU milliseconds of the reference in the middle (its tables made before), and the share of its nearest nodes that ours has among its nearest."""
    near, (forward, backward) = Adjacency.of(graph), table(WEIGHTS)
    arcs = [
        [
            *((o, forward[k]) for o, k in near.arcs(n, True) if forward[k]),
            *((o, backward[k]) for o, k in near.arcs(n, False) if backward[k]),
        ]
        for n in range(len(near.ids))
    ]
    totals = [sum(w for _, w in row) for row in arcs]
    times, shares = [], []
    for seed in seeds:
        began = time.process_time()
        exact = dict(zip(near.ids, _power_iteration(arcs, totals, near.number[seed]), strict=True))
        times.append((time.process_time() - began) * 1000)
        wanted = [i for i in sorted(exact, key=lambda i: (-exact[i], i))[:_NEAREST] if exact[i] > 0]
        ours = list(queries.rank(graph, [seed], restart=_RESTART))[:_NEAREST]
        shares.append(len(set(wanted) & set(ours)) / len(wanted))
    return statistics.median(times), statistics.mean(shares)


def _power_iteration(arcs: Sequence[Sequence[tuple[int, float]]], totals: Sequence[float], seed: int) -> list[float]:
    walkers, scores = [0.0] * len(arcs), [0.0] * len(arcs)
    walkers[seed] = 1.0
    for _ in range(_ROUNDS):
        following = [0.0] * len(arcs)
        for node, mass in enumerate(walkers):
            if mass:
                scores[node] += mass * _RESTART if totals[node] else mass
                for other, weight in arcs[node]:
                    following[other] += mass * (1 - _RESTART) * weight / totals[node]
        walkers = following
    return scores
