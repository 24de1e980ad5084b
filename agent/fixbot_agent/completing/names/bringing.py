"""Items for names that are not in scope, each with the import that brings it."""

from collections.abc import Container, Sequence
from dataclasses import replace

from fixbot_agent.completing.completion import Item, ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name, is_exception
from fixbot_agent.completing.importing.elsewhere import Elsewhere, Offer, as_relative
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.names.fitting import is_for_exceptions
from fixbot_agent.completing.names.ranking import best_first
from fixbot_agent.completing.outside.library import Shelf
from fixbot_analysis.codemodel.naming import Naming
from fixbot_analysis.codemodel.slots import DECORATOR, Slot
from fixbot_analysis.index import Index

SOURCE = "auto-import"

_A_LITTLE = 0.003  # seconds that a question may spend on reading files
_SHORTEST = 2  # letters from which names are looked for that the model does not expect here
_FEW = 20  # such names
_WORTH = 0.004  # of the chance of all other items: what a name that many files import may have
_DECORATING = 0.5  # the same of what files of the project decorate with, where that is asked for
_NEVER_READ = frozenset(
    {"operand", "parameter", "for", "module", "imported", "global", "nonlocal", "def", "class", "as"}
)


def with_imports(
    index: Index, world: World, items: Sequence[Item], naming: Naming, place: Place, scope: Container[str]
) -> list[Item]:
    """Effect: reads facts of some more files. `items`, those that an import brings with that import, and some more of such.

    Nothing that is in `scope` is brought: that would shadow it.
    """
    if naming.slot.kind in _NEVER_READ or not place.prefix:
        return list(items)
    elsewhere = world.kept(Elsewhere)
    if elsewhere.read(world, _A_LITTLE):
        world.kept(Shelf).read(elsewhere.modules, world.packages, _A_LITTLE)
    offers: dict[str, list[Offer]] = {}
    for offer in elsewhere.offers(place.prefix, world, place.path):
        if offer.name not in scope and _belongs(offer, naming.slot):
            offers.setdefault(offer.name, []).append(offer)
    found = [
        _brought(item, offers.pop(item.label)[0], index, world, place) if item.label in offers else item
        for item in items
    ]
    if len(place.prefix) < _SHORTEST:
        return found
    more = [_item(offer, index, world, place) for each in offers.values() for offer in each]
    if naming.slot.kind == DECORATOR:
        more = [replace(item, score=_DECORATING) if elsewhere.decorators[item.label] > 0 else item for item in more]
    return best_first([*found, *more[:_FEW]], place.prefix)


def _belongs(offer: Offer, slot: Slot) -> bool:
    return (
        not is_for_exceptions(slot)
        or offer.kind is ItemKind.MODULE
        or is_exception(Name(offer.name, offer.kind, SOURCE))
    )


def _brought(item: Item, offer: Offer, index: Index, world: World, place: Place) -> Item:
    return replace(_item(offer, index, world, place), score=item.score)


def _item(offer: Offer, index: Index, world: World, place: Place) -> Item:
    wanted = as_relative(offer.wanted, index.facts(place.path), world, place.path)
    score = _WORTH * (1 + offer.times) / (10 + offer.times) * offer.worth
    return Item(offer.name, offer.kind, score, SOURCE, wanted.statement, offer.name, wanted.statement)
