"""Where a patch changes code: the functions it edits, as a warm process may swap them, and the lines whose runners can tell."""

import ast
import keyword
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixbot_analysis.source.document import Document
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind
from fixbot_repair.candidates.edit import Edit, Patch

# Statements of which no interpreter is sure to say that their line ran.
_SILENT = (ast.Pass, ast.Continue, ast.Break, ast.Global, ast.Nonlocal)


@dataclass(frozen=True, slots=True)
class Place:
    """Lines `first` to `last` (from 1, both included) of the file `path`: whoever sees the edit ran one of them.

    `function` is the first line of the outermost function around it. Both are 0 for what is in no function, which all see.
    """

    path: str
    first: int = 0
    last: int = 0
    function: int = 0


@dataclass(frozen=True, slots=True)
class Swap:
    """One function before and after a patch: whole lines with decorators; `line` is the first (from 1).

    `classes` are those that it stands in, the outermost first; `imports` names that the file imports outside of functions.
    """

    path: str
    name: str
    classes: tuple[str, ...]
    line: int
    before: str
    after: str
    imports: tuple[str, ...] = ()

    def message(self) -> dict[str, object]:
        """The guest's words for it."""
        return {
            "path": self.path, "name": self.name, "classes": list(self.classes), "line": self.line,
            "before": self.before, "after": self.after, "imports": list(self.imports),
        }  # fmt: skip


class Units:
    """Finds the places of patches; `document` and `facts` give the files as they are at the start."""

    def __init__(self, document: Callable[[str], Document], facts: Callable[[str], FileFacts]) -> None:
        self._document = document
        self._facts = facts
        self._outermost: dict[str, list[Symbol]] = {}
        self._blocks: dict[tuple[str, int], list[tuple[int, int]]] = {}

    def places(self, patch: Patch) -> tuple[Place, ...]:
        """Where `patch` changes code, function by function, as the smallest blocks of statements that hold the edits."""
        found = [Place(path) for path in (*patch.created, *patch.deleted)]
        for edit in _of_old_files(patch):
            symbol = self._function(edit)
            found.append(self._place(edit, symbol) if symbol else Place(edit.path))
        return tuple(dict.fromkeys(found))

    def swaps(self, patch: Patch) -> tuple[Swap, ...]:
        """The functions that `patch` edits, where it changes nothing outside of functions; () where it does."""
        if patch.created or patch.deleted:
            return ()
        edits: dict[tuple[str, int], list[Edit]] = {}
        symbols: dict[tuple[str, int], Symbol] = {}
        for edit in patch.edits:
            symbol = self._function(edit)
            if symbol is None:
                return ()
            symbols[edit.path, symbol.line] = symbol
            edits.setdefault((edit.path, symbol.line), []).append(edit)
        return tuple(self._swap(key[0], symbols[key], inside) for key, inside in edits.items())

    def _swap(self, path: str, symbol: Symbol, edits: Sequence[Edit]) -> Swap:
        data = self._document(path).data
        start, end = _lines(data, symbol)
        parts, at = [], start
        for edit in sorted(edits, key=lambda e: e.span):
            parts += [data[at : edit.span.start], edit.text.encode()]
            at = edit.span.end
        after = b"".join([*parts, data[at:end]])
        line = data.count(b"\n", 0, start) + 1
        classes = tuple(symbol.qualname.split(".")[:-1])
        return Swap(
            path, symbol.name, classes, line, data[start:end].decode(), after.decode(), self._imported(path)
        )  # fmt: skip

    def _imported(self, path: str) -> tuple[str, ...]:
        facts = self._facts(path)
        bound = {i.bound for i in facts.imports if not i.scope}
        return tuple(sorted(name for name in bound if name.isidentifier() and not keyword.iskeyword(name)))

    def _function(self, edit: Edit) -> Symbol | None:
        """The outermost function that holds all of `edit`."""
        span = edit.span
        if edit.path not in self._outermost:
            self._outermost[edit.path] = list(_outermost(self._facts(edit.path).symbols))
        for symbol in self._outermost[edit.path]:
            start, end = _lines(self._document(edit.path).data, symbol)
            if start <= span.start and span.end <= end:
                return symbol
        return None

    def _place(self, edit: Edit, symbol: Symbol) -> Place:
        document = self._document(edit.path)
        start, end = _lines(document.data, symbol)
        top = document.line_of(start) + 1
        bottom = document.line_of(max(start, end - 1)) + 1
        if document.data[edit.span.start : symbol.body.start].strip():
            return Place(edit.path, function=top)  # the header: what it says is done where the function is made
        key = (edit.path, top)
        if key not in self._blocks:
            self._blocks[key] = list(_blocks(document.data[start:end].decode(), top))
        first = document.line_of(edit.span.start) + 1
        last = document.line_of(max(edit.span.start, edit.span.end - 1)) + 1
        head = document.data.rfind(b"\n", 0, edit.span.start) + 1
        old = document.data[edit.span.start : edit.span.end]
        if "\n" in edit.text or b"\n" in old or not document.data[head : edit.span.start].strip():
            first, last = first - 1, last + 1  # it may belong to the block around
        holding = [b for b in self._blocks[key] if b[0] <= first and last <= b[1]]
        low, high = min(holding, key=lambda b: b[1] - b[0], default=(top, bottom))
        return Place(edit.path, low, high, top)


def _of_old_files(patch: Patch) -> Iterator[Edit]:
    return (e for e in patch.edits if e.path not in patch.created)


def _outermost(symbols: Sequence[Symbol]) -> Iterator[Symbol]:
    """Functions and methods around which there are only classes."""
    kinds = {s.qualname: s.kind for s in symbols if s.kind is not SymbolKind.VARIABLE}
    for symbol in symbols:
        if symbol.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD):
            parts = symbol.qualname.split(".")[:-1]
            if all(kinds.get(".".join(parts[: n + 1])) is SymbolKind.CLASS for n in range(len(parts))):
                yield symbol


def _lines(data: bytes, symbol: Symbol) -> tuple[int, int]:
    """The bytes of the whole lines of a definition."""
    end = data.find(b"\n", symbol.span.end)
    return data.rfind(b"\n", 0, symbol.span.start) + 1, len(data) if end < 0 else end + 1


def _blocks(text: str, top: int) -> Iterator[tuple[int, int]]:
    """(first, last line) of each run of statements in a function that begins on line `top`, where one is sure to be traced."""
    shift = top - 1
    if text[:1].isspace():
        text, shift = f"if 1:\n{text}", shift - 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # another Python's syntax: the function as a whole
    for node in ast.walk(tree):
        if isinstance(node, ast.Module) or (shift < top - 1 and node is tree.body[0]):
            continue
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and any(_is_traced(s) for s in block):
                yield block[0].lineno + shift, (block[-1].end_lineno or block[-1].lineno) + shift


def _is_traced(statement: ast.stmt) -> bool:
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not constant and not isinstance(statement, _SILENT)
