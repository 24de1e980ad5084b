"""How long a context takes at random places, beside two things that cost about as much as one may: BM25 alone, and a parse of the file."""

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from fixbot_analysis.context import Context, Focus
from fixbot_analysis.index import Index, settle
from fixbot_analysis.source import Position, language_of
from fixbot_analysis.syntax import SyntaxTree
from fixbot_bench.eyes.context_rivals import bm25

_EDITED = 20  # places at which a space is typed


def latencies(index: Index, count: int, seed: int, budget: int) -> Mapping[str, object]:
    """Effect: contexts at `count` random places in functions, twice; then the references. Milliseconds, CPU and wall.

    The index is open and its graph loaded; nothing else is prepared for the first visit but one context elsewhere. Between that
    and the second visit stands a first visit to a place in a file of which one other place was looked at: a file that is open.
    """
    places = _places(index, count + 1, seed)
    if len(places) < 2:
        return {}
    settle()  # as the editor's engine does
    measured: Mapping[str, Callable[[Focus], object]] = {
        "first_visit": lambda focus: Context.build(index, focus, budget),
        "second_visit": lambda focus: Context.build(index, focus, budget),
        "reference_bm25_alone": lambda focus: bm25(index, focus, budget),
        "reference_parse_of_the_file": lambda focus: SyntaxTree.parse(
            index.tree.read(focus.path).data, language_of(focus.path) or ""
        ),
    }
    times: dict[str, object] = {}
    for what, work in measured.items():
        work(places[0])
        times[what] = _timed([partial(work, focus) for focus in places[1:]])
    times["in_an_open_file"] = _timed(_opened(index, _places(index, count, seed + 1), budget))
    times["after_an_edit"] = _timed(_typed(index, places[1 : 1 + _EDITED], budget))
    return times


def _opened(index: Index, places: Sequence[Focus], budget: int) -> Iterator[Callable[[], object]]:
    """Contexts at places of files of which another place was looked at before the clock starts (the middlemost function); others were by then, as in an editor."""
    for focus in places:
        functions = [s for s in index.facts(focus.path).symbols if s.kind in ("function", "method")]
        Context.build(index, Focus(focus.path, Position(functions[len(functions) // 2].line, 0)), budget)
        yield partial(Context.build, index, focus, budget)


def _typed(index: Index, places: Sequence[Focus], budget: int) -> Iterator[Callable[[], object]]:
    """Contexts right after a space was typed at each place; index and graph have taken it in before the clock starts."""
    for focus in places:
        document = index.tree.read(focus.path)
        at = document.offset(focus.position)
        index.update(focus.path, document.data[:at] + b" " + document.data[at:])
        _ = index.graph
        yield partial(Context.build, index, focus, budget)
        index.update(focus.path, None)


def _places(index: Index, count: int, seed: int) -> list[Focus]:
    """Ends of random lines of random functions."""
    chance = random.Random(f"latency {seed}")
    nodes = [n for n in index.graph.nodes.values() if n.kind in ("function", "method")]
    lines = [(n.path, chance.randint(n.line, n.end_line)) for n in chance.sample(nodes, min(count, len(nodes)))]
    return [Focus(p, Position(line - 1, len(index.tree.read(p).line_text(line - 1)))) for p, line in lines]


def _timed(works: Iterable[Callable[[], object]]) -> Mapping[str, object]:
    cpu, wall = [], []
    for work in works:
        began, used = time.perf_counter(), time.process_time()
        work()
        cpu.append(1000 * (time.process_time() - used))
        wall.append(1000 * (time.perf_counter() - began))
    return {"cpu": _quantiles(cpu), "wall": _quantiles(wall)}


def _quantiles(values: Sequence[float]) -> Mapping[str, float]:
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2), "max": round(max(values), 2)}
