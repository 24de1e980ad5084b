"""Traps of the language and its library that people fall into again and again: here the code itself looks like the bug.

A template of this family asks for a narrow shape, and proposes what the documentation says to write instead. So it needs little suspicion of
the place (`Template.relies`): of the few such places in a project those that the failing tests ran are tried early.
"""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template
from fixbot_repair.candidates.templates.pitfalls import (
    arguments,
    calendars,
    consistency,
    copied,
    copies,
    counting,
    emptiness,
    endings,
    ends,
    fields,
    figures,
    files,
    forgetting,
    gathering,
    handing,
    heaps,
    identity,
    iteration,
    keys,
    lasting,
    limits,
    loops,
    mappings,
    mirrors,
    moments,
    numbers,
    ranking,
    rebinding,
    roundtrips,
    sharing,
    states,
    texts,
    times,
    undoing,
    walking,
)

_MODULES = (
    numbers,
    counting,
    limits,
    figures,
    times,
    moments,
    calendars,
    texts,
    files,
    sharing,
    arguments,
    copied,
    lasting,
    identity,
    rebinding,
    iteration,
    loops,
    emptiness,
    ends,
    ranking,
    heaps,
    gathering,
    mappings,
    walking,
    consistency,
    keys,
    forgetting,
    states,
    undoing,
    endings,
    handing,
    mirrors,
    copies,
    roundtrips,
    fields,
)
TEMPLATES: tuple[Template, ...] = tuple(t for module in _MODULES for t in module.TEMPLATES)
SEEN: Mapping[str, tuple[str, ...]] = {name: bugs for module in _MODULES for name, bugs in module.SEEN.items()}

__all__ = ["SEEN", "TEMPLATES"]
