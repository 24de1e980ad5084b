"""Programming languages as data: which files are theirs, what parses them, what their trees say, how their imports lead to files.

What may be imported from outside: :class:`Language` and :class:`Lookup`. A package adds a language by an entry point of the group
``fixbot.languages`` that leads to a :class:`Language`, or to a tuple of them.

Captures of `query`; those of one pattern belong together:

``@definition.KIND`` with ``@name``
    A definition, KIND being class, struct, union, enum, interface, type, namespace, function, method, macro, test, field, member,
    constant or variable. ``@name.declarator`` instead of ``@name``: the name stands at the end of a chain of ``declarator`` fields, as in C.
    ``@owner``: what the definition belongs to, where that is written and not around it (the receiver of a method).
``@scope`` with ``@name``
    Not a definition, but what stands inside belongs to what is named (``impl`` in Rust). ``@base`` with ``@scope.base``: and what it implements.
``@of`` with ``@base``
    The name of a class (where it is defined) and what it extends or implements.
``@wrapper``
    A node around definitions that belongs to the one in it, if there is only one (``export``, ``template``).
``@undefined``
    A node that looks like a definition and is none (a declaration of what is defined elsewhere).
``@mark``
    A decorator or attribute, within the definition or, with ``@mark.node`` around it, before it.
``@import.source`` with ``@import.name``, ``@import.alias``, ``@import.default``, ``@import.star``, ``@import.near``
    An import: from where, what, bound to which name; a default; everything; looked for beside the file first.
``@import.path`` (with ``@import.star``), ``@import.module``
    An import in one path whose last part is what it brings (``a.b.C``, ``a::{b, c as d}``); a module beside or below the file.
``@bound`` or ``@bound.member`` with ``@bound.type`` or ``@bound.value``
    A variable (of a class) and its declared type, or what it is given. ``@bound.declarator``: as ``@name.declarator``.

Captures of `uses`: ``@call`` (what is called), ``@call.tokens`` (the last name of what is called, where the tree has but tokens: what stands before it is
read from the text), ``@reference`` (names in use), ``@comment``.
"""

from fixbot_analysis.languages.language import Language, Lookup
from fixbot_analysis.languages.registry import (
    BUILTIN,
    GROUP,
    Registry,
    dialect_of,
    get,
    is_test_file,
    language_of,
    load,
    registry,
)

__all__ = [
    "BUILTIN", "GROUP", "Language", "Lookup", "Registry", "dialect_of", "get", "is_test_file", "language_of", "load", "registry",
]  # fmt: skip
