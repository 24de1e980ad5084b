"""Definitions by name: what a model calls a symbol, found in the files as they are now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from fixbot_agent.tools.desk import Desk, is_secret
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document
from fixbot_analysis.source.decoding import digest
from fixbot_analysis.symbols import Symbol, SymbolKind

KINDS = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)
_NAMED = 10  # definitions that an answer lists


@dataclass(slots=True)
class Definitions:
    """All definitions of the project by their folded names; a file that was written to since is looked at again."""

    desk: Desk
    _by_path: dict[str, list[Symbol]] | None = None
    _written: dict[str, int] = field(default_factory=dict)

    def all(self) -> Iterator[tuple[str, Symbol]]:
        """Effect: reads the index at first. Every class, function and method with its path."""
        for path, symbols in self._table().items():
            for symbol in symbols:
                yield path, symbol

    def of(self, path: str) -> list[Symbol]:
        """Those of one file."""
        return self._table().get(path, [])

    def _table(self) -> dict[str, list[Symbol]]:
        if self._by_path is None:
            self._by_path = {}
            for path, symbol in self.desk.symbols.symbols():
                if symbol.kind in KINDS and not is_secret(path):
                    self._by_path.setdefault(path, []).append(symbol)
            self._written = dict(self.desk.written)
        for path, times in self.desk.written.items():
            if self._written.get(path) != times:
                self._written[path] = times
                self._by_path[path] = _now(self.desk, path)
        return self._by_path

    def alike(self, name: str) -> list[tuple[str, Symbol]]:
        """The definitions called `name`, where that is one id: several are versions of one (overloads, a property and its setter).

        Raises Refused as :meth:`named` does.
        """
        found = self._called(name)
        return found if len({(p, s.qualname) for p, s in found}) == 1 else [self.named(name)]

    def named(self, name: str, line: int = 0) -> tuple[str, Symbol]:
        """The one definition called `name` (``path::Class.method``, a dotted name or the end of one), at `line` where that is told.

        Raises Refused where there is none or there are several, with their names.
        """
        found = [(p, s) for p, s in self._called(name) if not line or s.line <= line <= s.end_line]
        if len(found) == 1:
            return found[0]
        listed = "\n".join(f"- {p}::{s.qualname} (line {s.line})" for p, s in found[:_NAMED])
        if found:
            more = f"\n… and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            ask = "give path::name" if len({(p, s.qualname) for p, s in found}) == len(found) else "give 'line' too"
            raise Refused(f"{name!r} may be {len(found)} definitions; {ask}:\n{listed}{more}")
        raise Refused(f"there is no class, function or method {name!r}{self._alike(name)}")

    def _called(self, name: str) -> list[tuple[str, Symbol]]:
        path, separator, qualname = name.partition("::")
        qualname = qualname.replace("::", ".")
        if separator:
            return [(path, s) for s in self.of(path) if s.qualname == qualname]
        last = name.rpartition(".")[2]
        alike = [(p, s) for p, s in self.all() if s.name == last and f".{dotted(p, s)}".endswith(f".{name}")]
        exact = [(p, s) for p, s in alike if s.qualname == name]
        return exact or alike

    def _alike(self, name: str) -> str:
        last = name.rpartition("::")[2].rpartition(".")[2]
        names: dict[str, list[str]] = {}
        for path, symbol in self.all():
            names.setdefault(symbol.name, []).append(f"{path}::{symbol.qualname}")
        near = [i for n in get_close_matches(last, names, 3, 0.7) for i in names[n][:3]]
        return f"; did you mean {', '.join(near[:5])}?" if near else ""


def dotted(path: str, symbol: Symbol) -> str:
    """The name of a definition from the top of the project: ``shop.cart.Cart.total``."""
    stem = path.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")
    return f"{stem}.{symbol.qualname}"


def checked(desk: Desk, path: str, symbol: Symbol) -> Document:
    """Effect: the file of a definition whose spans are about to be used. Raises Refused where the file is not what was indexed."""
    document = desk.document(path)
    try:
        known = desk.symbols.facts(path).digest
    except SourceError:
        known = ""
    if known != digest(document.data):
        raise Refused(f"{path} changed since it was read, and where {symbol.qualname} lies is not known; use edit")
    return document


def _now(desk: Desk, path: str) -> list[Symbol]:
    try:
        return [s for s in desk.symbols.facts(path).symbols if s.kind in KINDS]
    except SourceError:
        return []
