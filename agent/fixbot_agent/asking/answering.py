"""From a question to its answer: the relation that it asks for, else where in the project its words are at home."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixbot_agent.asking.answer import Answer, Cited, Definition, Sentence
from fixbot_agent.asking.assigning import parsed
from fixbot_agent.asking.ground import Ground
from fixbot_agent.asking.questions import Question, bare, read_question
from fixbot_agent.asking.relations import RELATIONS
from fixbot_analysis.graph import EdgeKind, queries
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_analysis.retrieval import Located, locate

_MEANINGS = 4  # definitions of one name that are answered for
_RANKED = 8
_WAYS = 2
_LOOKED_AT = 500  # functions that a name of a package is looked for in
_LEADING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.OVERRIDES)


def ask(
    index: Index,
    text: str,
    history: ProjectHistory | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Effect: read facts and files through the index. What the project's code says to the question `text`.

    Every place that is cited was read. An answer without sentences: nothing in the project has a word of it.
    """
    ground, question = Ground(index), read_question(text)
    if known := tuple(name for name in question.perhaps if any("::" in i for i in ground.called(name))):
        question = Question("about", known, question.text)
    answer = _between(ground, question) if question.kind == "path" else _related(ground, question)
    if answer is None:
        answer = _located(ground, question, locate(index, question.text, history, cache, progress))
    return answer.checked(index)


def _related(ground: Ground, question: Question) -> Answer | None:
    """What there is to say of the names of the question; None where nothing is called so."""
    relation = RELATIONS.get(question.kind)
    if relation is None:
        return None
    meant = [(name, ground.called(name)) for name in question.names]
    ids = list(dict.fromkeys(i for _, found in meant for i in _nearest(found)))
    if not ids:
        return None
    sentences = [s for i in ids for s in relation(ground, i)]
    definitions = tuple(ground.definition(i) for i in ids)
    notes = (*_not_found(ground, meant), *_too_many(meant), *_unknown(ground, question, ids))
    return Answer(question.kind, tuple(ids), tuple(sentences), definitions, notes)


def _nearest(found: tuple[str, ...]) -> tuple[str, ...]:
    """What of the candidates is answered for: the code's, or where there is none, the tests'."""
    return (tuple(i for i in found if not queries.in_tests(i)) or found)[:_MEANINGS]


def _between(ground: Ground, question: Question) -> Answer | None:
    """How one thing leads to another, by the shortest ways; where none does, how they hang together."""
    meant = [(name, ground.called(name)) for name in question.names]
    if meant[0][1] and not meant[1][1] and (abroad := _abroad(ground, _nearest(meant[0][1]), question.names[1])):
        return abroad
    if not all(found for _, found in meant):
        known = tuple(name for name, found in meant if found)
        return _related(ground, Question("about", question.names, question.text)) if known else None
    (starts, ends), ids = (_nearest(found) for _, found in meant), dict[str, None]()
    sentences: list[Sentence] = []
    for start in starts:
        for end in ends if start not in ends else ():
            for way in _ways(ground, start, end):
                ids.update(dict.fromkeys((start, *(step.to for step in way))))
                sentences += _told(ground, start, way)
    if not sentences:
        sentences = [_no_way(ground, starts[0], ends[0])] if starts and ends else []
        ids = dict.fromkeys((*starts[:1], *ends[:1]))
    definitions = tuple(ground.definition(i) for i in list(ids)[:_RANKED])
    return Answer("path", tuple(ids), tuple(sentences), definitions, tuple(_too_many(meant)))


def _abroad(ground: Ground, starts: tuple[str, ...], name: str) -> Answer | None:
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
        yield from _told(ground, start, way)
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


def _ways(ground: Ground, start: str, end: str) -> tuple[tuple[queries.Step, ...], ...]:
    graph = ground.graph
    return queries.paths(graph, start, end, _LEADING, count=_WAYS) or (
        queries.paths(graph, start, end, (*_LEADING, EdgeKind.IMPORTS, EdgeKind.DEFINES), count=1)
    )


def _told(ground: Ground, start: str, way: tuple[queries.Step, ...]) -> Iterator[Sentence]:
    steps = "step" if len(way) == 1 else "steps"
    yield Sentence(
        f"{ground.label(start)} leads to {ground.label(way[-1].to)} in {len(way)} {steps}.", (ground.place(start),)
    )
    for step in way:
        edge = step.edge
        at = ground.sites(edge.source, edge.target) if edge.kind is EdgeKind.CALLS else (ground.place(edge.source),)
        guess = " (by its name: the receiver's type is not known)" if edge.guessed else ""
        verb = queries.WORDS[edge.kind][0]
        yield Sentence(
            f"{ground.label(edge.source)} {verb} {ground.label(edge.target)}{guess}.",
            (*at[:2], ground.place(edge.target)),
        )


def _no_way(ground: Ground, start: str, end: str) -> Sentence:
    back = queries.paths(ground.graph, end, start, _LEADING, count=1)
    said = f"; it is the other way round, in {len(back[0])} steps" if back else ""
    return Sentence(
        f"No known call, use or inheritance leads from {ground.label(start)} to {ground.label(end)}{said}.",
        (ground.place(start), ground.place(end)),
    )


def _located(ground: Ground, question: Question, located: Located) -> Answer:
    """Where the words of the question are at home, best first, and how the first of these hang together."""
    hits = [h for h in located.symbols if h.name][:_RANKED]
    ids = [f"{h.path}::{h.name}" for h in hits]
    definitions = tuple(
        Definition(
            h.path, h.name, ground.kind(f"{h.path}::{h.name}"), h.line, h.end_line,
            ground.code(Cited(h.path, h.line), h.end_line), "; ".join(h.because or h.why),
        )
        for h in hits
    )  # fmt: skip
    sentences = [
        Sentence(
            f"`{d.name}` in {d.path} is nearest to the words of the question ({d.why})."
            if not n
            else f"Then `{d.name}` in {d.path} ({d.why}).",
            (Cited(d.path, d.line),),
        )
        for n, d in enumerate(definitions)
    ]
    if not definitions:
        sentences = [
            Sentence(f"{f.path} is nearest ({'; '.join(f.because or f.why)}).", (Cited(f.path, 1),))
            for f in located.files[:_RANKED]
        ]
    sentences += list(_connected(ground, ids[:3]))
    unknown = [bare(n) for n in question.names if not ground.called(n)]
    notes = tuple(f"nothing in the project is called {name}{_alike(ground, name)}" for name in unknown)
    ranked = "these are the definitions whose words, names and past fixes fit best, not a statement about what they do"
    return Answer("located", tuple(ids), tuple(sentences), definitions, (*notes, ranked) if sentences else notes)


def _connected(ground: Ground, ids: list[str]) -> Iterator[Sentence]:
    """How the first definitions lead to each other, where one does."""
    for one in ids:
        for other in ids:
            if (
                one != other
                and (ways := queries.paths(ground.graph, one, other, _LEADING, count=1))
                and len(ways[0]) <= 3
            ):
                yield from _told(ground, one, ways[0])


def _not_found(ground: Ground, meant: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    for name, found in meant:
        if not found:
            yield f"nothing in the project is called {name}{_alike(ground, name)}"


def _alike(ground: Ground, name: str) -> str:
    near = queries.alike(ground.graph, name)
    return f"; there is {', '.join(near)}" if near else ""


def _too_many(meant: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    for name, found in meant:
        left = len(found) - len(_nearest(found))
        if left:
            yield f"{name} may mean {left} more: name one in full, such as {found[-1]}"


def _unknown(ground: Ground, question: Question, ids: list[str]) -> tuple[str, ...]:
    """What the answer may lack: calls by this name on receivers of which nothing is known."""
    if question.kind not in ("callers", "tests", "about"):
        return ()
    nodes = [i for i in ids if i in ground.graph.nodes and "::" in i]
    return queries.not_known(queries.unknown_calls(ground.graph, nodes)) if nodes else ()
