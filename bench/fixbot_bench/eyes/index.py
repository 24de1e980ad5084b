"""``fixbot bench index``: what it costs to index a project, to keep its index true and to hold it in memory."""

import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.schemas import Json
from fixbot_analysis.index import Index, settle
from fixbot_analysis.source import language_of
from fixbot_analysis.syntax import SyntaxTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.measuring import Figure, cpu_seconds, run, wall_seconds

_INDEX = (sys.executable, "-m", "fixbot_agent.cli", "index", "--json")
_HOLD = (sys.executable, "-c", "from fixbot_bench.eyes.index import hold; hold()")


@click.command(epilog="Example: fixbot bench index ~/src/django --repeats 3")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True)
@click.option("--sample", type=click.IntRange(1), default=200, show_default=True, help="Changed files to look at.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--strain", is_flag=True, help="Also 100,000 files, a switch of 5,000, and a file at every prefix: minutes."
)
@json_option
def command(project: Path, repeats: int, sample: int, seed: int, strain: bool, as_json: bool) -> int:
    """What an index costs, cold and warm, after a change, in memory."""
    with tempfile.TemporaryDirectory(prefix="fixbot-bench-index-") as scratch:
        rows = [f.row() for f in figures(project.resolve(), Path(scratch), repeats, sample, random.Random(seed))]
        if strain:
            from fixbot_bench.eyes import strain as hard

            rows += [figure.row() for figure in hard.strains(project.resolve(), Path(scratch))]
    if as_json:
        emit({"project": project.name, "figures": cast("Json", rows)})
        return ExitCode.OK
    for row in rows:
        beside = f"{row['ratio']} x {row['reference']}" if row["ratio"] else str(row["reference"])
        click.echo(printable(f"{row['name']!s:<58} {row['ours']!s:>10} {row['unit']!s:<4} {beside}"))
    return ExitCode.OK


def figures(project: Path, scratch: Path, repeats: int, sample: int, chance: random.Random) -> Iterator[Figure]:
    """Effect: measure `project`, which stays as it is; everything is written below `scratch`."""
    with Index.open(project, scratch / "own") as index:
        sources = [(index.tree.read(p).data, language_of(p) or "") for p in index.paths]
    if not sources:
        raise DatasetError(f"{project} holds no source that can be indexed", "name a folder with source files")
    parsed = _median([cpu_seconds(lambda: [SyntaxTree.parse(*source) for source in sources]) for _ in range(repeats)])
    read = _median([wall_seconds(lambda: [(project / p).read_bytes() for p in index.paths]) for _ in range(repeats)])
    run((*_INDEX, str(scratch)), scratch / "start")  # so that bytecode is there
    homes = [scratch / f"home{n}" for n in range(repeats)]
    cold = [run((*_INDEX, str(project)), home) for home in homes]
    linked = [run((*_INDEX, "--links", str(project)), home) for home in homes]
    warm = [run((*_INDEX, str(project)), homes[0]) for _ in range(repeats)]
    parsing = "tree-sitter parsing the same files, nothing else (CPU)"
    yield Figure("index cold, process and workers, CPU", _median([r.cpu for r in cold]), "s", parsing, parsed)
    both = [a.cpu + b.cpu for a, b in zip(cold, linked, strict=True)]
    yield Figure("index cold and every link resolved after it, CPU", _median(both), "s", parsing, parsed)
    cores = f"on {len(os.sched_getaffinity(0))} cores" if hasattr(os, "sched_getaffinity") else "on all cores"
    yield Figure(f"index cold, wall, {cores}", _median([r.wall for r in cold]), "s", parsing, parsed)
    yield Figure(
        "index warm, links there, wall of the process", _median([r.wall for r in warm]), "s", "reading them", read
    )
    yield Figure(
        "memory at the peak of a cold index, all processes", _median([r.memory for r in cold]), "MiB", "", None
    )
    holding = (*_HOLD, str(project), str(scratch / "held"))
    run(holding, homes[0])  # stores what the next one reads
    held = run(holding, homes[0])
    yield Figure("memory with index, graph and code model, stored before", held.memory, "MiB", "", None)
    yield from _changes(project, scratch / "copy", sample, chance)


def hold() -> None:
    """Effect: a process that holds what an editor's server does of a project: index, graph and code model."""
    from fixbot_analysis.codemodel import CodeModel

    project, cache = Path(sys.argv[1]), Path(sys.argv[2])
    with Index.open(project, cache) as index:
        model = CodeModel()
        for path in index.paths:
            model.learn(path, index.tree.read(path).data)
        _ = [index.graph.callers(node) for node in list(index.graph.nodes)[:100]]


def _changes(project: Path, copy: Path, sample: int, chance: random.Random) -> Iterator[Figure]:
    """One changed file after the other, saved: until its facts are stored, then until every link of the project is right and stored."""
    with Index.open(project) as index:
        for path in index.paths:
            (copy / "project" / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / "project" / path).write_bytes((project / path).read_bytes())
    with Index.open(copy / "project", copy / "cache") as index:
        _ = index.graph
        settle()  # as the editor's engine does
        paths = [p for p in index.paths if p.endswith(".py")] or list(index.paths)
        sizes = [1 + len(index.tree.read(p).data) for p in paths]
        largest = paths[sizes.index(max(sizes))]
        for kind, chosen in (
            ("any file", chance.sample(paths, min(sample, len(paths)))),
            ("files by their size", chance.choices(paths, sizes, k=min(sample, len(paths)))),
            ("the largest file", [largest] * 5),
        ):
            saved, linked, parsed = zip(*(_change(index, path, n) for n, path in enumerate(chosen)), strict=True)
            for name, taken in (("facts stored", saved), ("facts and links stored", linked)):
                for part, value in (("median", statistics.median), ("p95", _p95)):
                    yield Figure(
                        f"change of {kind}: {name}, {part}, CPU",
                        1000 * value(taken), "ms", f"parsing it, {part}", 1000 * value(parsed),
                    )  # fmt: skip


def _change(index: Index, path: str, number: int) -> tuple[float, float, float]:
    """Effect: a function more in `path`; CPU seconds until its facts are stored, until the links are as well, and to parse it."""
    where = index.tree.root / path
    where.write_bytes(where.read_bytes() + b"\n\ndef added_%d(value):\n    return value\n" % number)
    parsed = cpu_seconds(lambda: SyntaxTree.parse(where.read_bytes(), language_of(path) or "python"))
    saved = cpu_seconds(lambda: index.saved(path))
    return saved, saved + cpu_seconds(lambda: index.graph), parsed


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
