"""One completion: the place, the names that may stand there, their order, and the rest of the line."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from fixbot_agent.completing.completion import MOST_ITEMS, MOST_MEMBERS, Completion, Inline, Item
from fixbot_agent.completing.cursor.place import Place, read_place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.foreign.completing import complete_foreign
from fixbot_agent.completing.importing.world import world_of
from fixbot_agent.completing.lines.inline import rest_of_line
from fixbot_agent.completing.names.bringing import with_imports
from fixbot_agent.completing.names.members import Members
from fixbot_agent.completing.names.naming import naming_at
from fixbot_agent.completing.names.ranking import rank, rank_dotted
from fixbot_agent.completing.names.strings import string_items
from fixbot_analysis.codemodel import CodeModel, Known, Setting, rank_members
from fixbot_analysis.codemodel.naming import Naming
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position, language_of

_TOLD = 12  # items that the search for a line hears of


def complete(
    index: Index,
    model: CodeModel,
    path: str,
    position: Position,
    most: int | None = None,
    recent: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
    *,
    lines: bool = True,
) -> Completion:
    """Effect: reads `path` through the index. What may be written at `position`, at `most` so many items; any text is survived.

    The rest of the line is looked for where `lines`: that takes as long as all else.

    Without `most` there are :data:`MOST_ITEMS`, of members after a dot :data:`MOST_MEMBERS`.

    The index holds open buffers (:meth:`Index.update`); `model` should have learnt the same content. `recent` are the words that
    were typed last in this session, in whatever file, the latest first. `stop` says between two steps that nobody waits any more.
    Raises SourceError where `path` is not indexed.
    """
    if (language_of(path) or "python") != "python":
        return complete_foreign(index, model, path, position, most, stop, lines=lines)
    began = time.perf_counter()
    document = index.tree.read(path)
    place = read_place(document, position)
    if most is None:
        most = MOST_MEMBERS if place.dotted else MOST_ITEMS
    items: tuple[Item, ...] = ()
    inline: tuple[Inline, ...] = ()
    if place.in_literal:
        items = tuple(string_items(world_of(index), model, document, place, most))
    else:
        items = tuple(_items(index, model, document, place, max(most, _TOLD), recent))
        inline = rest_of_line(model, document, index.facts(path), place, items, stop) if lines else ()
        items = items[:most]
    return Completion(inline, items, 1000 * (time.perf_counter() - began), place.word)


def member_setting(index: Index, model: CodeModel, place: Place) -> Setting | None:
    """Effect: reads facts through the index. What is known of the members that may stand at `place`; None where it is after no dot."""
    if not place.dotted:
        return None
    members = Members(world_of(index))
    return _setting(members, model, place, members.of_receiver(place))


def name_setting(index: Index, model: CodeModel, document: Document, place: Place) -> Naming | None:
    """Effect: reads facts through the index. What is known of the names that may stand at `place`; None where it is after a dot."""
    return None if place.dotted else naming_at(world_of(index), model, document, place)[0]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was found for one word: true for as long as nothing but that word changes, here and in other files (`beside`)."""

    path: str
    beside: int
    before: bytes
    after: bytes
    names: Mapping[str, Name]
    chances: Mapping[str, float]  # of members
    naming: Naming | None


_LAST: WeakKeyDictionary[Index, tuple[CodeModel, _Asked]] = WeakKeyDictionary()


def _items(
    index: Index, model: CodeModel, document: Document, place: Place, most: int, recent: Sequence[str]
) -> list[Item]:
    before, after = document.data[: place.word.start], document.data[place.word.end :]
    by, asked = _LAST.get(index, (None, None))
    here = (place.path, index.beside(place.path), before, after)
    if by is not model or asked is None or (asked.path, asked.beside, asked.before, asked.after) != here:
        names, chances, naming = _found(index, model, document, place, recent)
        asked = _Asked(*here, names, chances, naming)
        if place.prefix or before:
            _LAST[index] = (model, asked)
    if asked.naming is None:
        return rank_dotted(place, asked.names, asked.chances, most)
    items = rank(place, asked.naming, asked.names, most)
    return with_imports(index, world_of(index), items, asked.naming, place, asked.names)[:most]


def _found(
    index: Index, model: CodeModel, document: Document, place: Place, recent: Sequence[str]
) -> tuple[Mapping[str, Name], Mapping[str, float], Naming | None]:
    world = world_of(index)
    if place.dotted:
        members = Members(world)
        names = members.of_receiver(place)
        if setting := _setting(members, model, place, names):
            return names, rank_members(setting), None
        chances = dict.fromkeys(names, 1.0)
        chances.update({w: p + 1 for w, p in model.following(place.path, place.before).items() if w.isidentifier()})
        return names, dict(sorted(chances.items(), key=lambda each: -each[1])), None
    naming, called = naming_at(world, model, document, place, recent)
    return called, {}, naming


def _setting(members: Members, model: CodeModel, place: Place, names: Mapping[str, Name]) -> Setting | None:
    known = {name.name: Known(name.depth, name.role) for name in names.values()}
    return model.setting(place.path, place.before, known, members.lineage(place), members.extent(place))
