"""Which tests see a definition, the nearest first: those that name it, those that name what it belongs to or bear its name, then by fewest calls."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from fixbot_agent.asking.answer import Cited
from fixbot_agent.asking.ground import Ground
from fixbot_analysis.graph import EdgeKind, queries
from fixbot_analysis.symbols import split_words

_SHORTEST = 4  # letters of a name that a test may bear by more than chance


class Near(IntEnum):
    """How near a test is to what it sees."""

    NAMES = 0
    OWNER = 1  # it names the class that it belongs to
    CALLED = 2  # its own name has the words of it
    CALLS = 3  # only what the test calls leads there


@dataclass(frozen=True, slots=True)
class Seen:
    """A test (`id`), how `near` it is, by how many steps `far`, and the lines that show it."""

    id: str
    near: Near
    far: int
    places: tuple[Cited, ...]


Places = Iterable[tuple[str, int]]  # paths and lines from 1


def seeing(ground: Ground, id: str, named: Places, owner_named: Places) -> list[Seen]:  # noqa: A002 - the graph's word
    """Effect: asks the graph. The tests of `id`, which stands on the lines `named`, as its class stands on `owner_named`."""
    told = ground.edges(id, EdgeKind.TESTS)
    found = dict.fromkeys(told, 1)
    for each in queries.answer(ground.graph, f"tests of {id}").found if "::" in id else ():
        found.setdefault(each.id, abs(each.distance))
    direct = dict.fromkeys(told, ()) | _by_test(ground, named)
    owners = {i: at for i, at in _by_test(ground, owner_named).items() if i in found}
    words = _words(id.rpartition("::")[2].rpartition(".")[2])
    rows = [
        _seen(ground, id, test, far, direct, owners, words)
        for test, far in (found | dict.fromkeys(direct, 1)).items()
        if is_test(ground, test)
    ]
    return sorted(rows, key=lambda s: (s.near, s.far, s.id))


def perhaps(ground: Ground, id: str) -> list[Seen]:  # noqa: A002
    """Effect: asks the graph. The tests that call something of its name of which nothing else is known."""
    found = _by_test(ground, queries.unknown_sites(ground.graph, id, filter(queries.in_tests, ground.index.paths)))
    return [Seen(test, Near.CALLS, 1, places) for test, places in found.items()]


def is_test(ground: Ground, id: str) -> bool:  # noqa: A002
    """Whether it is a test, not a helper beside tests."""
    is_named = not id.partition("::")[0].endswith(".py") or re.split(r"::|\.", id)[-1].startswith("test")
    return is_named and queries.in_tests(id) and ground.is_function(id)


def _seen(
    ground: Ground,
    id: str,  # noqa: A002
    test: str,
    far: int,
    direct: Mapping[str, tuple[Cited, ...]],
    owners: Mapping[str, tuple[Cited, ...]],
    words: frozenset[str],
) -> Seen:
    if test in direct:
        return Seen(test, Near.NAMES, far, direct[test] or ground.sites(test, id))
    if test in owners:
        return Seen(test, Near.OWNER, far, owners[test])
    bears = bool(words) and words <= _words(test.rpartition("::")[2])
    return Seen(test, Near.CALLED if bears else Near.CALLS, far, ground.sites(test, id))


def _by_test(ground: Ground, lines: Places) -> dict[str, tuple[Cited, ...]]:
    """The tests in which the lines stand, each with its own, those within a class or function of the test too."""
    found: dict[str, list[Cited]] = {}
    for path, line in lines:
        if (test := _around(ground, path, line)) is not None:
            found.setdefault(test, []).append(Cited(path, line))
    return {test: tuple(dict.fromkeys(at)) for test, at in found.items()}


def _around(ground: Ground, path: str, line: int) -> str | None:
    facts = ground.facts(path) if queries.in_tests(path) else None
    inside = facts.enclosing(line) if facts else None
    return next((i for i in _outwards(path, inside.qualname if inside else "") if is_test(ground, i)), None)


def _outwards(path: str, qualname: str) -> Iterator[str]:
    while qualname:
        yield f"{path}::{qualname}"
        qualname = qualname.rpartition(".")[0]


def _words(name: str) -> frozenset[str]:
    """The words of a name that are long enough to tell something."""
    words = frozenset(split_words(name))
    return words if any(len(w) >= _SHORTEST for w in words) else frozenset()
