"""``fixbot bench imports``: import edges against grimp's, edge by edge, each difference with its cause."""

import importlib
import importlib.util
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_analysis.graph import DependencyGraph, EdgeKind
from fixbot_analysis.index import Index
from fixbot_bench.errors import BenchError, DatasetError

_SHOWN = 200

Edge = tuple[str, str]


class _Graph(Protocol):
    """What is asked of grimp's graph."""

    @property
    def modules(self) -> set[str]: ...
    def find_modules_directly_imported_by(self, module: str) -> set[str]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """One import edge that only one side has: dotted names, whose it is, and why."""

    edge: Edge
    side: str  # ours or grimp
    cause: str


@click.command("imports", epilog="Example: fixbot bench imports ~/src/django ~/src/flask/src")
@click.argument("projects", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def command(*, projects: tuple[Path, ...], as_json: bool) -> int:
    """Import edges between the modules of each package, by fixbot and by grimp.

    A project is a folder that holds one or more packages, as it would stand on the import path.
    """
    if importlib.util.find_spec("grimp") is None:
        raise BenchError("grimp is not installed", "pip install grimp, in the environment of fixbot")
    rows = [row for project in projects for row in _compared(project.resolve())]
    if as_json:
        emit({"packages": rows})  # type: ignore[dict-item]  # numbers, texts, and lists and mappings of them
        return ExitCode.OK
    click.echo(
        f"{'package':<20} {'modules':>8} {'ours':>8} {'grimp':>8} {'only ours':>10} {'only grimp':>11} {'CPU ours':>9} {'grimp':>7}"
    )
    for row in rows:
        seconds = cast("Mapping[str, float]", row["cpu_seconds"])
        numbers = " ".join(
            f"{row[k]:>{w}}"
            for k, w in (("modules", 8), ("ours", 8), ("grimp", 8), ("only_ours", 10), ("only_grimp", 11))
        )
        click.echo(f"{row['package']:<20} {numbers} {seconds['ours']:>9} {seconds['grimp']:>7}")
        for each in cast("list[Mapping[str, str]]", row["differences"]):
            click.echo(printable(f"  only {each['side']}: {each['importer']} -> {each['imported']}: {each['cause']}"))
    return ExitCode.OK


def _compared(project: Path) -> list[Mapping[str, object]]:
    packages = sorted(p.parent.name for p in project.glob("*/__init__.py"))
    if not packages:
        raise DatasetError(
            f"{project} holds no package", "name the folder that the package lies in (src, for a src layout)"
        )
    began = _cpu()
    with tempfile.TemporaryDirectory(prefix="fixbot-imports-") as cache, Index.open(project, Path(cache)) as index:
        graph = index.graph
        between = _cpu()
        theirs = _grimp(project, packages)
        spent = {"ours": round(between - began, 2), "grimp": round(_cpu() - between, 2)}
        return [_row(package, graph, theirs, spent) for package in packages]


def _grimp(project: Path, packages: Iterable[str]) -> Mapping[str, _Graph]:
    """Effect: grimp's graph of each package, found by way of the import path."""
    grimp: ModuleType = importlib.import_module("grimp")
    sys.path.insert(0, str(project))
    try:
        return {package: grimp.build_graph(package, cache_dir=None) for package in packages}
    finally:
        sys.path.remove(str(project))


def _row(
    package: str, graph: DependencyGraph, peers: Mapping[str, _Graph], spent: Mapping[str, float]
) -> Mapping[str, object]:
    peer = peers[package]
    theirs = {(m, t) for m in peer.modules for t in peer.find_modules_directly_imported_by(m)}
    names = {node.path: node.name for node in graph.nodes.values() if node.id == node.path}
    own = {n for n in names.values() if n == package or n.startswith(f"{package}.")}
    links = ((names.get(e.source, ""), names.get(e.target, "")) for e in graph.edges if e.kind is EdgeKind.IMPORTS)
    ours = {(source, target) for source, target in links if source in own and target in own}
    differences = [
        *(Difference(e, "ours", _cause(e, peer.modules, own)) for e in sorted(ours - theirs)),
        *(Difference(e, "grimp", _cause(e, peer.modules, own)) for e in sorted(theirs - ours)),
    ]
    return {
        "package": package,
        "modules": len(own),
        "ours": len(ours),
        "grimp": len(theirs),
        "only_ours": len(ours - theirs),
        "only_grimp": len(theirs - ours),
        "cpu_seconds": spent,
        "causes": dict(Counter(f"{d.side}: {d.cause}" for d in differences)),
        "differences": [
            {"side": d.side, "importer": d.edge[0], "imported": d.edge[1], "cause": d.cause}
            for d in differences[:_SHOWN]
        ],
    }


def _cause(edge: Edge, theirs: set[str], ours: set[str]) -> str:
    """Why only one side may have an edge."""
    for name in edge:
        if name not in theirs:
            return f"grimp does not know the module {name}: a folder around it has no __init__.py, or its name is no identifier"
        if name not in ours:
            return f"fixbot did not index the module {name}: see 'fixbot index' for what is left out and why"
    if edge[0] == edge[1]:
        return "a module that imports itself: no edge to fixbot"
    return "both know the two modules; one of them reads the statement differently"


def _cpu() -> float:
    """CPU seconds of this process and those it waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
