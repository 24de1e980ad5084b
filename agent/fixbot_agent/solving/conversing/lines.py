"""The lines of the files as they were at the start, and what they define: what prompts show of them."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.finding import KINDS
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.index import Index
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import Symbol, SymbolKind
from fixbot_repair.issue_source import parsed
from fixbot_repair.workspace import Workspace

_LONGEST_LINE = 160  # characters


@dataclass(slots=True)
class Lines:
    """The lines of the files as they were at the start, and what they define."""

    workspace: Workspace
    index: Index
    _known: dict[str, Sequence[str]] = field(default_factory=dict)
    _documented: dict[str, frozenset[int]] = field(default_factory=dict)

    def at(self, path: str, line: int) -> str:
        """Effect: the line (from 1) without its margin, "" when there is none that may be shown."""
        lines = self.of(path)
        return lines[line - 1].strip()[:_LONGEST_LINE] if 0 < line <= len(lines) else ""

    def of(self, path: str) -> Sequence[str]:
        """Effect: all lines of a file; none where they may not be shown."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def symbols(self, path: str) -> list[Symbol]:
        """Effect: the classes, functions and methods of a file, in order."""
        try:
            return [s for s in self.index.facts(path).symbols if s.kind in KINDS] if self.of(path) else []
        except FixbotError:
            return []

    def is_code(self, path: str, line: int) -> bool:
        """Effect: whether a line does anything: one that is empty, or of a docstring, does not."""
        text = self.at(path, line)
        if not text or text.startswith("#"):
            return False
        return line not in self.docstrings(path)

    def docstrings(self, path: str) -> frozenset[int]:
        """Effect: the lines of docstrings of classes and functions."""
        if path not in self._documented:
            self._documented[path] = (
                frozenset(_documented("\n".join(self.of(path)))) if path.endswith(".py") else frozenset()
            )
        return self._documented[path]

    def _read(self, path: str) -> Sequence[str]:
        try:
            data = None if is_secret(path) else self.workspace.original(path)
            return decode(path, data).text.split("\n") if data is not None else ()
        except FixbotError:
            return ()


def around_it(lines: Lines, path: str, symbol: str) -> Symbol | None:
    """The outermost function or method that `symbol` is, or is inside of."""
    names = {s.qualname: s for s in lines.symbols(path) if s.kind is not SymbolKind.CLASS}
    parts = symbol.split(".")
    return next((names[n] for n in (".".join(parts[:k]) for k in range(1, len(parts) + 1)) if n in names), None)


def _documented(source: str) -> Iterator[int]:
    """The lines of docstrings."""
    todo: list[ast.AST] = list(parsed(source))
    for node in todo:
        inside = getattr(node, "body", [])
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            todo += inside
            first = inside[0] if inside else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield from range(first.lineno, (first.end_lineno or first.lineno) + 1)
