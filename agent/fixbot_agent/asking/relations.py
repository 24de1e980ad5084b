"""Sentences about one definition: who calls it, what it calls, who uses, tests, inherits, overrides or imports it."""

from collections.abc import Callable, Iterator, Mapping

from fixbot_agent.asking.answer import Cited, Sentence, counted, listed
from fixbot_agent.asking.ground import Ground, short, unique
from fixbot_agent.asking.makeup import is_called, members, returns, signature
from fixbot_agent.asking.raising import raises
from fixbot_agent.asking.tested import Near, perhaps, seeing
from fixbot_agent.asking.throwing import catchers, raisers
from fixbot_analysis.graph import EdgeKind, queries
from fixbot_analysis.graph.references import references
from fixbot_analysis.symbols import SymbolKind

MOST = 20  # rows of one answer; the rest is counted
_FEW = 3
_LONGEST = 1000  # characters of a docstring's first paragraph
_WIDEST = 160  # characters of a line
_GUESSED = ", by its name: the receiver's type is not known"

Relation = Callable[[Ground, str], Iterator[Sentence]]


def callers(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002 - the graph's word
    """Who calls it, each with the lines of the calls."""
    found = ground.edges(id, EdgeKind.CALLS)
    tests = sum(queries.in_tests(i) for i in found)
    name, place = ground.label(id), ground.place(id)
    if not found:
        yield Sentence(f"Nothing in the project is known to call {name}.", (place,))
        return
    yield Sentence(f"{name} is called from {_counts(len(found), tests)}.", (place,))
    for other, guessed in list(found.items())[:MOST]:
        sites = ground.sites(other, id)
        yield Sentence(f"{_named(ground, other)} calls it{_GUESSED if guessed else ''}.", sites[:MOST])
    yield from _rest(len(found), "more callers are not listed", place)


def callees(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """What it calls, each with the lines of the calls."""
    found, name, place = ground.edges(id, EdgeKind.CALLS, outgoing=True), ground.label(id), ground.place(id)
    if not found:
        yield Sentence(f"{name} calls nothing of the project.", (place,))
        return
    yield Sentence(f"{name} calls {counted(len(found), 'definition')} of the project.", (place,))
    for other, guessed in list(found.items())[:MOST]:
        at = unique((*ground.sites(id, other)[:_FEW], ground.place(other)))
        yield Sentence(f"It calls {_named(ground, other)}{_GUESSED if guessed else ''}.", at)
    yield from _rest(len(found), "more are not listed", place)


def defined(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """Where it is defined, and what its own docstring says of it."""
    name, place, symbol = ground.label(id), ground.place(id), ground.symbol(id)
    kind, indexed = ground.kind(id), ground.facts(place.path)
    lines = f", lines {symbol.line} to {symbol.end_line}" if symbol and symbol.end_line > symbol.line else ""
    where = f" of `{symbol.parent}`" if symbol and symbol.parent else ""
    yield Sentence(f"{name} is a {kind}{where} in {place.path}{lines}.", (place,))
    if symbol and kind == SymbolKind.VARIABLE and (written := " ".join(ground.code(place, place.line).split())):
        yield Sentence(f"It is written `{written[:_WIDEST]}{'…' if len(written) > _WIDEST else ''}`.", (place,))
    if symbol and symbol.doc and indexed:
        yield Sentence(f"Its docstring says: {short(' '.join(symbol.doc.split()), _LONGEST)}", (place,))
    if symbol and symbol.bases:
        yield Sentence(f"It inherits from {listed(f'`{base}`' for base in symbol.bases)}.", (place,))


def used(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """Every place where it is named, by file."""
    name, place = ground.label(id), ground.place(id)
    by_file: dict[str, list[Cited]] = {}
    for path, line in _occurrences(ground, id):
        by_file.setdefault(path, []).append(Cited(path, line))
    if not by_file:
        yield Sentence(f"Nothing else in the project is known to name {name}.", (place,))
        return
    total = sum(len(unique(found)) for found in by_file.values())
    yield Sentence(f"{name} is named on {counted(total, 'line')} of {counted(len(by_file), 'file')}.", (place,))
    ordered = sorted(by_file.items(), key=lambda pair: (queries.in_tests(pair[0]), -len(pair[1]), pair[0]))
    for path, found in ordered[:MOST]:
        lines = unique(found)
        more = f", the first {MOST} of {len(lines)} lines" if len(lines) > MOST else ""
        yield Sentence(f"In {path}{more}.", lines[:MOST])
    yield from _rest(len(ordered), "more files are not listed", place)


def tests(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """The tests that see it: those that name it first, then by how near they are."""
    owner = id.rpartition(".")[0] if "." in id.partition("::")[2] else ""
    found = seeing(ground, id, _occurrences(ground, id), _occurrences(ground, owner) if owner else ())
    name, place = ground.label(id), ground.place(id)
    if not found:
        yield from _untested(ground, id)
        return
    verb, words = "sees" if len(found) == 1 else "see", _nearness(ground.label(owner) if owner else "")
    counts = {near: sum(s.near is near for s in found) for near in Near}
    kinds = listed(f"{count} {words[near][count != 1]}" for near, count in counts.items() if count)
    yield Sentence(f"{counted(len(found), 'test')} {verb} {name}, as far as calls can be followed: {kinds}.", (place,))
    for test in found[:MOST]:
        yield Sentence(f"{_named(ground, test.id)} {words[test.near][0]}.", test.places[:_FEW])
    yield from _rest(len(found), "more tests are not listed", place)


def _untested(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """That no test is known to see it, and which call something of its name."""
    found, place = perhaps(ground, id), ground.place(id)
    verb = "calls" if len(found) == 1 else "call"
    more = (
        f"; {counted(len(found), 'test')} {verb} something of its name, of which nothing else is known" if found else ""
    )
    yield Sentence(f"No test is known to exercise {ground.label(id)}{more}.", (place,))
    for test in found[:MOST]:
        yield Sentence(f"{_named(ground, test.id)} calls something of its name.", test.places[:_FEW])
    yield from _rest(len(found), "more tests are not listed", place)


def _nearness(owner: str) -> dict[Near, tuple[str, str]]:
    """How near tests are, of one and of several."""
    return {
        Near.NAMES: ("names it", "name it"),
        Near.OWNER: (f"names {owner} and comes to it", f"name {owner} and come to it"),
        Near.CALLED: ("has its name", "have its name"),
        Near.CALLS: ("comes to it through what it calls", "come to it through what they call"),
    }


def heirs(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """What inherits from it."""
    yield from _others(ground, id, EdgeKind.INHERITS, "inherits from")


def overriders(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """What overrides it."""
    yield from _others(ground, id, EdgeKind.OVERRIDES, "overrides")


def importers(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """Which modules import it, or the module that it stands in."""
    path = id.partition("::")[0]
    found: dict[str, list[Cited]] = {}
    last = id.partition("::")[2].rpartition(".")[2]
    for other in ground.edges(path, EdgeKind.IMPORTS):
        facts = ground.facts(other)
        module = ground.graph.module_of(path).rpartition(".")[2]
        for each in facts.imports if facts else ():
            ends = each.name or each.module.rpartition(".")[2]
            if (last and each.name in (last, "*")) or (not last and module in (ends, each.module.rpartition(".")[2])):
                found.setdefault(other, []).append(Cited(other, each.line))
    name, place = ground.label(id), ground.place(id)
    if not found:
        yield Sentence(f"No module of the project is known to import {name} by its name.", (place,))
        return
    yield Sentence(f"{name} is imported by {counted(len(found), 'module')}.", (place,))
    for other, lines in list(found.items())[:MOST]:
        yield Sentence(f"{other} imports it.", tuple(lines[:_FEW]))
    yield from _rest(len(found), "more modules are not listed", place)


def about(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """What there is to say in short: where it is, who calls it, what it calls, what tests it, what it raises."""
    yield from defined(ground, id)
    if ground.kind(id) in (SymbolKind.VARIABLE, SymbolKind.MODULE):
        yield from list(used(ground, id) if "::" in id else importers(ground, id))[: 1 + _FEW]
        return
    if _is_exception(ground, id):
        for spoken in (raisers, catchers):
            yield from list(spoken(ground, id))[: 1 + _FEW]
        return
    if is_called(ground, id):
        yield from (s for s in list(signature(ground, id))[:1] if len(s.text) <= 2 * _WIDEST)
    for relation in (callers, callees, tests):
        found = list(relation(ground, id))
        yield from found[: 1 + _FEW] if len(found) > 1 or relation is not callees else ()
    if ground.is_function(id):
        yield from list(raises(ground, id))[: 1 + _FEW]


def dependents(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """What leans on it: of a module who imports it, else every place where it is named."""
    yield from importers(ground, id) if "::" not in id else used(ground, id)


def _is_exception(ground: Ground, id: str) -> bool:  # noqa: A002
    waiting, seen = [id], set[str]()
    while waiting:
        here = waiting.pop()
        symbol = ground.symbol(here)
        if here in seen or symbol is None or symbol.kind is not SymbolKind.CLASS:
            continue
        seen.add(here)
        if any(base.rpartition(".")[2].endswith(("Error", "Exception", "Warning")) for base in symbol.bases):
            return True
        waiting += ground.edges(here, EdgeKind.INHERITS, outgoing=True)
    return False


RELATIONS: Mapping[str, Relation] = {
    "callers": callers,
    "callees": callees,
    "defined": defined,
    "used": used,
    "tests": tests,
    "raises": raises,
    "heirs": heirs,
    "overriders": overriders,
    "importers": importers,
    "dependents": dependents,
    "members": members,
    "signature": signature,
    "returns": returns,
    "about": about,
}


def _others(ground: Ground, id: str, kind: EdgeKind, verb: str) -> Iterator[Sentence]:  # noqa: A002
    found, name, place = ground.edges(id, kind), ground.label(id), ground.place(id)
    if not found:
        yield Sentence(f"Nothing in the project {verb} {name}.", (place,))
        return
    yield Sentence(f"What {verb} {name}: {counted(len(found), 'definition')} of the project.", (place,))
    for other in list(found)[:MOST]:
        yield Sentence(f"{_named(ground, other)} {verb} it.", (ground.place(other),))
    yield from _rest(len(found), "more are not listed", place)


def _occurrences(ground: Ground, id: str) -> Iterator[tuple[str, int]]:  # noqa: A002
    """Paths and lines (from 1) on which it is named, without its own declaration."""
    if id.partition("::")[0].endswith(".py") and "::" in id:
        index, own = ground.index, ground.place(id)
        for each in references(ground.graph.resolver, index.tree.read, index.paths, id):
            if not each.declares and (each.path, each.line + 1) != (own.path, own.line):
                yield each.path, each.line + 1
        return
    for other in ground.edges(id, EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPORTS):
        for place in ground.sites(other, id):
            yield place.path, place.line


def _named(ground: Ground, id: str) -> str:  # noqa: A002
    """A definition with its file, as it stands in a list."""
    return f"{ground.label(id)} in {id.partition('::')[0]}" if "::" in id else f"The module {id}"


def _counts(total: int, tests: int) -> str:
    if not tests:
        return counted(total, "place")
    return f"{counted(total, 'place')}, {'in tests only' if tests == total else f'{tests} of them in tests'}"


def _rest(total: int, words: str, place: Cited) -> Iterator[Sentence]:
    if total > MOST:
        yield Sentence(f"{total - MOST} {words}.", (place,))
