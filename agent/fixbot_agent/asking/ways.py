"""How one definition leads to another, in sentences; and how the project comes to a name that a package gives it."""

import ast
import re
from collections.abc import Iterator

from fixbot_agent.asking.answer import Answer, Cited, Sentence
from fixbot_agent.asking.assigning import parsed
from fixbot_agent.asking.ground import Ground
from fixbot_analysis.graph import EdgeKind, queries

_RANKED = 8
_WAYS = 2
_LOOKED_AT = 500  # functions that a name of a package is looked for in
_BASES = 5  # steps from a method to what it overrides
LEADING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.OVERRIDES)

Way = tuple[queries.Step, ...]


def ways(ground: Ground, start: str, end: str) -> tuple[Way, ...]:
    """The shortest ways from one definition to another: by calls and uses, else to what the other overrides, else by imports and what holds what."""
    graph = ground.graph
    return (
        queries.paths(graph, start, end, LEADING, count=_WAYS)
        or tuple(_overridden(ground, start, end))[:_WAYS]
        or queries.paths(graph, start, end, (*LEADING, EdgeKind.IMPORTS, EdgeKind.DEFINES), count=1)
    )


def _overridden(ground: Ground, start: str, end: str, most: int = _BASES) -> Iterator[Way]:
    """Ways to the nearest method that `end` overrides and that calls lead to, each with the step to `end` itself."""
    for edge in ground.graph.neighbours(end, (EdgeKind.OVERRIDES,), True) if most else ():
        base, last = edge.target, queries.Step(edge, forwards=False)
        near = queries.paths(ground.graph, start, base, LEADING, count=1) if start != base else ()
        for way in near or _overridden(ground, start, base, most - 1):
            yield (*way, last)


def told(ground: Ground, start: str, way: Way) -> Iterator[Sentence]:
    """Each step of a way, with the lines of the calls."""
    steps = "step" if len(way) == 1 else "steps"
    yield Sentence(
        f"{ground.label(start)} leads to {ground.label(way[-1].to)} in {len(way)} {steps}.", (ground.place(start),)
    )
    for step in way:
        edge = step.edge
        at = ground.sites(edge.source, edge.target) if edge.kind is EdgeKind.CALLS else (ground.place(edge.source),)
        guess = " (by its name: the receiver's type is not known)" if edge.guessed else ""
        verb, runs = queries.WORDS[edge.kind][0], "" if step.forwards else ": on such an object it is what runs"
        yield Sentence(
            f"{ground.label(edge.source)} {verb} {ground.label(edge.target)}{guess}{runs}.",
            (*at[:2], ground.place(edge.target)),
        )


def abroad(ground: Ground, starts: tuple[str, ...], name: str) -> Answer | None:
    """How the project comes to a name that a package gives it: by calls to the nearest functions that name it; None where none do."""
    for start in starts:
        known, found = {start: 0}, list[str]()
        waiting = [start]
        while waiting and len(known) < _LOOKED_AT and not found:
            found = [each for each in waiting if _named_in(ground, each, name)]
            following = [
                i for each in waiting for i in ground.edges(each, EdgeKind.CALLS, outgoing=True) if i not in known
            ]
            known.update(dict.fromkeys(following, 0))
            waiting = list(dict.fromkeys(following))
        if found:
            sentences = [s for each in found[:_WAYS] for s in _to_abroad(ground, start, each, name)]
            ids = tuple(dict.fromkeys((start, *found[:_WAYS])))
            notes = (f"{name} is a name of a package: what happens in there is not followed",)
            return Answer("path", ids, tuple(sentences), tuple(ground.definition(i) for i in ids), notes)
    return None


def _to_abroad(ground: Ground, start: str, end: str, name: str) -> Iterator[Sentence]:
    ways = queries.paths(ground.graph, start, end, (EdgeKind.CALLS,), count=1) if start != end else ()
    for way in ways:
        yield from told(ground, start, way)
    lines = _named_in(ground, end, name)
    yield Sentence(f"{ground.label(end)} names `{name}`, which {_source(ground, end, name)}.", tuple(lines[:_RANKED]))


def _named_in(ground: Ground, id: str, name: str) -> tuple[Cited, ...]:  # noqa: A002 - the graph's word
    """The lines of a definition on which an imported name stands, or a member of it."""
    symbol, first = ground.symbol(id), name.partition(".")[0]
    if symbol is None or not _source(ground, id, name):
        return ()
    path = id.partition("::")[0]
    code = ground.code(Cited(path, symbol.line), symbol.end_line, most=symbol.end_line - symbol.line + 1)
    tree = parsed(code.encode()) if path.endswith(".py") else None
    if tree is None:
        word = re.compile(rf"(?<![\w.'\"]){re.escape(first)}(?!\w)")
        return tuple(Cited(path, symbol.line + n) for n, text in enumerate(code.splitlines()) if word.search(text))
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Name | ast.Attribute) and ast.unparse(n) == name)
    return tuple(Cited(path, line) for line in sorted({symbol.line + n.lineno - 1 for n in found}))


def _source(ground: Ground, id: str, name: str) -> str:  # noqa: A002
    """Where the file of a definition has a name from, in words; "" where it imports none of that name."""
    facts, first = ground.facts(id.partition("::")[0]), name.partition(".")[0]
    for each in facts.imports if facts else ():
        if each.bound == first:
            return f"comes from `{'.' * each.level}{each.module}`"
    return ""
