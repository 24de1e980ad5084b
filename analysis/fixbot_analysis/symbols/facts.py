"""Facts about one file, unresolved and free of its path, so that branches and clones share them by content.

What a file has hundreds of is a named tuple: it is made several times as fast as a frozen dataclass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from fixbot_analysis.source.document import Span


class SymbolKind(StrEnum):
    """What a definition is."""

    MODULE = "module"
    CLASS = "class"  # and what other languages have in its place: struct, interface, trait, enum, type alias
    NAMESPACE = "namespace"  # of other languages: a part of a file that only holds names
    FUNCTION = "function"
    METHOD = "method"
    VARIABLE = "variable"  # module or class level name, and attributes assigned to self


class Symbol(NamedTuple):
    """A definition. Lines count from 1 and include both ends; spans are bytes.

    `qualname` is dotted from the file's top (``Class.method``, ``outer.inner``), the module's own is ``""``.
    `span` is the whole definition with its decorators, `body` the suite below the header.
    """

    name: str
    qualname: str
    kind: SymbolKind
    span: Span
    name_span: Span
    body: Span
    line: int
    end_line: int
    signature: str = ""  # the header as written, on one line, without decorators
    doc: str = ""  # the docstring's first paragraph
    parameters: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()  # as written
    decorators: tuple[str, ...] = ()  # as written, without the @
    returns: str = ""  # the annotation of the result, as written

    @property
    def parent(self) -> str:
        """Qualified name of what encloses this definition; ``""`` at the top."""
        return self.qualname.rpartition(".")[0]


class Import(NamedTuple):
    """One imported name: ``from ..a import b as c`` is ``Import("a", 2, "b", "c", …)``; ``import a.b`` has no `name`.

    `name` is ``"*"`` for a star import. `scope` is the qualified name of the definition it stands in.
    """

    module: str
    level: int
    name: str
    alias: str
    line: int
    scope: str = ""

    @property
    def bound(self) -> str:
        """The name that this import binds in its scope (``import a.b`` binds ``a``)."""
        return self.alias or self.name or self.module.partition(".")[0]


class Call(NamedTuple):
    """A call: ``self.total(x)`` in ``Cart.show`` is ``Call("self.total", "Cart.show", 12)``; line from 1.

    `callee` is what stands before the bracket, as written (``xs[0].run``); where that is long it is a chain: names, ``()`` for a call
    whatever its arguments, ``?`` for anything else that stands at its head (``make(…)[0].run`` is ``?.run``).
    """

    callee: str
    scope: str
    line: int


class Binding(NamedTuple):
    """A name given to a value: ``cart = Cart()`` in ``show`` is ``Binding("cart", "show", "Cart()", …)``.

    `scope` is the qualified name of what holds the name: a function for its locals and parameters, a class for its attributes
    (``self.cart = …`` included), ``""`` for the module. `at` is the scope that `value` is written in where that is another: the method that
    assigns to self, the function that declares a global. The names ``return`` and ``yield`` hold what a function without annotation gives.
    A dotted name (``self.cart``) is bound by isinstance only.

    `value` is a Python expression as written (a long one as a chain, see :class:`Call`, or as an empty literal of its type), then, behind
    a ``$``, what is done with it, one character a step from left to right:

    ``:`` it is an annotation, and the name an object of that type; ``?`` it is a class or a tuple of classes, the name an instance (isinstance,
    except); ``!`` it is no instance of them, whatever else it is; ``*`` an element of it, by iteration; ``+`` what entering it gives (with); a digit: the item at that place (unpacking);
    ``-`` the rest (``*rest``). So ``for k, cart in carts.items()`` binds cart to ``carts.items()$*1``.
    ``carts.each$@0@1`` is what ``carts.each`` gives as second argument (1) to the callable that it takes as its first (0, or by its name).
    It is empty where nothing is known of the value but that it is bound here.

    The binding holds from line `first` (from 1; 0: everywhere) to line `last` (0: the end of its scope), unless a later one of the name
    holds too; with `leaks` it may hold below `last` as well: that is only the end of a block in which it stands.
    """

    name: str
    scope: str
    value: str
    first: int = 0
    last: int = 0
    leaks: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything the graph and retrieval need of one file.

    `digest` is the content's hash (see :func:`fixbot_analysis.source.digest`).
    `symbols` begins with the module's own and goes by place, outer before inner.
    """

    digest: str
    language: str
    symbols: tuple[Symbol, ...]
    imports: tuple[Import, ...]
    calls: tuple[Call, ...]
    references: tuple[tuple[str, str], ...]  # (dotted name as written, scope), no duplicates
    exports: (
        tuple[str, ...] | None
    )  # __all__ where it is a list of names; "sub.__all__" stands for the names of that one
    syntax_errors: int = 0
    bindings: tuple[Binding, ...] = ()  # no duplicates

    def enclosing(self, line: int) -> Symbol | None:
        """Innermost class, function or method whose lines hold `line` (from 1)."""
        holding = [s for s in self.symbols if s.kind in _SCOPES and s.line <= line <= s.end_line]
        return max(holding, key=lambda s: s.line, default=None)

    @property
    def narrows(self) -> bool:
        """Whether isinstance says more of some dotted name."""
        return any("." in binding.name for binding in self.bindings)

    def bindings_by_scope(self) -> Mapping[str, Sequence[Binding]]:
        """Scope -> its bindings in order, for whoever asks for few scopes of many."""
        found: dict[str, list[Binding]] = {}
        for binding in self.bindings:
            found.setdefault(binding.scope, []).append(binding)
        return found


_SCOPES = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)
