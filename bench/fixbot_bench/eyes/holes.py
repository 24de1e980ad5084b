"""Cross-file holes: lines of real functions that use a definition of another file, taken at random and checked twice."""

import ast
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fixbot_analysis.context import Focus
from fixbot_analysis.context.entries import Directory
from fixbot_analysis.context.units import Units
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import DependencyGraph, Node
from fixbot_analysis.graph.values import Definition
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import is_test_code
from fixbot_analysis.source import Position

_OF_ONE_FILE = 2
_TOKEN = re.compile(
    rb"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.){1,4}'|`(?:[^`\\]|\\.)*`|[()\[\]{}]", re.DOTALL
)
_CLOSES = {b"(": b")", b"[": b"]", b"{": b"}"}


@dataclass(frozen=True, slots=True)
class Hole:
    """`line` (from 1) of `path` uses `target` (a node id in another file) by writing `chain`, its last name at `column`.

    `target_line` is the line that names the target. Everything from `line` on counts as not yet written.
    """

    path: str
    line: int
    column: int  # characters, from 0
    chain: str
    scope: str
    target: str
    target_line: int

    @property
    def target_path(self) -> str:
        """File of the target."""
        return self.target.partition("::")[0]

    @property
    def focus(self) -> Focus:
        """The beginning of its line, where a cursor would stand."""
        return Focus(self.path, Position(self.line - 1, 0))


# Says whether an independent judge finds the same definition for the name at a hole.
Judge = Callable[[Hole], bool]


def find_holes(index: Index, count: int, seed: int, judge: Judge | None = None) -> list[Hole]:
    """Effect: reads files. `count` holes in functions taken at random, at most one a function and two a file.

    A hole counts where `judge` agrees with our graph; without one, where no other definition of the project has that name.
    """
    agreed = judge or _unique(index.graph)
    functions = [n for n in index.graph.nodes.values() if n.kind in ("function", "method") and not is_test_code(n.path)]
    random.Random(seed).shuffle(functions)
    found: list[Hole] = []
    taken: Counter[str] = Counter()
    for function in functions:
        if len(found) == count:
            break
        if taken[function.path] < _OF_ONE_FILE:
            uses = list(_uses(index, function) if function.path.endswith(".py") else _calls(index, function))
            random.Random(f"{seed} {function.id}").shuffle(uses)
            hole = next((use for use in uses[:3] if agreed(use)), None)
            if hole is not None:
                found.append(hole)
                taken[function.path] += 1
    return found


def prefix(index: Index, hole: Hole) -> bytes:
    """Effect: reads the file. Its text above the hole, in UTF-8; brackets open there are closed below, as editors do where brackets are blocks."""
    document = index.tree.read(hole.path)
    above = document.data[: document.line_span(hole.line - 1).start]
    return above if hole.path.endswith(".py") else above + b"\n" + closing(above) + b"\n"


def closing(text: bytes) -> bytes:
    """What closes the brackets that are open at the end of `text`, in a language with comments and strings as C has them."""
    opened: list[bytes] = []
    for token in _TOKEN.finditer(text):
        if token[0] in _CLOSES:
            opened.append(_CLOSES[token[0]])
        elif opened and token[0] == opened[-1]:
            opened.pop()
    return b"".join(reversed(opened))


def _unique(graph: DependencyGraph) -> Judge:
    names = Counter(node.name for node in graph.nodes.values())
    return lambda hole: names[graph.nodes[hole.target].name] == 1


def _uses(index: Index, function: Node) -> Iterator[Hole]:
    """Uses of definitions of other files in the body of a function, one a line and target."""
    units = Units(index)
    seen: set[tuple[int, str]] = set()
    for node in _body(index, function):
        chain = _chain(node)
        if not chain or not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        line, name = node.end_lineno or 0, chain.rpartition(".")[2]
        around = index.symbol_at(function.path, line)
        value = index.graph.resolver.evaluate(function.path, around.qualname if around else "", chain)
        if not isinstance(value, Definition) or value.path == function.path or is_test_code(value.path):
            continue
        target = index.graph.nodes.get(value.id)
        if target is None or (line, target.id) in seen:
            continue
        seen.add((line, target.id))
        row = index.tree.read(function.path).line_text(line - 1)
        column = len(row.encode()[: node.end_col_offset or 0].decode("utf-8", "replace")) - len(name)
        yield Hole(function.path, line, column, chain, function.qualname, target.id, units.name_line(target).first)


def _calls(index: Index, function: Node) -> Iterator[Hole]:
    """Calls of definitions of other files in a function of another language, as our graph sees them: nobody else is asked."""
    units, resolver = Units(index), Directory.of(index.graph).abroad
    for call in index.facts(function.path).calls:
        name = call.callee.rpartition(".")[2]
        if not function.line < call.line <= function.end_line or not name.isidentifier():
            continue
        found = resolver.resolve(function.path, call.scope, call.callee)
        target = index.graph.nodes.get(found[0].id) if len(found) == 1 else None
        column = index.tree.read(function.path).line_text(call.line - 1).find(name)
        if target is not None and target.path != function.path and column >= 0 and not is_test_code(target.path):
            line = units.name_line(target).first
            yield Hole(function.path, call.line, column, call.callee, function.qualname, target.id, line)


def _body(index: Index, function: Node) -> Iterator[ast.AST]:
    """Nodes below the header of a function."""
    tree = _parsed(index, function.path)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _begins(node) == function.line:
            for statement in node.body:
                yield from ast.walk(statement)
            return


def _begins(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


@lru_cache(64)
def _parsed(index: Index, path: str) -> ast.Module | None:
    try:
        return ast.parse(index.tree.read(path).data)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SourceError):
        return None  # what CPython refuses has no holes for us


def _chain(node: ast.AST) -> str:
    """An expression as the graph writes chains; ``""`` where it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _chain(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, ast.Call):
        inner = _chain(node.func)
        return f"{inner}()" if inner else ""
    return ""
