"""The ways of looking at a graph that ``fixbot graph`` offers: what each selects, and how it is drawn and written."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixbot_analysis.graph import queries
from fixbot_analysis.graph.drawing import outline
from fixbot_analysis.graph.drawing.inside import inside
from fixbot_analysis.graph.drawing.markup import in_lines, text
from fixbot_analysis.graph.drawing.overview import overview
from fixbot_analysis.graph.drawing.picture import Describe, Picture, neighbourhood, pictured
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries import ANY_DISTANCE, Direction, Found, Selection, Step

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph


@dataclass(frozen=True, slots=True)
class View:
    """One look at a graph: what it selects, and how that is drawn (of so many boxes) and written (of so many nodes)."""

    selection: Selection
    draw: Callable[[int, Describe | None], Picture]
    write: Callable[[int], str]


def surroundings(
    graph: "DependencyGraph",
    node: str,
    depth: int = 1,
    kinds: Collection[EdgeKind] | None = None,
    direction: Direction = Direction.BOTH,
    guessed: bool = True,
) -> View:
    """What leads to `node` and what it leads to."""
    found = queries.around(graph, [node], depth, kinds, direction, guessed)
    if direction is not Direction.OUT and (kinds is None or EdgeKind.CALLS in kinds):
        calls = queries.unknown_calls(graph, [node], guessed)
        found = replace(found, notes=queries.not_known(calls), unknown_calls=calls.total())
    return View(
        found,
        lambda boxes, describe: neighbourhood(graph, found, kinds is None, boxes, describe),
        lambda most: outline.tree(graph, found, most),
    )


def hierarchy(graph: "DependencyGraph", node: str) -> View:
    """The bases and the heirs of a class."""
    found = queries.hierarchy(graph, node)
    return _linked(graph, found, lambda most: outline.tree(graph, found, most))


def flow(graph: "DependencyGraph", node: str, depth: int = 3, guessed: bool = True) -> View:
    """What a function calls, and so on."""
    found = queries.flow(graph, node, depth, guessed)
    return _linked(graph, found, lambda most: outline.call_tree(graph, found, most))


def module(graph: "DependencyGraph", path: str) -> View:
    """The definitions of a module, and what it has to do with others."""
    held = queries.reached(graph, [path], {EdgeKind.DEFINES})
    steps = {i: Found(i, *step) for i, step in held.items()}
    for each in queries.around(graph, [path], 1, {EdgeKind.IMPORTS}).found:
        steps.setdefault(each.id, each)
    found = Selection(f"module {path}", tuple(steps.values()), queries.linking(graph))
    return View(
        found,
        lambda _, describe: inside(graph, path, describe),
        lambda _: text(inside(graph, path)),
    )


def whole(graph: "DependencyGraph") -> View:
    """The clusters of a project, or its modules where they are few."""
    paths = queries.module_paths(graph)
    found = Selection("overview", tuple(Found(p) for p in paths), queries.linking(graph, {EdgeKind.IMPORTS}))
    return View(found, lambda _, __: overview(graph), lambda _: text(overview(graph)))


def consequences(
    graph: "DependencyGraph",
    changed: Iterable[str],
    depth: int = ANY_DISTANCE,
    guessed: bool = True,
    *,
    entire: bool = True,
) -> View:
    """What a change may reach; `entire`: of all that the changed classes and modules hold."""
    changed = tuple(changed)
    calls = queries.unknown_calls(graph, changed, guessed, whole=entire)
    found = replace(
        queries.impact(graph, changed, depth, guessed, whole=entire),
        notes=queries.not_known(calls),
        unknown_calls=calls.total(),
    )
    return View(
        found,
        lambda boxes, describe: pictured(graph, _nearest(found), boxes, describe=describe),
        lambda most: outline.listing(graph, found, most),
    )


def connection(
    graph: "DependencyGraph",
    source: str,
    target: str,
    kinds: Collection[EdgeKind] | None = None,
    guessed: bool = True,
) -> View:
    """How `source` leads to `target`; where it does not, how `target` leads to it; where neither, how both hang together."""
    for ends, directed in (((source, target), True), ((target, source), True), ((source, target), False)):
        found = queries.paths(graph, *ends, kinds, directed=directed, guessed=guessed)
        if found:
            break
    note = [] if ends == (source, target) and directed else [f"no path leads from {source} to {target}"]
    note += ["edges were followed either way" if not directed else "this one leads back"] if note and found else []
    selection = _along(graph, ends[0], found, note)
    return View(
        selection,
        lambda boxes, describe: pictured(graph, selection, boxes, describe=describe),
        lambda _: outline.routes(graph, ends[0], found) + in_lines(f"note: {n}" for n in note),
    )


def answered(graph: "DependencyGraph", query: str) -> View:
    """What a query finds. Raises QueryError."""
    found = queries.answer(graph, query)
    return _linked(graph, found, lambda most: outline.listing(graph, found, most))


def _linked(graph: "DependencyGraph", found: Selection, write: Callable[[int], str]) -> View:
    return View(found, lambda boxes, describe: pictured(graph, found, boxes, columns=False, describe=describe), write)


def _nearest(found: Selection) -> Selection:
    """By distance alone: a picture has its tests where they are reached from."""
    return replace(found, found=tuple(sorted(found.found, key=lambda f: f.distance)))


def _along(graph: "DependencyGraph", source: str, found: Sequence[Sequence[Step]], notes: Sequence[str]) -> Selection:
    steps = {source: Found(source)}
    for path in found:
        for far, step in enumerate(path, 1):
            steps.setdefault(step.to, Found(step.to, far, step.edge))
    among = queries.given(step.edge for path in found for step in path)
    target = found[0][-1].to if found else ""
    title = f"from {queries.label(graph, source)} to {queries.label(graph, target)}" if target else "no path"
    return Selection(title, tuple(steps.values()) if found else (), among, notes=tuple(notes))
