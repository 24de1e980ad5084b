"""One completion: the place, the names that may stand there, their order, and the rest of the line."""

import time
from collections.abc import Mapping

from fixbot_agent.completing.completion import Completion, Inline, Item
from fixbot_agent.completing.inline import rest_of_line
from fixbot_agent.completing.members import Members
from fixbot_agent.completing.place import Place, read_place
from fixbot_agent.completing.ranking import rank
from fixbot_agent.completing.scope import Name, in_scope
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position

MOST_ITEMS = 100

_BINDING = frozenset({"def", "class", "as"})  # a name that follows is new


def complete(index: Index, model: CodeModel, path: str, position: Position) -> Completion:
    """Effect: reads `path` through the index. What may be written at `position`; any text is survived.

    The index holds open buffers (:meth:`Index.update`); `model` should have learnt the same content.
    Raises SourceError where `path` is not indexed.
    """
    began = time.perf_counter()
    document = index.tree.read(path)
    place = read_place(document, position)
    items: tuple[Item, ...] = ()
    inline: tuple[Inline, ...] = ()
    if not place.in_literal:
        names = names_at(index, document, place)
        chances = model.following(path, place.before)
        items = tuple(rank(place, names, chances)[:MOST_ITEMS])
        inline = rest_of_line(model, document, index.facts(path), place)
    return Completion(inline, items, 1000 * (time.perf_counter() - began), place.word)


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
