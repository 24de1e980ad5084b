"""One completion: the place, the names that may stand there, their order, and the rest of the line."""

import time
from collections.abc import Mapping

from fixbot_agent.completing.completion import Completion, Inline, Item
from fixbot_agent.completing.inline import rest_of_line
from fixbot_agent.completing.members import Members
from fixbot_agent.completing.place import Place, read_place
from fixbot_agent.completing.ranking import rank, rank_dotted
from fixbot_agent.completing.scope import Name, in_scope
from fixbot_analysis.codemodel import CodeModel, Known, Setting, rank_members
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position

MOST_ITEMS = 100

_BINDING = frozenset({"def", "class", "as"})  # a name that follows is new


def complete(index: Index, model: CodeModel, path: str, position: Position, most: int = MOST_ITEMS) -> Completion:
    """Effect: reads `path` through the index. What may be written at `position`, at `most` so many items; any text is survived.

    The index holds open buffers (:meth:`Index.update`); `model` should have learnt the same content.
    Raises SourceError where `path` is not indexed.
    """
    began = time.perf_counter()
    document = index.tree.read(path)
    place = read_place(document, position)
    items: tuple[Item, ...] = ()
    inline: tuple[Inline, ...] = ()
    if not place.in_literal:
        items = tuple(_items(index, model, document, place, most))
        inline = rest_of_line(model, document, index.facts(path), place)
    return Completion(inline, items, 1000 * (time.perf_counter() - began), place.word)


def member_setting(index: Index, model: CodeModel, place: Place) -> Setting | None:
    """Effect: reads facts through the index. What is known of the members that may stand at `place`; None where it is after no dot."""
    if not place.dotted:
        return None
    members = Members(index)
    return _setting(members, model, place, members.of_receiver(place))


def _items(index: Index, model: CodeModel, document: Document, place: Place, most: int) -> list[Item]:
    if place.dotted:
        members = Members(index)
        names = members.of_receiver(place)
        if setting := _setting(members, model, place, names):
            return rank_dotted(place, names, rank_members(setting), most)
    return rank(place, names_at(index, document, place), model.following(place.path, place.before))[:most]


def _setting(members: Members, model: CodeModel, place: Place, names: Mapping[str, Name]) -> Setting | None:
    known = {name.name: Known(name.depth, name.role) for name in names.values()}
    return model.setting(place.path, place.before, known, members.lineage(place), members.extent(place))


def names_at(index: Index, document: Document, place: Place) -> Mapping[str, Name]:
    """Names that may stand at `place`, as far as they are known; none where a new name is being made."""
    if place.before[-1:] and place.before[-1] in _BINDING:
        return {}
    members = Members(index)
    if place.naming_module:
        return members.module_parts(place)
    if place.module:
        return members.of_module(place)
    if place.dotted:
        return members.of_receiver(place)
    return {**members.arguments(place), **in_scope(document, index.facts(place.path), place)}
