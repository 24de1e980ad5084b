"""What may stand in the string at a place: keys of a known dictionary, values that a type allows, attributes, names for ``__all__``."""

import re
from collections.abc import Iterator, Sequence

from fixbot_agent.completing.completion import Item, ItemKind
from fixbot_agent.completing.cursor.place import Place, chain_before
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.names.arguments import callee_at, parameter_at
from fixbot_agent.completing.names.keys import keys_of, subscripted
from fixbot_agent.completing.names.members import Members
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.codemodel.slots import ARGUMENT, slot_at
from fixbot_analysis.source import Document

SOURCE = "string"

_READING = frozenset({"get", "pop", "setdefault"})  # methods of a dictionary whose first argument is a key
_NAMING = frozenset({"getattr", "setattr", "hasattr", "delattr"})
_LONGEST = 60  # characters of a string that is offered
_QUOTES = "\"'"
_COMPARED = frozenset({"==", "!="})
_KNOWN = 0.3  # chance that is added to what the code model says of a string that is known to fit


def string_items(world: World, model: CodeModel, document: Document, place: Place, most: int) -> list[Item]:
    """Effect: reads facts. Strings that go on with the one that `place` stands in; none in comments, in long texts, or where nothing is known."""
    opening = place.before[-1] if place.before else ""
    quote = opening[:1]
    if (
        not quote
        or quote not in _QUOTES
        or opening.startswith(quote * 3)
        or (len(opening) > 1 and opening[-1] == quote)
    ):
        return []
    typed, before = opening[1:], place.before[:-1]
    known = dict.fromkeys(_known(world, document, place, before), _KNOWN)
    scores = dict(known)
    for token, chance in model.following(place.path, before).items():
        text = token[1:-1]
        if len(token) > 2 and token[0] in _QUOTES and token[-1] == token[0] and "\\" not in text:
            scores[text] = scores.get(text, 0.0) + chance
    whole = typed + place.prefix
    fitting = {t: s for t, s in scores.items() if t.startswith(whole) and t != whole and len(t) <= _LONGEST}
    total = sum(fitting.values())
    ordered = sorted(fitting, key=lambda t: (-fitting[t], t))[:most]
    return [_item(text, fitting[text] / total, text in known, len(typed)) for text in ordered]


def _item(text: str, score: float, is_known: bool, typed: int) -> Item:
    return Item(text, ItemKind.TEXT, score, SOURCE if is_known else "codemodel", "", text[typed:])


def _known(world: World, document: Document, place: Place, before: Sequence[str]) -> Iterator[str]:
    """Strings that definitions say may stand here."""
    slot = slot_at(before)
    if before[-1:] == ("[",) and slot.kind == "subscript":
        yield from keys_of(world, document, place, subscripted(before))
    elif slot.kind == ARGUMENT and slot.argument == "#0" and slot.callee in _READING:
        yield from keys_of(world, document, place, [place.callee.rpartition(".")[0]])
    elif slot.kind == ARGUMENT and slot.argument == "#1" and slot.callee in _NAMING:
        yield from _attributes(world, place, before)
    elif slot.head == "__all__" and slot.kind == "list":
        yield from (
            s.name for s in world.index.facts(place.path).symbols if s.name and not s.parent and s.name[0] != "_"
        )
    elif slot.kind in (ARGUMENT, "value of keyword"):
        callee = callee_at(place, world)
        wanted = parameter_at(callee, slot.argument)
        yield from _literals(wanted.annotation if wanted else "")
    elif slot.kind == "comparison" and slot.lead in _COMPARED and len(before) > 1:
        yield from _literals(_annotation(world, place, before[-2]))


def _attributes(world: World, place: Place, before: Sequence[str]) -> Iterator[str]:
    """What the first argument of the call under way has."""
    chain = chain_before(before, len(before) - 1)
    if chain and "?" not in chain:
        members = Members(world).of_expression(place, chain)
        yield from (name for name in members if not name.startswith("__"))


def _literals(annotation: str) -> Iterator[str]:
    """Strings in ``Literal["a", "b"]``, wherever in an annotation it stands."""
    for choice in re.finditer(r"Literal\s*\[([^\]]*)\]", annotation):
        yield from (each[2] for each in re.finditer(r"([\"'])(.*?)\1", choice[1]))


def _annotation(world: World, place: Place, name: str) -> str:
    """The annotation of a variable or parameter around `place`, as written."""
    facts = world.index.facts(place.path)
    for binding in facts.bindings:
        around = f"{place.qualname}.".startswith(f"{binding.scope}.") or not binding.scope
        if binding.name == name and around and binding.value.endswith("$:"):
            return binding.value
    return ""
