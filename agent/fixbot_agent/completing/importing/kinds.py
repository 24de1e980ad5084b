"""What the names that a file imports stand for: functions, classes, modules; by definitions, where a name's letters only let guess."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.elsewhere import Elsewhere
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.outside.library import Shelf


def as_defined(names: Mapping[str, Name], world: World, place: Place) -> dict[str, Name]:
    """Effect: reads facts. `names` with the kinds of what they name, as far as that was read: nothing is resolved for it."""
    found = dict(names)
    if place.module and not place.naming_module:
        for word, name in names.items():
            if name.kind is not ItemKind.MODULE and (kind := _kind(place.module, word, world)):
                found[word] = replace(name, kind=kind)
        return found
    for each in world.index.facts(place.path).imports:
        bound, module = found.get(each.bound), "." * each.level + each.module
        if bound is not None and bound.source == "import" and bound.detail == module and each.name not in ("", "*"):
            kind = _kind(module, each.name, world)
            found[each.bound] = replace(bound, kind=kind) if kind else bound
    return found


def _kind(module: str, name: str, world: World) -> ItemKind | None:
    """What ``from module import name`` brings: what the project calls so wherever it is, if that is of one kind, or what the module outside has."""
    if module.partition(".")[0] not in sys.stdlib_module_names and (kind := world.kept(Elsewhere).kind(name)):
        return kind
    return world.kept(Shelf).kind(module, name)
