"""Headers of the methods of Python's own types, as these say of themselves."""

import builtins
import inspect
from functools import lru_cache

from fixbot_agent.completing.outside.living import compiled

_ANYTHING = "(self, *args, **kwargs)"


@lru_cache(32)
def methods_of_type(name: str) -> tuple[tuple[str, str], ...]:
    """Effect: may load a module of the library that is written in C. Methods of a builtin type, or of a type of such a module, and their headers.

    Those that every object has are left out; one that says nothing of itself takes anything.
    """
    module, _, last = name.rpartition(".")
    thing = getattr(compiled(module) if module else builtins, last, None)
    if not isinstance(thing, type):
        return ()
    found = ((each, getattr(thing, each, None)) for each in dir(thing) if not hasattr(object, each))
    return tuple((each, _header(value)) for each, value in found if callable(value))


def _header(method: object) -> str:
    try:
        parameters = list(inspect.signature(method).parameters.values()) if callable(method) else []
    except (TypeError, ValueError):
        return _ANYTHING
    if not parameters:
        return _ANYTHING
    written = ", ".join(_written(each) for each in parameters[1:])
    stars = {each.kind for each in parameters}
    named = next((n for n, each in enumerate(parameters) if each.kind is inspect.Parameter.KEYWORD_ONLY), 0)
    if named and inspect.Parameter.VAR_POSITIONAL not in stars:
        written = ", ".join([*map(_written, parameters[1:named]), "*", *map(_written, parameters[named:])])
    return f"(self, {written})" if written else "(self)"


def _written(each: inspect.Parameter) -> str:
    stars = "*" * ((each.kind is each.VAR_POSITIONAL) + 2 * (each.kind is each.VAR_KEYWORD))
    given = "" if each.default is inspect.Parameter.empty else f"={each.default!r}"
    return f"{stars}{each.name}{given}"
