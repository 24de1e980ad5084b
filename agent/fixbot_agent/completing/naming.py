"""What is known of a place where no dot stands before: the names and keywords that may stand there, and what speaks for each."""

import keyword
from collections.abc import Mapping, Sequence

from fixbot_agent.completing.arguments import Callee, callee_at, names_of_arguments, parameter_at
from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.expected import expected_values
from fixbot_agent.completing.keywords import keywords_at
from fixbot_agent.completing.overrides import overrides
from fixbot_agent.completing.place import Place
from fixbot_agent.completing.scope import Name, in_scope, is_exception, outermost_function
from fixbot_agent.completing.world import World
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.codemodel.naming import Candidate, Naming
from fixbot_analysis.codemodel.slots import ARGUMENT, BASE, OPERAND, PARAMETER, Slot, slot_at
from fixbot_analysis.source import Document

_SPLIT = 4  # arguments whose name is a variable's too, told apart by what follows
_UNNAMED = 3  # words that may be arguments of a call that is not known
_LIKELY = 20  # words that these are looked for among
_SURELY = 0.5  # chance of ``=`` after a word from which it is an argument's name
_NEW = frozenset({"def", "class", "as"})  # a name that follows is new
_NO_NAMES = frozenset({OPERAND, PARAMETER})


def names_at(world: World, document: Document, place: Place, slot: Slot, callee: Callee) -> dict[str, Name]:
    """Names and keywords that may stand at `place`; none where a new name is being made."""
    if slot.lead == "def":
        return overrides(world, place)
    if slot.lead in _NEW:
        return {}
    if place.naming_module:
        return world.imports.parts(place)
    if place.module and slot.kind != OPERAND:
        return world.imports.names(place)
    facts = world.index.facts(place.path)
    words = keywords_at(slot, place)
    found = in_scope(document, facts, place)
    if slot.kind in _NO_NAMES:
        found = {n: name for n, name in found.items() if name.source == "keyword"}
    kept = {n: name for n, name in found.items() if name.source != "keyword" or n in words}
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
    callee = callee_at(place, world.resolver, world.packages)
    names = names_at(world, document, place, slot, callee)
    wanted = parameter_at(callee, slot.argument) if slot.argument else None
    names.update((name.name, name) for name in expected_values(world, place, slot, wanted))
    known = {written: _candidate(name) for written, name in names.items()}
    chances = model.following(place.path, place.before)
    if slot.kind == ARGUMENT:
        chances, guessed = _with_arguments(model, place, names, chances, _UNNAMED if callee.takes_others else 0)
        known.update(guessed)
    function = next((scope.name for scope in reversed(place.scopes) if not scope.is_class), "")
    parameter = wanted.name if wanted else ""
    begins = outermost_function(place)
    return Naming(slot, place.before, known, chances, begins, function, parameter, recent).near(), names


def _of_import(slot: Slot, place: Place) -> Slot:
    """The slot; in an import statement it is called so, wherever in its brackets."""
    is_named = place.module and slot.kind != OPERAND
    kind = "module" if place.naming_module else "imported" if is_named else slot.kind
    return Slot(kind, slot.lead, slot.callee, slot.argument, slot.target, slot.first, slot.brackets, slot.head)


def _candidate(name: Name) -> Candidate:
    kind = name.kind.value
    if kind in ("class", "variable") and is_exception(name):
        kind = "exception"
    elif kind == "variable" and name.name.isupper() and len(name.name) > 1:
        kind = "constant"
    elif name.name in ("self", "cls"):
        kind = "self"
    source = "keyword " + name.name if name.source == "keyword" else name.source
    role = name.role if name.source in ("local", "enclosing") or name.role == "later" else ""
    return Candidate(source, kind, role, name.at)


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
