"""``fixbot graph``: draws the dependency graph of a project, or of what is around one symbol."""

import sys
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.settings import Places
from fixbot_analysis.graph import DependencyGraph, drawing
from fixbot_analysis.index import Index

_DRAWN = {
    "text": drawing.text,
    "mermaid": drawing.mermaid,
    "dot": drawing.dot,
    "svg": drawing.svg,
    "html": drawing.html,
}
_NAMED = 5  # candidates shown for a name that is not clear


@click.command(epilog="Example: fixbot graph --of Cart.total --depth 1 --format html > cart.html")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
@click.option(
    "--of", "symbol", help="A file, a module, or a class or function: Cart.total, shop.cart.Cart, shop/cart.py::Cart."
)
@click.option("--depth", type=click.IntRange(0, 10), default=1, show_default=True, help="Steps around --of.")
@click.option("--format", "form", type=click.Choice([*_DRAWN, "json"]), default="text", show_default=True)
@json_option
def command(path: Path, symbol: str | None, depth: int, form: str, as_json: bool) -> int:
    """Draw the dependency graph of the project at PATH (this folder).

    Without --of: its modules, or its packages where there are too many; JSON always holds everything.
    """
    with Bar() as bar, Index.open(path, Places.current().index, progress=bar) as index:
        graph = index.graph
        node = _named(graph, symbol) if symbol is not None else None
        warnings = index.report.warnings
    for warning in warnings:
        sys.stderr.write(f"fixbot: {printable(warning)}\n")
    if as_json or form == "json":
        _emit(graph, node, depth)
    else:
        picture = drawing.neighbourhood(graph, node, depth) if node else drawing.overview(graph)
        click.echo(printable(_DRAWN[form](picture)), nl=False)
    return ExitCode.OK


def _named(graph: DependencyGraph, symbol: str) -> str:
    found = graph.find(symbol)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageFailure(
            f"nothing is called {symbol}", "name a file, a module, or a class or function of this project"
        )
    named = ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
    raise UsageFailure(f"{symbol} may be any of {len(found)}: {named}", "name one of them in full")


def _emit(graph: DependencyGraph, node: str | None, depth: int) -> None:
    kept = graph.within(node, depth) if node else graph.nodes
    nodes = [graph.nodes[i] for i in kept]
    edges = [e for e in graph.edges if e.source in kept and e.target in kept]
    emit(
        {
            "nodes": [{"id": n.id, "kind": n.kind.value, "path": n.path, "line": n.line} for n in nodes],
            "edges": [{"from": e.source, "to": e.target, "kind": e.kind.value, "guessed": e.guessed} for e in edges],
        }
    )
