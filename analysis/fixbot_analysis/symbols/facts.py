"""Facts about one file, unresolved and free of its path, so that branches and clones share them by content."""

from dataclasses import dataclass
from enum import StrEnum

from fixbot_analysis.source.document import Span


class SymbolKind(StrEnum):
    """What a definition is."""

    MODULE = "module"
    CLASS = "class"
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
    """A call as written: ``self.total(x)`` in ``Cart.show`` is ``Call("self.total", "Cart.show", 12)``; line from 1."""

    callee: str
    scope: str
    line: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything the graph and retrieval need of one file.

    `digest` is the content's hash (see :func:`fixbot_analysis.index.digest`); `terms` are the counts of
    lower-case split words of identifiers, comments and strings per symbol (``""`` is the module's own part).
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

    def enclosing(self, line: int) -> Symbol | None:
        """Innermost class, function or method whose lines hold `line` (from 1)."""
        holding = [s for s in self.symbols if s.kind in _SCOPES and s.line <= line <= s.end_line]
        return max(holding, key=lambda s: s.line, default=None)


_SCOPES = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)
