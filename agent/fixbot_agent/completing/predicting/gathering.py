"""What of other files helps at a place: definitions found through the graph, where they are likely to help, in little time."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.models.filling import Extra
from fixbot_analysis.context import Focus, Snippet
from fixbot_analysis.context.candidates import Candidate, Candidates, Found
from fixbot_analysis.context.finds import at_cursor, imported, in_scope, inherited, nearby, under_test
from fixbot_analysis.context.foreign import abroad
from fixbot_analysis.context.likeness import same_name, used_together
from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.place import read_place
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.units import Units
from fixbot_analysis.graph import DependencyGraph, Node
from fixbot_analysis.index import Index
from fixbot_analysis.index.quiet import quiet
from fixbot_analysis.source import Position
from fixbot_analysis.symbols import SymbolKind

Source = Callable[[Scene], Iterator[Found]]
# What points at the cursor itself first: when time runs out, the rest is left out.
_PYTHON: tuple[Source, ...] = (at_cursor, imported, in_scope, inherited, under_test, same_name, used_together, nearby)
_OTHERS: tuple[Source, ...] = (abroad, nearby, used_together)

_MOST = 60  # definitions that are looked at
_BODY = 12  # lines of a definition that is given whole where it is likely
_LIKELY = 0.25  # a definition likelier than this is described, and given whole where it is short


@dataclass(frozen=True, slots=True)
class Gathered:
    """Pieces of other files, the most useful last; `why_not` says in a word why there are none."""

    extras: tuple[Extra, ...] = ()
    why_not: str = ""
    milliseconds: float = 0.0


def gather(
    index: Index,
    graph: DependencyGraph,
    path: str,
    position: Position,
    tokens: int,
    seconds: float,
    may_send: Callable[[str], bool],
) -> Gathered:
    """Effect: reads facts and files through the index. What helps at `position`, in at most about `tokens` and `seconds`.

    `graph` may be of some edits ago: linking one takes longer than a keystroke. Files for which `may_send` is false are left out.
    """
    began, units = time.perf_counter(), Units(index)
    with quiet():
        place = read_place(units, Focus(path, position))
        if not _reaches_out(place.facts.imports, place.bases, path):
            return Gathered(why_not="the file stands alone", milliseconds=1000 * (time.perf_counter() - began))
        scene = Scene(graph, place)
        found = Candidates(path)
        for source in _PYTHON if path.endswith(".py") else _OTHERS:
            if time.perf_counter() - began > seconds / 2:
                break
            found.add(source(scene))

        def may_take(other: str) -> bool:
            """Whether a file is what it was when the graph was linked, still of the project, and may be sent."""
            return graph.key(other) == index.digest(other) and may_send(other)

        likely = [c for c in found.weighed(scene)[:_MOST] if may_take(c.entry.node.path)]
        if not likely:
            return Gathered(why_not="nothing is likely", milliseconds=1000 * (time.perf_counter() - began))
        packing = Packing(units, tokens)
        _pack(units, graph.nodes, likely, packing, began + seconds)
        return Gathered(_extras(packing.snippets()), milliseconds=1000 * (time.perf_counter() - began))


def _reaches_out(imports: Sequence[object], bases: Sequence[str], path: str) -> bool:
    """Whether a file has to do with others at all."""
    return bool(imports or bases) or not path.endswith(".py")


def _pack(units: Units, nodes: Mapping[str, Node], likely: Sequence[Candidate], packing: Packing, end: float) -> None:
    """Headers of what is likely, then whole what is likeliest and short."""
    for each in likely:
        if time.perf_counter() > end:
            return
        node, reason = each.entry.node, Reason(each.why, each.via)
        form = units.described if each.score > _LIKELY else units.signature
        if not packing.put(form(node), Part.DEFINITION, reason):
            packing.put(units.signature(node), Part.DEFINITION, reason)
        if node.kind is SymbolKind.CLASS and (made := nodes.get(f"{node.id}.__init__")):
            packing.put(units.signature(made), Part.DEFINITION, Reason(f"how a {node.name} is made"))
    for each in likely:
        node = each.entry.node
        if each.score < _LIKELY or time.perf_counter() > end:
            return
        if node.end_line - node.line < _BODY:
            packing.put(units.whole(node), Part.DEFINITION, Reason(each.why, each.via))


def _extras(snippets: Sequence[Snippet]) -> tuple[Extra, ...]:
    """One piece a file, gaps told, the likeliest file last: nearest to the cursor in what a model reads."""
    by_file: dict[str, list[str]] = {}
    for snippet in snippets:
        by_file.setdefault(snippet.path, []).append(snippet.text.rstrip("\n"))
    return tuple(
        Extra(path, re.sub(r"\n{2,}", "\n", "\n".join(texts)) + "\n") for path, texts in reversed(by_file.items())
    )
