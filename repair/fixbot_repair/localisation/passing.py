"""Frames of a traceback that only pass an exception on: they raise again what was caught, or rewrite it, and created nothing."""

import ast
from collections.abc import Callable, Iterator, Sequence

from fixbot_repair.issue_source import parsed

Line = tuple[str, int]
Text = Callable[[str], str]
_EXITS = frozenset({"__exit__", "__aexit__"})
_TRACED = frozenset(
    {"with_traceback", "exc_info", "throw", "athrow"}
)  # what is called on an exception that is there already


class Passing:
    """Asks whether frames pass an exception on; reads each file once. `text` gives what a file holds, "" where it is not known."""

    def __init__(self, text: Text) -> None:
        self.lines: set[Line] = set()  # of all frames asked about those that only passed on
        self._text = text
        self._read: dict[str, _Raises] = {}

    def of(self, frames: Sequence[Line]) -> frozenset[int]:
        """Effect: reads the files of `frames` (the outermost first). Indices of those that pass on what another one raised.

        A line that raises what was caught passes it on wherever it stands. One that is called from an `except` clause does so where it
        raises anything but a call of a class; so does that clause's own line, where nothing below it created the exception.
        """
        found: set[int] = set()
        for n in range(len(frames) - 1, -1, -1):
            path, line = frames[n]
            here = self._of(path)
            below_passes = n + 1 < len(frames) and n + 1 in found
            called_by_handler = n > 0 and frames[n - 1][1] in self._of(frames[n - 1][0]).handled
            again = line in here.again or (called_by_handler and line in here.unmade)
            if again or (below_passes and line in here.handled):
                found.add(n)
        self.lines |= {frames[n] for n in found}
        return frozenset(found)

    def _of(self, path: str) -> "_Raises":
        if path not in self._read:
            self._read[path] = _Raises(self._text(path) if path.endswith(".py") else "")
        return self._read[path]


class _Raises:
    """Lines of one file: `again` raise what was caught, `unmade` raise something else than a new object of a class, `handled` are in `except`."""

    def __init__(self, source: str) -> None:
        self.again: set[int] = set()
        self.unmade: set[int] = set()
        self.handled: set[int] = set()
        for statement in parsed(source):
            self._look(statement, frozenset(), in_exit=False)

    def _look(self, node: ast.AST, caught: frozenset[str], *, in_exit: bool) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            in_exit = getattr(node, "name", "") in _EXITS
            caught = frozenset(a.arg for a in node.args.args[1:]) if in_exit else frozenset()
        elif isinstance(node, ast.ExceptHandler):
            caught |= {node.name} if node.name else set()
            for inside in node.body:
                self.handled |= set(_lines(inside))
        elif isinstance(node, ast.Raise):
            self._raised(node, caught)
        for child in ast.iter_child_nodes(node):
            self._look(child, caught, in_exit=in_exit)

    def _raised(self, node: ast.Raise, caught: frozenset[str]) -> None:
        what = node.exc
        named = {n.id for n in ast.walk(what) if isinstance(n, ast.Name)} if isinstance(what, ast.Name) else set()
        called = (
            {n.func.attr for n in ast.walk(what) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
            if what
            else set()
        )
        if what is None or named & caught or (called & _TRACED and not _makes(what)):
            self.again |= set(_lines(node))
        elif not _makes(what):
            self.unmade |= set(_lines(node))


def _makes(what: ast.expr) -> bool:
    """Whether an expression makes a new exception: it calls, or names, a class (by how it is written), also with a traceback set on it."""
    while isinstance(what, ast.Call) and isinstance(what.func, ast.Attribute) and what.func.attr == "with_traceback":
        what = what.func.value
    called = what.func if isinstance(what, ast.Call) else what
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name.lstrip("_")[:1].isupper()


def _lines(node: ast.stmt) -> Iterator[int]:
    yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
