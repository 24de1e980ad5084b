"""What is odd about a project's graph: modules that import each other in circles, and what nothing seems to use."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, kind_mask
from fixbot_analysis.graph.queries.modules import module_paths
from fixbot_analysis.graph.queries.selection import in_order, in_tests, last_name

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_USING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.TESTS)
_STARTS = frozenset({"main", "setup", "teardown"})  # names that something outside the project calls


def import_cycles(graph: "DependencyGraph") -> tuple[tuple[str, ...], ...]:
    """Paths of modules that import each other, directly or not: each group sorted, the smallest first.

    Strongly connected components (Tarjan 1972). Imports inside functions and under TYPE_CHECKING count too.
    """
    near = Adjacency.of(graph)
    imports = kind_mask((EdgeKind.IMPORTS,), guessed=False)
    links = {
        near.number[p]: sorted(o for o, kind in near.arcs(near.number[p], True) if imports[kind])
        for p in module_paths(graph)
    }
    groups = (tuple(sorted(near.ids[n] for n in g)) for g in _components(links) if len(g) > 1)
    return tuple(sorted(groups, key=lambda g: (len(g), g)))


def _components(links: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Strongly connected components, without recursion."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    done: set[int] = set()
    found: list[list[int]] = []
    for start in links:
        work = [] if start in order else [(start, iter(links[start]))]
        while work:
            here, rest = work[-1]
            if here not in order:
                order[here] = low[here] = len(order)
                path.append(here)
            following = next((n for n in rest if n not in done), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == order[here]:
                    at = path.index(here)
                    found.append(path[at:])
                    done.update(path[at:])
                    del path[at:]
            elif following in order:
                low[here] = min(low[here], order[following])
            else:
                work.append((following, iter(links[following])))
    return found


def unused(graph: "DependencyGraph") -> tuple[str, ...]:
    """Ids of classes, functions and methods that nothing else in the project calls, names, inherits from or tests, by place.

    Candidates only: what a framework, a plug-in or another project calls looks the same. Left out are tests, names that
    Python or a runner calls, and methods that override another one, as they are called through that.
    """
    near = Adjacency.of(graph)
    using = kind_mask(_USING, guessed=True)
    overrides = kind_mask((EdgeKind.OVERRIDES,), guessed=True)

    def is_needed(node: str) -> bool:
        inside = f"{node}."
        users = (near.ids[o] for o, kind in near.arcs(near.number[node], False) if using[kind])
        stands_in = any(overrides[kind] for _, kind in near.arcs(near.number[node], True))
        return stands_in or any(u != node and not u.startswith(inside) for u in users)

    found = (i for i in graph.nodes if "::" in i and _is_ours(i))
    return tuple(in_order(graph, (i for i in found if not is_needed(i))))


def _is_ours(node: str) -> bool:
    name = last_name(node)
    called_by_python = name.startswith("__") and name.endswith("__")
    return not called_by_python and name not in _STARTS and not in_tests(node)
