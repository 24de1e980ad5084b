"""What answers are read from: one project's index and graph, and the lines on which its relations are written."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from fixbot_agent.asking.answer import Cited, Definition
from fixbot_agent.asking.assigning import parsed
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import DependencyGraph, EdgeKind, Node, queries
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

_BEGINNING = 3  # lines of a definition that are shown
_WIDEST = 300  # characters of a line that is shown
_CALLED = (SymbolKind.FUNCTION, SymbolKind.METHOD)


class Ground:
    """One project. Ids are the graph's: ``path`` or ``path::Qual.name``, those of variables too, which are no nodes."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._facts: dict[str, FileFacts | None] = {}

    @cached_property
    def graph(self) -> DependencyGraph:
        """The project's graph, linked when it is first needed."""
        return self.index.graph

    def called(self, name: str) -> tuple[str, ...]:
        """Ids of what `name` may mean, code before tests: definitions and files, else variables; in words, what is called by them (``digest auth``)."""
        found = queries.called(self.graph, name)
        if found and name.isidentifier() and not any("::" in i for i in found):
            found += tuple(
                i for i in self.graph.nodes if _last(i) == name
            )  # as in a module with a function of its name
        found = found or self._files(name) or tuple(self._variables(name)) or self._worded(name)
        return tuple(sorted(found, key=queries.in_tests))

    def facts(self, path: str) -> FileFacts | None:
        """Effect: what the file says; None where it is not indexed."""
        if path not in self._facts:
            try:
                self._facts[path] = self.index.facts(path)
            except SourceError:
                self._facts[path] = None
        return self._facts[path]

    def tree(self, path: str, word: str) -> ast.Module | None:
        """Effect: the syntax tree of a Python file that has `word` somewhere; None for any other."""
        if not path.endswith(".py"):
            return None
        try:
            data = self.index.tree.read(path).data
        except SourceError:
            return None
        return parsed(data) if word.encode() in data else None

    def symbol(self, node: str) -> Symbol | None:
        """The definition `node`."""
        path, _, qualname = node.partition("::")
        facts = self.facts(path)
        return next((s for s in facts.symbols if s.qualname == qualname), None) if facts else None

    def node(self, id: str) -> Node | None:  # noqa: A002 - the graph's word
        """The node of an id."""
        return self.graph.nodes.get(id)

    def label(self, id: str) -> str:  # noqa: A002
        """How a reader calls it, in code signs."""
        return f"`{id.partition('::')[2] or id}`"

    def place(self, id: str) -> Cited:  # noqa: A002
        """Where it is defined."""
        symbol = self.symbol(id)
        return Cited(id.partition("::")[0], symbol.line if symbol else 1)

    def kind(self, id: str) -> str:  # noqa: A002
        """What it is, in a word."""
        symbol = self.symbol(id)
        return symbol.kind.value if symbol else "module"

    def is_function(self, id: str) -> bool:  # noqa: A002
        """Whether it is a function or a method."""
        symbol = self.symbol(id)
        return symbol is not None and symbol.kind in _CALLED

    def edges(self, id: str, *kinds: EdgeKind, outgoing: bool = False) -> Mapping[str, bool]:  # noqa: A002
        """Ids at the other ends of its edges of these kinds, each with whether it is only guessed; code before tests."""
        found: dict[str, bool] = {}
        for edge in self.graph.neighbours(id, kinds, outgoing):
            other = edge.target if outgoing else edge.source
            found[other] = found.get(other, True) and edge.guessed
        return dict(sorted(found.items(), key=lambda pair: (queries.in_tests(pair[0]), pair)))

    def sites(self, caller: str, called: str) -> tuple[Cited, ...]:
        """The lines of `caller` on which `called` is called, or where nothing says which, the definition of `caller`."""
        path, _, scope = caller.partition("::")
        facts, wanted = self.facts(path), _names(called)
        lines = [
            c.line for c in (facts.calls if facts else ()) if c.scope == scope and c.callee.rpartition(".")[2] in wanted
        ]
        return tuple(Cited(path, line) for line in dict.fromkeys(lines)) or (self.place(caller),)

    def definition(self, id: str, why: str = "") -> Definition:  # noqa: A002
        """Effect: read the file. The definition with its first lines."""
        place, symbol = self.place(id), self.symbol(id)
        end = symbol.end_line if symbol else place.line
        code = "\n".join(short(line) for line in self.code(place, end).splitlines())
        return Definition(place.path, id.partition("::")[2], self.kind(id), place.line, end, code, why)

    def code(self, place: Cited, end: int, most: int = _BEGINNING) -> str:
        """Effect: read the file. At most `most` lines from `place` to the line `end`, without their common indentation."""
        from textwrap import dedent

        try:
            document = self.index.tree.read(place.path)
        except SourceError:
            return ""
        last = min(end, len(document.line_starts), place.line + most - 1)
        return dedent("\n".join(document.line_text(n - 1).rstrip() for n in range(place.line, last + 1))).rstrip()

    def _files(self, name: str) -> tuple[str, ...]:
        return tuple(p for p in self.index.paths if p == name or p.endswith(f"/{name}"))

    def _worded(self, name: str) -> tuple[str, ...]:
        """Definitions whose names are these words, written as one."""
        words = re.split(r"[\s-]+", name.casefold())
        together = "".join(words) if len(words) > 1 else ""
        return tuple(i for i in self.graph.nodes if together and _last(i).replace("_", "").casefold() == together)

    def _variables(self, name: str) -> Iterator[str]:
        """Variables and attributes called `name`, which the graph has none of."""
        last = name.rpartition("::")[2].rpartition(".")[2]
        for path, block in sorted(self.graph.links.blocks.items()):
            if f"\n{last}\n" in block.names and (facts := self.facts(path)) is not None:
                yield from (f"{path}::{s.qualname}" for s in facts.symbols if _is_variable(s, path, name, last))


def _is_variable(symbol: Symbol, path: str, name: str, last: str) -> bool:
    if symbol.kind is not SymbolKind.VARIABLE or symbol.name != last:
        return False
    return (
        f"{path.removesuffix('.py').replace('/', '.')}.{symbol.qualname}".endswith(name)
        or name == f"{path}::{symbol.qualname}"
    )


def _last(id: str) -> str:  # noqa: A002
    return id.partition("::")[2].rpartition(".")[2]


def _names(called: str) -> frozenset[str]:
    """What a call of the definition may be written as: a constructor by its class."""
    qualname = called.partition("::")[2]
    owner, _, last = qualname.rpartition(".")
    return frozenset({last, owner.rpartition(".")[2]} if last in ("__init__", "__new__") else {last})


def short(text: str, most: int = _WIDEST) -> str:
    """The text on one line's length: whoever wrote it may have written megabytes."""
    return text if len(text) <= most else f"{text[:most]}…"


def unique(places: Iterable[Cited]) -> tuple[Cited, ...]:
    """Each place once, in order."""
    return tuple(dict.fromkeys(places))
