"""Where a type checker's remark stands in the syntax of a file, and edits of it."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from fixbot_analysis.source import Document, Span
from fixbot_repair.candidates.edit import Edit

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Place:
    """What a remark marks: `span` (bytes) of `document`, whose `tree` it is; `words` are those that the message names.

    `target` is the Python that the code is written for, (major, minor).
    """

    document: Document
    tree: ast.Module
    span: Span
    target: tuple[int, int]
    words: Mapping[str, str]

    def edit(self, start: int, end: int, text: str) -> Edit:
        """What makes the bytes from `start` to `end` be `text`."""
        return Edit(self.document.path, Span(start, end), text)

    def at(self, line: int, column: int) -> int:
        """The offset of what the syntax tree puts at `line` (from 1) and `column` (bytes from 0)."""
        return self.document.line_span(line - 1).start + column

    def of(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias) -> Span:
        """The bytes of `node`; of a definition without its decorators."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(self.at(node.lineno, node.col_offset), self.at(end_line, end_column))

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The source of `node`."""
        span = self.of(node)
        return self.document.data[span.start : span.end].decode()

    def definition(self) -> Definition | None:
        """The innermost function that the remark stands in, or on whose name or parameters it does."""
        return next((n for n in reversed(self.above()) if isinstance(n, _FUNCTIONS)), None)

    def above(self) -> list[ast.expr | ast.stmt]:
        """The statements and expressions around the first marked byte, the outermost first."""
        first = self.span.start
        around = [n for n in _nodes(self.tree) if self.of(n).start <= first < self.of(n).end]
        return sorted(around, key=lambda n: (self.of(n).start, -self.of(n).end))

    def within(self) -> Iterator[ast.AST]:
        """All nodes that lie in what is marked."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr | ast.keyword | ast.alias | ast.stmt) and self.span.covers(self.of(node)):
                yield node

    def own_line(self, node: ast.stmt) -> bool:
        """Whether nothing but white space stands before `node` on its line."""
        line = self.document.line_span(node.lineno - 1).start
        return not self.document.data[line : self.of(node).start].strip()

    def indent(self, node: ast.stmt) -> str:
        """The white space before `node`, which stands on a line of its own."""
        line = self.document.line_span(node.lineno - 1).start
        return self.document.data[line : self.of(node).start].decode()

    @property
    def line_end(self) -> str:
        """How lines of the file end."""
        return "\r\n" if b"\r\n" in self.document.data[:4096] else "\n"


def _nodes(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt))


@lru_cache(maxsize=16)  # a file has many remarks
def parsed(data: bytes) -> ast.Module | None:
    """The syntax tree of a file; None where there is none, or where it counts lines otherwise than documents do."""
    if data.count(b"\r") != data.count(b"\r\n") or b"\f" in data:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
