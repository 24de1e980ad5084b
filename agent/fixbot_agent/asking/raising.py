"""What a function may raise: its own ``raise`` statements, and those of what it calls that no handler on the way catches."""

import ast
import builtins
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from fixbot_agent.asking.answer import Cited, Sentence, counted, listed
from fixbot_agent.asking.ground import Ground, unique
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import EdgeKind
from fixbot_analysis.symbols import SymbolKind

_DEPTH = 3  # calls that are followed
_UNKNOWN = "?"  # the name of what is raised where its class is not known
_MOST = 20
_LOOKED_AT = 200  # functions


@dataclass(frozen=True, slots=True)
class Raise:
    """An exception by its name as written, the line that raises it, and the line of the call that leads there (None: none)."""

    name: str
    at: Cited
    by: str
    call: Cited | None = None


def raises(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002 - the graph's word
    """What the function raises itself, then what comes through from the functions that it calls, as far as types are known."""
    name, place = ground.label(id), ground.place(id)
    if not place.path.endswith(".py"):
        yield Sentence(f"What {name} raises is followed in Python only.", (place,))
        return
    found = list(_Raises(ground).of(_callable(ground, id), _DEPTH))
    if not found:
        yield Sentence(
            f"No `raise` is reached from {name} that nothing on the way catches, {_DEPTH} calls deep.", (place,)
        )
        return
    kinds = listed(_shown(n) for n in dict.fromkeys(r.name for r in found))
    yield Sentence(f"{name} may raise {kinds}.", (place,))
    for each in dict.fromkeys(found[:_MOST]):
        how = (
            f"It raises {_shown(each.name)}{'' if each.name == _UNKNOWN else ' itself'}"
            if each.call is None
            else f"{ground.label(each.by)} raises {_shown(each.name)}, and no handler of {name} catches it"
        )
        yield Sentence(f"{how}.", unique(([each.call] if each.call else []) + [each.at]))
    if len(found) > _MOST:
        yield Sentence(f"{counted(len(found) - _MOST, 'more statement')} not listed.", (place,))


def raised_names(ground: Ground, id: str) -> tuple[str, ...]:  # noqa: A002
    """Names of the exceptions that may leave the function, its own first."""
    found = dict.fromkeys(r.name for r in _Raises(ground).of(_callable(ground, id), _DEPTH))
    return tuple(name for name in found if name != _UNKNOWN)


def _shown(name: str) -> str:
    return "something whose class is not known" if name == _UNKNOWN else f"`{name}`"


def _callable(ground: Ground, id: str) -> str:  # noqa: A002
    """A class raises what making one of it does."""
    init = f"{id}.__init__"
    return init if ground.kind(id) == SymbolKind.CLASS and ground.node(init) else id


@dataclass(frozen=True, slots=True)
class _Body:
    """What a function's text says: its raises, and for each line the names that handlers around it catch."""

    raised: tuple[tuple[str, int], ...]
    caught: tuple[tuple[int, int, tuple[str, ...]], ...]  # first and last line of a ``try`` body, names; "" catches all

    def catchers(self, line: int) -> tuple[str, ...]:
        return tuple(n for first, last, names in self.caught if first <= line <= last for n in names)


class _Raises:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._bodies: dict[str, _Body] = {}
        self._trees: dict[str, ast.Module | None] = {}

    def of(self, id: str, depth: int, way: tuple[str, ...] = ()) -> Iterator[Raise]:  # noqa: A002
        path = id.partition("::")[0]
        body = self._body(id)
        for name, line in body.raised:
            yield Raise(name, Cited(path, line), id)
        if not depth or id in way or len(self._bodies) > _LOOKED_AT:
            return
        for called, guessed in self._ground.edges(id, EdgeKind.CALLS, outgoing=True).items():
            if guessed or not called.partition("::")[0].endswith(".py"):
                continue
            sites = self._ground.sites(id, called)
            for each in islice(self.of(_callable(self._ground, called), depth - 1, (*way, id)), _MOST):
                open_ = [s for s in sites if not self._is_caught(each.name, body.catchers(s.line), path)]
                if open_:
                    yield Raise(each.name, each.at, each.by, open_[0])

    def _is_caught(self, raised: str, names: tuple[str, ...], path: str) -> bool:
        if not names:
            return False
        kin = {raised.rpartition(".")[2], *self._ancestors(raised, path)}
        return any(n in ("", "Exception", "BaseException") or n.rpartition(".")[2] in kin for n in names)

    def _ancestors(self, raised: str, path: str) -> Iterator[str]:
        """Names of the classes that an exception inherits from, of the project or built in."""
        id_ = self._ground.graph.resolve(raised, path)
        waiting, seen = [id_] if id_ else [], set[str]()
        names = [raised]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            symbol = self._ground.symbol(here)
            names += [here.rpartition("::")[2].rpartition(".")[2], *(symbol.bases if symbol else ())]
            waiting += self._ground.edges(here, EdgeKind.INHERITS, outgoing=True)
        for name in names:
            yield name.rpartition(".")[2]
            built_in = getattr(builtins, name, None)
            if isinstance(built_in, type):
                yield from (cls.__name__ for cls in built_in.__mro__)

    def _body(self, id: str) -> _Body:  # noqa: A002
        if id not in self._bodies:
            function = self._function(id)
            self._bodies[id] = _read(function) if function is not None else _Body((), ())
        return self._bodies[id]

    def _function(self, id: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:  # noqa: A002
        path = id.partition("::")[0]
        if path not in self._trees:
            self._trees[path] = _parsed(self._ground, path)
        tree, symbol = self._trees[path], self._ground.symbol(id)
        if tree is None or symbol is None:
            return None
        functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        return next(
            (f for f in functions if f.name == symbol.name and symbol.line <= f.lineno <= symbol.end_line), None
        )


def _parsed(ground: Ground, path: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(ground.index.tree.read(path).data)
    except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _read(function: ast.FunctionDef | ast.AsyncFunctionDef) -> _Body:
    caught: list[tuple[int, int, tuple[str, ...]]] = []
    found: list[tuple[str, int]] = []
    made = _made(function)
    for node in _inside(function):
        if isinstance(node, ast.Try | ast.TryStar) and node.body:
            names = tuple(n for handler in node.handlers if not _raises_again(handler) for n in _names(handler.type))
            caught.append((node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno, names))
        elif isinstance(node, ast.Raise) and node.exc is not None:
            name = _name(node.exc)
            is_class = name.rpartition(".")[2][:1].isupper()
            bound = isinstance(node.exc, ast.Name) and made.get(name)
            found += [(n, node.lineno) for n in (bound or ((name,) if is_class else (_UNKNOWN,)))]
    body = _Body((), tuple(caught))
    own = [(n, line) for n, line in found if not {"", "Exception", "BaseException", n} & set(body.catchers(line))]
    return _Body(tuple(own), tuple(caught))


def _made(function: ast.AST) -> dict[str, tuple[str, ...]]:
    """The classes whose objects names of a function are bound to: by a call of a class, by a handler."""
    found: dict[str, tuple[str, ...]] = {}
    for node in _inside(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = _name(node.value)
            of = name if name.rpartition(".")[2][:1].isupper() else _UNKNOWN
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = tuple(dict.fromkeys((*found.get(target.id, ()), of)))
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found[node.name] = tuple(dict.fromkeys((*found.get(node.name, ()), *filter(None, _names(node.type)))))
    return found


def _inside(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions and classes in it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield node
            yield from _inside(node)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in _inside(handler))


def _names(type_: ast.expr | None) -> Iterator[str]:
    if type_ is None:
        yield ""
    elif isinstance(type_, ast.Tuple):
        yield from (_name(each) for each in type_.elts)
    else:
        yield _name(type_)


def _name(node: ast.expr) -> str:
    """The dotted name of an exception as it is raised or caught; ``?`` where it has none."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
