"""What a graph cannot know: calls by name on receivers of which nothing is known."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries.selection import last_name
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE, reached
from fixbot_analysis.graph.values import ANYTHING, NONE, External, Value
from fixbot_analysis.symbols import Call, SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_LAST = re.compile(r"\w+\Z")
_CALLED = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)
_NAMED = 4  # names said in a note


def unknown_calls(
    graph: "DependencyGraph", symbols: Iterable[str], guessed: bool = True, *, whole: bool = False
) -> Counter[str]:
    """Effect: name -> how many calls of it (``receiver.name()``) may mean one of `symbols` (ids), but have no edge to anything.

    Calls that are linked by a guess count where not `guessed`. `whole`: of all that the symbols hold, too. Names between double
    underscores are left out, as what calls those rarely names them.
    """
    ids = reached(graph, symbols, {EdgeKind.DEFINES}, within=ANY_DISTANCE if whole else 0)
    names = {last_name(i) for i in ids if graph.nodes[i].kind in _CALLED}
    names = {n for n in names if not (n.startswith("__") and n.endswith("__"))}
    found: Counter[str] = Counter()
    for path, block in graph.links.blocks.items():
        if here := {n for n in names if f"\n{n}\n" in block.names}:
            found += _of_file(graph, path, here, guessed)
    return found


def not_known(calls: Counter[str]) -> tuple[str, ...]:
    """What to tell the reader of such `calls`; nothing where there are none."""
    if not calls:
        return ()
    total, names = calls.total(), [name for name, _ in calls.most_common()]
    shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    return (f"and {total} more call{'s' if total != 1 else ''} of this name whose receiver is not known: {shown}",)


def unknown_sites(graph: "DependencyGraph", symbol: str, paths: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Effect: paths and lines (from 1) of the calls in the files `paths` that may mean `symbol` (an id), as :func:`unknown_calls` counts them."""
    name = last_name(symbol)
    for path in paths:
        block = graph.links.blocks.get(path)
        if block is not None and f"\n{name}\n" in block.names:
            yield from ((path, call.line) for call, _ in _unknown_in(graph, path, {name}, guessed=True))


def _of_file(graph: "DependencyGraph", path: str, names: Collection[str], guessed: bool) -> Counter[str]:
    return Counter(name for _, name in _unknown_in(graph, path, names, guessed))


def _unknown_in(
    graph: "DependencyGraph", path: str, names: Collection[str], guessed: bool
) -> Iterator[tuple[Call, str]]:
    scope, seen = graph.resolver.scope(path), dict[tuple[str, str, int], bool]()
    for call in scope.facts.calls:
        last = _LAST.search(call.callee)
        if last is None or not last.start() or last[0] not in names:
            continue
        line = scope.since(call.scope, call.callee, call.line)
        key = (call.callee, call.scope, line)
        if key not in seen:
            seen[key] = _is_unknown(graph, path, call, line, last[0], guessed)
        if seen[key]:
            yield call, last[0]


def _is_unknown(graph: "DependencyGraph", path: str, call: Call, line: int, name: str, guessed: bool) -> bool:
    """Whether nothing tells what a call runs: no value, and no edge where a guess or another language's rules make one."""
    scope = graph.resolver.scope(path)
    is_python = scope.facts.language == "python"
    if is_python and not all(map(_says_nothing, graph.resolver.values(path, call.scope, call.callee, line))):
        return False
    linked = graph.neighbours(scope.id(call.scope), (EdgeKind.CALLS,))
    return not any(last_name(e.target) == name and (guessed if e.guessed else not is_python) for e in linked)


def _says_nothing(value: Value) -> bool:
    """Whether a value is only what is reached from None or from something of which nothing is known."""
    return isinstance(value, External) and value.name.partition(".")[0] in (NONE.name, ANYTHING.name)
