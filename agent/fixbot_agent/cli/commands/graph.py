"""``fixbot graph``: answers questions to the dependency graph of a project, in words or as a picture."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TypedDict, Unpack

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_analysis.graph import DependencyGraph, Edge, EdgeKind, drawing, queries
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import Symbol, SymbolKind

_DRAWN = {"mermaid": drawing.mermaid, "dot": drawing.dot, "svg": drawing.svg, "html": drawing.html}
_NAMED = 8  # candidates shown for a name that is not clear
_WRITTEN = 200  # nodes of a text
_LINES = re.compile(r"(.+):(\d{1,9})(?:-(\d{1,9}))?")
_ANYTHING = "file, a module, a class or a function"
_ANY = queries.ANY_DISTANCE
_FUNCTIONS = (SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CLASS)

_Maker = Callable[[DependencyGraph], drawing.View]

_LANGUAGE = """\b
Questions for --query (more in docs/graph-queries.md):
  VERB of NAME, VERB(QUESTION)      callers, callees, users, uses, importers, imports, subclasses, bases,
                                    overriders, overridden, members, owners, dependents, dependencies,
                                    near, impact, tests
    ... within N                    at most so many steps; * for all the way
    ... known                       without what is guessed by a name
    ... via calls,uses              for near, dependents, dependencies: along these edges only
  class NAME < BASE                 classes called so that inherit from BASE, of the project or from outside
  path from A to B via calls        the shortest ways; path between A and B follows edges either way
  kind:method  name:save*  in app/  kind is module, class, namespace, function or method; name is a pattern
  is:test  is:unused  is:cyclic     in tests; named by nothing; in a circle of imports
  and, or, not, ( )                 two questions side by side mean and
  names                             Cart.total, shop.cart, shop/cart.py::Cart, Cart.*, "a b"

\b
Examples:
  fixbot graph --of Cart.total --depth 2 --format html > cart.html
  fixbot graph --impact shop/cart.py:40-52
  fixbot graph --query 'callers(Cart.total) within 2 and not is:test'
  fixbot graph --query 'subclasses of unittest.TestCase'
  fixbot graph --query 'kind:function is:unused in shop/'
"""


class _Options(TypedDict):
    """What says which picture is wanted."""

    symbol: str | None
    hierarchy: str | None
    flow: str | None
    module: str | None
    overview: bool
    impact: tuple[str, ...]
    ends: tuple[str, str] | None
    query: str | None
    depth: int | None
    kinds: frozenset[EdgeKind] | None
    direction: str
    known: bool


def _kinds(text: str) -> frozenset[EdgeKind]:
    """Kinds of edges, separated by commas."""
    names = {part.strip() for part in text.split(",")}
    if unknown := sorted(names - set(EdgeKind)):
        raise UsageFailure(f"--kinds: {unknown[0]!r} is no kind of edge", f"name some of {', '.join(EdgeKind)}")
    return frozenset(map(EdgeKind, names))


@click.command(epilog=_LANGUAGE)
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
@click.option(
    "--of", "symbol", help="What is around a symbol, module or file: Cart.total, shop.cart, shop/cart.py::Cart."
)
@click.option("--hierarchy", metavar="CLASS", help="Bases and heirs of a class.")
@click.option("--flow", metavar="FUNCTION", help="What a function calls, and what that calls.")
@click.option("--module", metavar="MODULE", help="A module's definitions, and who leans on them.")
@click.option("--overview", is_flag=True, help="The clusters that the project falls into.")
@click.option(
    "--impact", metavar="SYMBOL|FILE[:LINE[-LINE]]", multiple=True, help="What a change may reach, tests first."
)
@click.option("--path", "ends", metavar="A B", nargs=2, help="How A leads to B.")
@click.option("--query", metavar="TEXT", help="What a question finds; see below.")
@click.option("--depth", type=click.IntRange(0, 99), help="Steps: 1 around --of, 3 for --flow, all for --impact.")
@click.option(
    "--kinds",
    type=_kinds,
    metavar="KINDS",
    help="For --of and --path: only edges of these kinds, such as calls,inherits.",
)
@click.option(
    "--direction", type=click.Choice([d.value for d in queries.Direction]), default="both", help="For --of: which way."
)
@click.option("--known", is_flag=True, help="Leave out what is guessed: calls by a method's name.")
@click.option("--limit", type=click.IntRange(1), help="At most so many nodes; JSON has all without it.")
@click.option("--format", "form", type=click.Choice(["text", *_DRAWN, "json"]), default="text", show_default=True)
@json_option
def command(path: Path, limit: int | None, form: str, as_json: bool, **options: Unpack[_Options]) -> int:
    """Who calls, inherits, overrides, uses, imports or tests what in the project at PATH (this folder): asked, listed or drawn.

    One option says what is asked: what lies around a symbol (--of), a class with its bases and heirs (--hierarchy), what a function
    calls (--flow), a module (--module), what a change may reach (--impact), how one thing leads to another (--path), or a question
    in a small language (--query). Without any: the parts that the project falls into; as JSON everything.

    The answer is text with file, line and reason, or a picture: mermaid, dot, svg, or an html page to pan, search and click in.
    """
    chosen = _chosen(options)
    with Bar() as bar, Index.open(path, Places.current().index, progress=bar) as index:
        make = _makers(options, index)[chosen or "--overview"]
        for warning in index.report.warnings:
            sys.stderr.write(f"fixbot: {printable(warning)}\n")
        graph = index.graph
        if as_json or form == "json":
            _emit(graph, make(graph).selection if chosen else None, limit, clustered=options["overview"])
        elif form == "text":
            click.echo(printable(make(graph).write(limit or _WRITTEN)), nl=False)
        else:
            picture = make(graph).draw(limit or drawing.BOXES, _describer(index))
            click.echo(printable(_DRAWN[form](picture)), nl=False)
    return ExitCode.OK


def _chosen(options: _Options) -> str:
    """The picture that was asked for; ``""`` for none in particular."""
    given: dict[str, object] = {"--of": options["symbol"], "--path": options["ends"]}
    given |= {f"--{name}": options[name] for name in ("hierarchy", "flow", "module", "overview", "impact", "query")}
    chosen = [name for name, value in given.items() if value not in (None, False, ())]
    if len(chosen) > 1:
        raise UsageFailure(f"{' and '.join(chosen)} are different pictures", "ask for one at a time")
    return "".join(chosen)


def _makers(options: _Options, index: Index) -> dict[str, _Maker]:
    """What makes each of the pictures."""
    depth, kinds, guessed = options["depth"], options["kinds"], not options["known"]
    around, way = 1 if depth is None else depth, queries.Direction(options["direction"])
    return {
        "--of": lambda g: drawing.surroundings(g, _one(g, options["symbol"]), around, kinds, way, guessed),
        "--hierarchy": lambda g: drawing.hierarchy(g, _one(g, options["hierarchy"], SymbolKind.CLASS)),
        "--flow": lambda g: drawing.flow(g, _one(g, options["flow"], *_FUNCTIONS), depth or 3, guessed),
        "--module": lambda g: drawing.module(g, _one(g, options["module"], SymbolKind.MODULE)),
        "--overview": drawing.whole,
        "--impact": lambda g: _consequences(g, index, options["impact"], depth or _ANY, guessed),
        "--path": lambda g: _connection(g, options["ends"] or ("", ""), kinds, guessed),
        "--query": lambda g: drawing.answered(g, options["query"] or ""),
    }


def _connection(
    graph: DependencyGraph, ends: tuple[str, str], kinds: frozenset[EdgeKind] | None, guessed: bool
) -> drawing.View:
    source, target = (_one(graph, end) for end in ends)
    if source == target:
        raise UsageFailure(f"{ends[0]} and {ends[1]} are the same", "name two things that may hang together")
    return drawing.connection(graph, source, target, kinds, guessed)


def _one(graph: DependencyGraph, name: str | None, *kinds: SymbolKind) -> str:
    """The one node of these `kinds` (any, where none are given) that `name` means."""
    named = queries.called(graph, name or "")
    found = [i for i in named if not kinds or graph.nodes[i].kind in kinds]
    if kinds and not found and not queries.is_pattern(name or ""):  # the end of a name that something else has whole
        found = [i for i in queries.called(graph, f"*.{name}") if graph.nodes[i].kind in kinds]
    if len(found) == 1:
        return found[0]
    wanted = " or ".join(kind.value for kind in kinds)
    if not named and not found:
        raise _nothing(graph, name or "", wanted)
    if not found:
        node = graph.nodes[named[0]]
        raise UsageFailure(f"{name} is a {node.kind.value} ({node.path}:{node.line})", f"this picture needs a {wanted}")
    listed = "".join(f"\n  {i}  ({graph.nodes[i].kind.value})" for i in found[:_NAMED])
    more = f"\n  and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    raise UsageFailure(f"{name} may be any of {len(found)}:{listed}{more}", f"name one in full, such as {found[0]}")


def _nothing(graph: DependencyGraph, name: str, wanted: str) -> UsageFailure:
    """The error for a `name` that no node has."""
    if hint := queries.not_a_node(graph, name):
        return UsageFailure(f"{name} is not drawn", hint)
    near = queries.alike(graph, name)
    hint = f"did you mean {' or '.join(near)}?" if near else f"name a {wanted or _ANYTHING} of this project"
    return UsageFailure(f"nothing is called {name}", hint)


def _consequences(
    graph: DependencyGraph, index: Index, texts: Sequence[str], depth: int, guessed: bool
) -> drawing.View:
    """Effect: reads the files. What a change of each ``SYMBOL``, ``FILE`` or ``FILE:LINE-LINE`` may reach; lines mean just the definitions they lie in."""
    found: list[str] = []
    lines = False
    for text in texts:
        match = _LINES.fullmatch(text)
        if match is None or text in graph.nodes:
            found.append(_one(graph, text))
            continue
        path, first = str(PurePosixPath(match[1])), int(match[2])
        if path not in graph.nodes:
            raise UsageFailure(f"{path} is no indexed file", "'fixbot index' says what was left out, and why")
        end = graph.nodes[path].end_line
        if not 1 <= first <= end:
            raise UsageFailure(f"{path} has no line {first}", f"name one from 1 to {end}")
        found += queries.symbols_at(graph, path, _written(index, path, range(first, int(match[3] or first) + 1)))
        lines = True
    return drawing.consequences(graph, found, depth, guessed, entire=not lines)


def _written(index: Index, path: str, lines: range) -> list[tuple[int, int]]:
    """Effect: reads the file. Those of `lines` (from 1) on which something stands: an empty one between two functions is none of the module's code."""
    texts = index.tree.read(path).text.splitlines()
    found = [(n, n) for n in lines[: len(texts)] if n <= len(texts) and texts[n - 1].strip()]
    if not found:
        raise UsageFailure(f"nothing stands on line {lines[0]} of {path}", "name lines with code")
    return found


def _describer(index: Index) -> drawing.Describe:
    """Effect (of what is returned): look up the header and docstring of a node."""
    known: dict[str, dict[str, Symbol]] = {}

    def describe(node: str) -> drawing.Detail:
        path, _, qualname = node.partition("::")
        if path not in known:
            known[path] = {symbol.qualname: symbol for symbol in index.facts(path).symbols}
        symbol = known[path].get(qualname)
        return drawing.Detail(symbol.signature, symbol.doc) if symbol else drawing.Detail()

    return describe


def _emit(graph: DependencyGraph, selection: queries.Selection | None, limit: int | None, *, clustered: bool) -> None:
    """Effect: print nodes and edges; what was selected, in its order and with its reasons, else everything."""
    document: dict[str, Json] = {}
    if selection is None:
        ids, edges = list(graph.nodes), list(graph.edges)
        shown, left_out = ids[:limit], max(len(ids) - (limit or len(ids)), 0)
        if left_out:
            edges = list(queries.edges_among(graph, shown))
        document["nodes"] = [_node(graph, i) for i in shown]
    else:
        kept = selection.first(limit or len(selection.found))
        edges, left_out = list(kept.edges), kept.omitted
        document["nodes"] = [{**_node(graph, f.id), "distance": f.distance, "why": f.why} for f in kept.found]
        document["title"], document["notes"] = selection.title, list(kept.notes)
        if kept.unknown_calls is not None:
            document["unknown_calls"] = kept.unknown_calls
    document["edges"] = [_edge(e) for e in sorted(edges)]
    document["omitted"] = left_out
    if clustered:
        document["clusters"] = [_cluster(c) for c in queries.clusters(graph)]
    emit(document)


def _node(graph: DependencyGraph, node: str) -> dict[str, Json]:
    n = graph.nodes[node]
    return {"id": n.id, "kind": n.kind.value, "path": n.path, "line": n.line}


def _edge(edge: Edge) -> dict[str, Json]:
    return {"from": edge.source, "to": edge.target, "kind": edge.kind.value, "guessed": edge.guessed}


def _cluster(cluster: queries.Cluster) -> dict[str, Json]:
    return {
        "name": cluster.name,
        "package": cluster.package,
        "modules": list(cluster.modules),
        "central": list(cluster.central),
        "words": list(cluster.words),
        "symbols": cluster.symbols,
    }
