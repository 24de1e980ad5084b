"""What is known of a place where no dot stands before: the names and keywords that may stand there, and what speaks for each."""

import keyword
from collections.abc import Mapping, Sequence

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name, in_scope, is_constant, is_exception, outermost_function
from fixbot_agent.completing.importing.elsewhere import Elsewhere
from fixbot_agent.completing.importing.kinds import as_defined
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.names.arguments import Callee, callee_at, names_of_arguments, parameter_at
from fixbot_agent.completing.names.expected import expected_values
from fixbot_agent.completing.names.fitting import OF_TYPES, can_stand, fits, is_for_exceptions, is_full
from fixbot_agent.completing.names.keys import quoted_keys
from fixbot_agent.completing.names.keywords import keywords_at
from fixbot_agent.completing.names.making import is_new, likely, new_names
from fixbot_agent.completing.names.overrides import overrides
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.codemodel.naming import Candidate, Naming
from fixbot_analysis.codemodel.slots import ARGUMENT, BASE, OPERAND, PARAMETER, Slot, slot_at
from fixbot_analysis.source import Document

_SPLIT = 4  # arguments whose name is a variable's too, told apart by what follows
_UNNAMED = 3  # words that may be arguments of a call that is not known
_LIKELY = 20  # words that these are looked for among
_SURELY = 0.5  # chance of ``=`` after a word from which it is an argument's name
_TOLD = frozenset({"module", "global", "nonlocal"})  # places of names that must be known


def names_at(world: World, document: Document, place: Place, slot: Slot, callee: Callee) -> dict[str, Name]:
    """Names and keywords that may stand at `place`; of a name that is being made up what it is known to be."""
    if place.naming_module:
        return {**world.kept(Elsewhere).parts(place.module), **world.imports.parts(place)}
    if place.module and slot.kind != OPERAND and slot.lead != "as":
        return world.imports.names(place)
    if slot.lead == "def" and slot.kind != PARAMETER:
        return overrides(world, place)
    if is_new(slot, place):
        return new_names(world, place, slot)
    facts = world.index.facts(place.path)
    words = keywords_at(slot, place)
    found = in_scope(document, facts, place)
    if slot.kind == OPERAND:
        found = {n: name for n, name in found.items() if name.source == "keyword"}
    if slot.kind in ("global", "nonlocal"):
        found = {n: name for n, name in found.items() if name.source in ("module", "enclosing")}
    kept = {n: name for n, name in found.items() if (name.source != "keyword" or n in words) and can_stand(slot, name)}
    kept.update((word, Name(word, ItemKind.KEYWORD, "keyword")) for word in words if word in _SOFT)
    if slot.kind == BASE and slot.lead == ",":
        kept["metaclass="] = Name("metaclass=", ItemKind.PARAMETER, "argument")
    if slot.kind == ARGUMENT:
        kept = {**names_of_arguments(callee, place), **kept}
    return kept


_SOFT = frozenset(keyword.softkwlist) - {"_"}


def naming_at(
    world: World, model: CodeModel, document: Document, place: Place, recent: Sequence[str] = ()
) -> tuple[Naming, Mapping[str, Name]]:
    """Effect: reads facts. Everything that is known at `place`, which stands after no dot, and the names by what is written."""
    slot = _of_import(slot_at(place.before), place)
    callee = callee_at(place, world)
    names = names_at(world, document, place, slot, callee)
    wanted = parameter_at(callee, slot.argument) if slot.argument else None
    names.update((name.name, name) for name in expected_values(world, place, slot, wanted))
    names.update((name.name, name) for name in quoted_keys(world, document, place, slot))
    fit = fits(world, place, slot, callee, names)
    known = {written: _candidate(name, fit.get(written, 0.0)) for written, name in names.items()}
    chances = _heard(model.following(place.path, place.before), slot, place, names, callee)
    if slot.kind == ARGUMENT:
        chances, guessed = _with_arguments(model, place, names, chances, _UNNAMED if callee.takes_others else 0)
        known.update(guessed)
    function = next((scope.name for scope in reversed(place.scopes) if not scope.is_class), "")
    parameter = wanted.name if wanted else ""
    begins = outermost_function(place)
    naming = Naming(slot, place.before, known, chances, begins, function, parameter, recent).near()
    return naming, as_defined(names, world, place)


def _heard(
    chances: Mapping[str, float], slot: Slot, place: Place, names: Mapping[str, Name], callee: Callee
) -> Mapping[str, float]:
    """What the code model expects, less words that nothing defines where only what is known can stand."""
    if is_new(slot, place):
        sure = likely(chances, slot)
        return {word: chance for word, chance in chances.items() if word in names or word in sure}
    is_told = slot.kind in _TOLD or (slot.kind == "imported" and names)
    is_named = slot.kind == ARGUMENT and is_full(place, callee) and not callee.takes_others
    if is_told or is_named or (slot.callee in OF_TYPES and slot.argument == "#1") or is_for_exceptions(slot):
        return {word: chance for word, chance in chances.items() if word in names or f"{word}=" in names}
    return chances


def _of_import(slot: Slot, place: Place) -> Slot:
    """The slot; in an import statement it is called so, wherever in its brackets."""
    is_named = place.module and slot.kind != OPERAND and slot.lead != "as"
    kind = "module" if place.naming_module else "imported" if is_named else slot.kind
    return Slot(kind, slot.lead, slot.callee, slot.argument, slot.target, slot.first, slot.brackets, slot.head)


def _candidate(name: Name, fit: float) -> Candidate:
    kind = name.kind.value
    if kind in ("class", "variable") and is_exception(name):
        kind = "exception"
    elif kind == "variable" and is_constant(name.name):
        kind = "constant"
    elif name.name in ("self", "cls"):
        kind = "self"
    source = "keyword " + name.name if name.source == "keyword" else name.source
    role = name.role if name.source in ("local", "enclosing") or name.role == "later" else ""
    return Candidate(source, kind, role, name.at, fit)


def _with_arguments(
    model: CodeModel, place: Place, names: Mapping[str, Name], chances: Mapping[str, float], unnamed: int
) -> tuple[dict[str, float], dict[str, Candidate]]:
    """Chances in which an argument's name (``size=``) is told from a variable of that name, and at most `unnamed` names that no definition tells of."""
    told, guessed = dict(chances), dict[str, Candidate]()
    likely = sorted(chances, key=lambda word: -chances[word])
    known = [word for word in likely if f"{word}=" in names]
    told.update({f"{word}=": told.pop(word) for word in known if word not in names})
    either = [word for word in known if word in names][:_SPLIT]
    strange = [w for w in likely[:_LIKELY] if w.isidentifier() and not keyword.iskeyword(w) and w not in names]
    strange = [word for word in strange if f"{word}=" not in names][:unnamed]
    for word in (*either, *strange):
        share = model.chance(place.path, (*place.before, word), "=")
        if word in names or share >= _SURELY:
            told[f"{word}="], told[word] = chances[word] * share, chances[word] * (1 - share)
        if word in strange and share >= _SURELY:
            guessed[f"{word}="] = Candidate("argument", "guessed")
    return told, guessed
