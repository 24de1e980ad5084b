"""From a question to its answer: the relation that it asks for, else where in the project its words are at home."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from fixbot_agent.asking.answer import Answer, Cited, Definition, Sentence, listed
from fixbot_agent.asking.forms import UNDERSTOOD
from fixbot_agent.asking.ground import Ground
from fixbot_agent.asking.makeup import defaults, signature
from fixbot_agent.asking.mentioned import documented, mentions
from fixbot_agent.asking.questions import Question, bare, read_question
from fixbot_agent.asking.relations import RELATIONS, callers, defined, importers
from fixbot_agent.asking.throwing import catchers, raisers
from fixbot_agent.asking.ways import LEADING, abroad, told, ways
from fixbot_agent.asking.wording import wording
from fixbot_analysis.graph import queries
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_analysis.retrieval import Located, locate

_OF_MODULES, _OF_BOTH = frozenset({"importers", "dependents"}), frozenset({"defined", "used", "members", "about"})
_MEANINGS = 4  # definitions of one name that are answered for
_RANKED = 8
_SECTIONS, _NEAREST, _FEW = 2, 5, 3
_COMPARED, _CLOSE = 2, 3  # meanings of a name that are set beside another's; steps between what hangs together
_SHORTEST_OWN = 4  # letters of a project's name: shorter ones may be words
_NAMED = ("raisers", "catchers", "default")
_WRITTEN_ONLY = (
    "told are values that the code writes under that very name; what sets it otherwise, or while it runs, is not"
)
_RANKED_ONLY = (
    "what is nearest and follows are the places whose words, names and past fixes fit best, not a statement about what they do. "
    f"Understood without a model: {UNDERSTOOD}"
)


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
    read = {"path": _between, "compared": _compared}.get(question.kind, _related)
    answer = _by_name(ground, question) or read(ground, question)
    is_said = any(" " in name for name in question.names)  # a name in words, which may be just words
    if answer is None or not question.is_read or is_said or (answer.kind == "about" != question.kind):
        words = replace(question, text=_apart_from_itself(ground, question.text))
        near = _located(ground, words, locate(index, words.text, history, cache, progress), cache)
        answer = _unless_strange(index, words.text, near, cache) if answer is None else _with(answer, near)
    return answer.checked(index)


def _unless_strange(index: Index, text: str, near: Answer, cache: Path | None) -> Answer:
    """What lies near a question, with a word on those of its words that stand nowhere; nothing but that where nearly all of them do."""
    if near.kind == "mentioned":
        return near
    words = wording(index, text, cache)
    is_said = all(any(f" {word}" in note for note in near.notes) for word in words.unknown)
    said = () if is_said else words.notes
    if words.is_strange:
        notes = tuple(note for note in near.notes if note != _RANKED_ONLY)
        return replace(near, names=(), sentences=(), definitions=(), notes=(*said, *notes))
    return replace(near, notes=(*said, *near.notes))


def _with(known: Answer, near: Answer) -> Answer:
    """What is known of the names of a question that was not understood, and then the places that its words lie near."""
    sentences = tuple(dict.fromkeys((*known.sentences, *near.sentences[:_NEAREST])))
    there = {(d.path, d.line) for d in known.definitions}
    more = (d for d in near.definitions[:_NEAREST] if (d.path, d.line) not in there)
    return replace(known, sentences=sentences, definitions=(*known.definitions, *more))


def _apart_from_itself(ground: Ground, text: str) -> str:
    """A question without the project's own names, which stand everywhere and tell nothing: those of its folder and its top packages."""
    tops = {path.removeprefix("src/").partition("/")[0] for path in ground.index.paths if path.endswith("/__init__.py")}
    own = {name.casefold() for name in (*tops, ground.index.tree.root.resolve().name) if len(name) >= _SHORTEST_OWN}
    return re.sub(r"(?<![\w./-])[^\W\d][\w-]*(?![\w/-]|\.\w)", lambda m: "" if m[0].casefold() in own else m[0], text)


def _by_name(ground: Ground, question: Question) -> Answer | None:
    """What is read from statements that name it, whether or not it is a definition of the project; None for any other question."""
    if question.kind not in _NAMED:
        return None
    (name,) = question.names
    ids = _nearest(ground.called(name))
    if question.kind == "default":
        sentences = tuple(defaults(ground, name, question.owner))
    else:
        sentences = tuple(raisers(ground, name) if question.kind == "raisers" else catchers(ground, name))
    if not sentences:
        return None
    shown = () if question.kind == "default" else tuple(ground.definition(i) for i in ids)
    notes = (_WRITTEN_ONLY,) if question.kind == "default" else ()
    return Answer(question.kind, ids, sentences, shown, notes)


def _compared(ground: Ground, question: Question) -> Answer | None:
    """Two things side by side: where either is, how it is called, and how one leads to the other."""
    meant = [(name, _nearest(_called(ground, name, question.kind))[:_COMPARED]) for name in question.names]
    if not all(ids for _, ids in meant):
        return _related(ground, replace(question, kind="about"))
    sides = [[s for i in ids for s in (*defined(ground, i), *_headed(ground, i))] for _, ids in meant]
    between = [s for a in meant[0][1] for b in meant[1][1] for s in (*_short(ground, a, b), *_short(ground, b, a))]
    ids = tuple(dict.fromkeys(i for _, found in meant for i in found))
    notes = ("the code of both is for you to read: what differs in what they do is not told without a model",)
    definitions = tuple(ground.definition(i) for i in ids)
    return Answer("compared", ids, tuple(dict.fromkeys((*sides[0], *sides[1], *between))), definitions, notes)


def _headed(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """How it is called, where it can be."""
    yield from list(signature(ground, id))[:1] if ground.is_function(id) else ()


def _short(ground: Ground, start: str, end: str) -> Iterator[Sentence]:
    """How one leads to the other, where that takes few steps."""
    found = queries.paths(ground.graph, start, end, LEADING, count=1) if start != end else ()
    yield from told(ground, start, found[0]) if found and len(found[0]) <= _CLOSE else ()


def _related(ground: Ground, question: Question) -> Answer | None:
    """What there is to say of the names of the question; None where nothing is called so."""
    relation = RELATIONS.get(question.kind)
    if relation is None:
        return None
    meant = [(name, _called(ground, name, question.kind)) for name in question.names]
    ids = list(dict.fromkeys(i for _, found in meant for i in _nearest(found)))
    if not ids:
        return None
    relation = relation if question.is_read else _brief
    sentences = [s for i in ids for s in relation(ground, i)]
    definitions = tuple(ground.definition(i) for i in ids)
    unread = () if question.is_read else (_unread(ground, ids),)
    notes = (*_not_found(ground, meant), *_too_many(meant), *_unknown(ground, question, ids), *unread)
    return Answer(question.kind, tuple(ids), tuple(sentences), definitions, notes)


def _brief(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002 - the graph's word
    """What it is, and who leans on it: enough where nobody knows what is asked of it."""
    yield from defined(ground, id)
    yield from _headed(ground, id)
    if ground.is_function(id) or "::" not in id:
        yield from list(callers(ground, id) if "::" in id else importers(ground, id))[:_FEW]


def _unread(ground: Ground, ids: Iterable[str]) -> str:
    known = listed(dict.fromkeys(ground.label(i) for i in ids))
    return f"what is asked of {known} was not understood; this is what is known of it. Understood without a model: {UNDERSTOOD}"


def _called(ground: Ground, name: str, kind: str) -> tuple[str, ...]:
    """What `name` may mean in a question of this kind, where a module and definitions are called so: either, if both can be asked so."""
    found = ground.called(name)
    if kind in _OF_BOTH:
        return found
    return tuple(i for i in found if ("::" in i) is not (kind in _OF_MODULES)) or found


def _nearest(found: tuple[str, ...]) -> tuple[str, ...]:
    """What of the candidates is answered for: the code's, or where there is none, the tests'."""
    return (tuple(i for i in found if not queries.in_tests(i)) or found)[:_MEANINGS]


def _between(ground: Ground, question: Question) -> Answer | None:
    """How one thing leads to another, by the shortest ways; where none does, how they hang together."""
    meant = [(name, _called(ground, name, question.kind)) for name in question.names]
    if meant[0][1] and not meant[1][1] and (outside := abroad(ground, _nearest(meant[0][1]), question.names[1])):
        return outside
    if not all(found for _, found in meant):
        known = tuple(name for name, found in meant if found)
        return _related(ground, Question("about", question.names, question.text)) if known else None
    (starts, ends), ids = (_nearest(found) for _, found in meant), dict[str, None]()
    sentences: list[Sentence] = []
    for start in starts:
        for end in ends if start not in ends else ():
            for way in ways(ground, start, end):
                ids.update(dict.fromkeys((start, *(step.to for step in way))))
                sentences += told(ground, start, way)
    if not sentences:
        sentences = [_no_way(ground, starts[0], ends[0])] if starts and ends else []
        ids = dict.fromkeys((*starts[:1], *ends[:1]))
    definitions = tuple(ground.definition(i) for i in list(ids)[:_RANKED])
    return Answer("path", tuple(ids), tuple(sentences), definitions, tuple(_too_many(meant)))


def _no_way(ground: Ground, start: str, end: str) -> Sentence:
    back = queries.paths(ground.graph, end, start, LEADING, count=1)
    said = f"; it is the other way round, in {len(back[0])} steps" if back else ""
    return Sentence(
        f"No known call, use or inheritance leads from {ground.label(start)} to {ground.label(end)}{said}.",
        (ground.place(start), ground.place(end)),
    )


def _located(ground: Ground, question: Question, located: Located, cache: Path | None) -> Answer:
    """The lines on which its names stand that no definition has; then where its words are at home, best first, and how the first of these hang together."""
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
    stand = list(mentions(ground, question.text, tuple(n for n in unknown if _is_code(n))))
    notes = tuple(
        f"nothing in the project is called {name}{_alike(ground, name)}"
        for name in unknown
        if not any(s.text.startswith(f"`{name}` ") for s in stand)
    )
    spoken = islice(documented(ground, question.text, cache), _SECTIONS)
    sentences = list(dict.fromkeys((*stand, *spoken, *sentences)))
    kind = "mentioned" if stand else "located"
    return Answer(kind, tuple(ids), tuple(sentences), definitions, (*notes, _RANKED_ONLY) if sentences else notes)


def _is_code(name: str) -> bool:
    """Whether it could be a name, or a key, rather than words."""
    return re.fullmatch(r"[\w.:-]{3,}", name) is not None


def _connected(ground: Ground, ids: list[str]) -> Iterator[Sentence]:
    """How the first definitions lead to each other, where one does."""
    for one in ids:
        for other in ids:
            if (
                one != other
                and (found := queries.paths(ground.graph, one, other, LEADING, count=1))
                and len(found[0]) <= 3
            ):
                yield from told(ground, one, found[0])


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
