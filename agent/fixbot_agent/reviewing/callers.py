"""Calls that a change leaves behind: a function takes other arguments now, and somebody still passes the old ones."""

import ast
import hashlib
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.reviewing.change import Change
from fixbot_agent.reviewing.comments import Comment, nearest
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import EdgeKind
from fixbot_analysis.index import Index
from fixbot_analysis.signatures import Function, functions, is_open, misfit, parsed, signature
from fixbot_repair.checks import Severity

_MOST = 20  # calls that one comment names


@dataclass(frozen=True, slots=True)
class _Changed:
    """A function or method whose parameters changed, as it was and as it is."""

    path: str
    qualname: str
    old: Function
    new: Function

    @property
    def is_method(self) -> bool:
        """Whether its first argument is given by the call's receiver."""
        return "." in self.qualname

    @property
    def called(self) -> str:
        """The qualified name that callers use: a class for its constructor."""
        return self.qualname.removesuffix(".__init__")

    @property
    def target(self) -> str:
        """The graph's id of what callers use."""
        return f"{self.path}::{self.called}"


def left_behind(change: Change, index: Callable[[], Index]) -> tuple[Comment, ...]:
    """Effect: one comment for each changed function with calls, anywhere, that fitted before and do not now.

    `index` opens the tree at the change's head; it is asked only when a function's parameters changed. Only calls that
    the graph is sure of are looked at, and only what can be told without running: numbers and names of arguments.
    ``*args``, ``**kwargs`` in the call and decorated functions are passed over.
    """
    changed = list(_changed(change))
    if not changed:
        return ()
    callers = _Callers(index(), {c.target for c in changed})
    found = ((c, sorted(callers.misfits(c), key=lambda m: (m[0], m[1].lineno))) for c in changed)
    return tuple(_comment(change, c, calls) for c, calls in found if calls)


class _Callers:
    """The calls of some functions (`targets`, ids of the graph); each file is read and parsed once."""

    def __init__(self, index: Index, targets: Container[str]) -> None:
        self._index = index
        self._parsed: dict[str, tuple[ast.Call, ...]] = {}
        self._sources: dict[str, set[str]] = {}
        for edge in index.graph.edges:
            if edge.target in targets and edge.kind is EdgeKind.CALLS and not edge.guessed:
                self._sources.setdefault(edge.target, set()).add(edge.source)

    def misfits(self, changed: _Changed) -> Iterator[tuple[str, ast.Call]]:
        """Calls of the changed function, with their files, that bound to the old parameters and do not to the new."""
        for source in self._sources.get(changed.target, ()):
            for call in self._calls(source, changed.called.rpartition(".")[2]):
                if not misfit(changed.old, call, changed.is_method) and misfit(changed.new, call, changed.is_method):
                    yield self._index.graph.nodes[source].path, call

    def _calls(self, source: str, name: str) -> Iterator[ast.Call]:
        """Calls of something called `name` in the node `source` itself, whose arguments can all be told."""
        node = self._index.graph.nodes[source]
        said = (c for c in self._index.facts(node.path).calls if c.scope == node.qualname)
        lines = {c.line for c in said if c.callee.rpartition(".")[2] == name}
        for call in self._in_file(node.path):
            if call.lineno in lines and _name(call.func) == name and not is_open(call):
                yield call

    def _in_file(self, path: str) -> tuple[ast.Call, ...]:
        if path not in self._parsed:
            try:
                tree = parsed(self._index.tree.read(path).data)
            except SourceError:
                tree = ast.Module([], [])
            self._parsed[path] = tuple(n for n in ast.walk(tree) if isinstance(n, ast.Call))
        return self._parsed[path]


def _changed(change: Change) -> Iterator[_Changed]:
    origins = {new: old for old, new in change.renamed.items()}
    for path, data in change.after.items():
        before = functions(parsed(change.before.get(origins.get(path, path), b"")))
        for qualname, new in functions(parsed(data)).items():
            old = before.get(qualname)
            if old and not old.decorator_list and not new.decorator_list and signature(old) != signature(new):
                yield _Changed(path, qualname, old, new)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _text(node: ast.AST) -> str:
    try:
        return ast.unparse(node)[:200]
    except RecursionError:
        return "..."  # deeper than anybody would read


def _comment(change: Change, changed: _Changed, calls: Sequence[tuple[str, ast.Call]]) -> Comment:
    line = nearest(changed.new.lineno, change.lines[changed.path])
    now = f"{changed.qualname}({_text(changed.new.args)})"
    told = [f"{path}:{call.lineno}: {_text(call)}" for path, call in calls[:_MOST]]
    more = [f"and {len(calls) - _MOST} more"] if len(calls) > _MOST else []
    return Comment(
        path=changed.path,
        line=line,
        end_line=line,
        kind="correctness",
        message=f"{len(calls)} call{'' if len(calls) == 1 else 's'} fitted before and will raise TypeError with {now}",
        evidence="\n".join([*told, *more]),
        suggestion="",
        fingerprint=hashlib.blake2b(f"{changed.path}\0{now}".encode(), digest_size=8).hexdigest(),
        tool="graph",
        rule="call-left-behind",
        severity=Severity.ERROR,
    )
