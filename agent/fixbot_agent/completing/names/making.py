"""Names that are being made up at a place: of functions, classes, parameters, targets, aliases. Only what is sure is offered for them."""

from collections.abc import Mapping

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.elsewhere import Elsewhere
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.names.fixtures import fixtures_at
from fixbot_agent.completing.names.overrides import parameters_of_base
from fixbot_analysis.codemodel.slots import PARAMETER, Slot

ALIAS = "alias"
_SURE = 0.1  # chance from which a word that is only expected is offered as a new name


def is_new(slot: Slot, place: Place) -> bool:
    """Whether what is written at the place is a name of something new."""
    if (
        slot.lead in ("def", "class", "as")
        or slot.kind in (PARAMETER, "for")
        or (slot.kind, slot.lead) == ("lambda",) * 2
    ):
        return True
    statement = place.before[slot.first :]
    return slot.kind == "comma" and slot.head in ("for", "async") and "in" not in statement


def new_names(world: World, place: Place, slot: Slot) -> dict[str, Name]:
    """Effect: reads facts. Names that something new is known to be given here: a module's usual alias, the first parameter of a method."""
    if slot.lead == "as" and slot.head in ("import", "from"):
        return _aliases(world, place, slot)
    if slot.kind != PARAMETER:
        return {}
    if slot.lead == "(" and place.scopes and place.scopes[-1].is_class:
        first = "cls" if _is_of_class(place, slot) else "self"
        return {first: Name(first, ItemKind.PARAMETER, "argument")}
    return {**parameters_of_base(world, place, slot), **fixtures_at(world, place, slot)}


def likely(chances: Mapping[str, float], slot: Slot) -> dict[str, float]:
    """What the code model is sure enough of for a new name; functions, classes and imports are not called as others are."""
    if slot.lead in ("def", "class") or (slot.lead == "as" and slot.head in ("import", "from")):
        return {}
    return {word: chance for word, chance in chances.items() if chance >= _SURE}


def _aliases(world: World, place: Place, slot: Slot) -> dict[str, Name]:
    statement = list(place.before[slot.first :])
    last = max((at for at, word in enumerate(statement) if word in (",", "import", "(")), default=0)
    written = "".join(statement[last + 1 : -1])
    module = "".join(statement[1 : statement.index("import")]) if slot.head == "from" and "import" in statement else ""
    told = world.kept(Elsewhere).aliases(module or written, written if module else "")
    return {word: Name(word, ItemKind.MODULE, ALIAS, module or written) for word in told}


def _is_of_class(place: Place, slot: Slot) -> bool:
    """Whether the line above decorates the method under way as one of its class."""
    before = place.before[: slot.first]
    return before[-3:-1] == ("@", "classmethod") or before[-2:] == ("@", "classmethod")
