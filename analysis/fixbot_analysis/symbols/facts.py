"""Facts about one file, unresolved and free of its path, so that branches and clones share them by content."""

from dataclasses import dataclass
from enum import StrEnum

from fixbot_analysis.source.document import Span


class SymbolKind(StrEnum):
    """What a definition is."""

    MODULE = "module"
    CLASS = "class"  # and what other languages have in its place: struct, interface, trait, enum, type alias
    NAMESPACE = "namespace"  # of other languages: a part of a file that only holds names
    FUNCTION = "function"
    METHOD = "method"
    VARIABLE = "variable"  # module or class level name, and attributes assigned to self


@dataclass(frozen=True, slots=True)
class Symbol:
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


@dataclass(frozen=True, slots=True)
class Import:
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


@dataclass(frozen=True, slots=True)
class Call:
    """A call: ``self.total(x)`` in ``Cart.show`` is ``Call("self.total", "Cart.show", 12)``; line from 1.

    `callee` is a chain: names as written, ``()`` for a call whatever its arguments, ``?`` for anything else that
    stands at its head (``make(1).run(2)`` calls ``make().run``, ``xs[0].run()`` calls ``?.run``).
    """

    callee: str
    scope: str
    line: int


@dataclass(frozen=True, slots=True)
class Binding:
    """A name given to a value: ``cart = Cart()`` in ``show`` is ``Binding("cart", "show", "Cart()")``.

    `scope` is the qualified name of what holds the name: a function for its locals and parameters, a class for its attributes
    (``self.cart = …`` included), ``""`` for the module. `value` is a chain as in :class:`Call`; an annotation ``cart: Cart`` also says ``Cart()``;
    it is empty where nothing is known of the value but that it is bound here (a loop's variable, a sum).
    """

    name: str
    scope: str
    value: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything the graph and retrieval need of one file.

    `digest` is the content's hash (see :func:`fixbot_analysis.source.digest`); `terms` are the counts of
    lower-case split words (:func:`fixbot_analysis.symbols.split_words`) of identifiers, comments and strings, per qualified
    name of a class, function or method; what encloses a definition does not count its words (``""`` is the module's own part).
    `symbols` begins with the module's own and goes by place, outer before inner.
    """

    digest: str
    language: str
    symbols: tuple[Symbol, ...]
    imports: tuple[Import, ...]
    calls: tuple[Call, ...]
    references: tuple[tuple[str, str], ...]  # (dotted name as written, scope), no duplicates
    exports: tuple[str, ...] | None  # __all__ where it is a plain list
    terms: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    syntax_errors: int = 0
    bindings: tuple[Binding, ...] = ()  # no duplicates

    def enclosing(self, line: int) -> Symbol | None:
        """Innermost class, function or method whose lines hold `line` (from 1)."""
        holding = [s for s in self.symbols if s.kind in _SCOPES and s.line <= line <= s.end_line]
        return max(holding, key=lambda s: s.line, default=None)


_SCOPES = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)
