"""Members of Python's own types and modules, as the interpreter that runs has them: the library's code in C is loaded and looked at."""

import importlib
import sys
import sysconfig
import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from types import ModuleType

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.outside.results import GROWN

FAR = 3  # how far up the bases something from outside counts

_OF_MODULES = ("__file__", "__path__", "__dict__", "__cached__")


def of_object(thing: object) -> Iterator[Name]:
    """Members of a type's objects, or of a module in C; the fields of syntax trees are only named."""
    named = [*getattr(thing, "_fields", ()), *getattr(thing, "_attributes", ())] if isinstance(thing, type) else []
    for name in dict.fromkeys([*dir(thing), *(each for each in named if isinstance(each, str))]):
        kind = ItemKind.METHOD if callable(getattr(thing, name, None)) else ItemKind.ATTRIBUTE
        yield Name(name, kind, "member", "", FAR, kind.value)


def of_module(name: str = "any") -> Iterator[Name]:
    """What every module has, and what the interpreter gives to that of this name while it runs."""
    yield from of_object(ModuleType(name))
    for each in (*_OF_MODULES, *GROWN.get(name, ())):
        yield Name(each, ItemKind.ATTRIBUTE, "member", "", FAR, ItemKind.ATTRIBUTE.value)


def of_class(thing: type) -> Iterator[Name]:
    """Members of a type itself."""
    yield from of_object(thing)
    yield from of_object(type)


@lru_cache(64)
def compiled(name: str) -> ModuleType | None:
    """Effect: loads a module of the standard library that is written in C; None where `name` is none."""
    if name not in sys.stdlib_module_names or name.startswith(("_test", "_tk", "xx")):
        return None
    if name not in sys.builtin_module_names:
        spec = PathFinder.find_spec(name, [sysconfig.get_path("stdlib") + "/lib-dynload"])
        if spec is None or not (spec.origin or "").endswith((".so", ".pyd")):
            return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a module of the library goes some day concerns nobody here
            return importlib.import_module(name)
    except ImportError:  # a library that it needs is not installed
        return None
