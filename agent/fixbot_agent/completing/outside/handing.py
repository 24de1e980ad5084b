"""What a function takes under names that only another one says: ``**options`` that it hands on, followed through source."""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from fixbot_agent.completing.cursor.parameters import Parameter, read_parameters
from fixbot_agent.completing.outside.homes import header_of, home_of, source_of
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, External
from fixbot_analysis.index import Index
from fixbot_analysis.installed import Folders
from fixbot_analysis.symbols import SymbolKind

_DEPTH = 3  # functions that hand on, one to the next
_LONGEST = 40_000  # characters of a function that is read

# Of the library, what takes names that its source cannot say: they are an action's, which is chosen while it runs.
_ARGUMENT = "(*flags, action=None, nargs=None, const=None, default=None, type=None, choices=None, required=False, help=None, metavar=None, dest=None)"
_PARSER = (
    "(name, *, help=None, aliases=(), prog=None, usage=None, description=None, epilog=None, parents=(), formatter_class=None,"
    " prefix_chars='-', conflict_handler='error', add_help=True, allow_abbrev=True, exit_on_error=True)"
)
_PARSERS = "(*, title=None, description=None, prog=None, parser_class=None, action=None, dest=None, required=False, help=None, metavar=None)"
HIDDEN = {
    "add_argument": ("argparse.", _ARGUMENT), "add_parser": ("argparse.", _PARSER), "add_subparsers": ("argparse.", _PARSERS),
    "add_argument_group": ("argparse.", "(title=None, description=None, *, conflict_handler=None)"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Function:
    """A function's source, from ``def`` on, and where its names are looked up: a file of the project, or a module outside; `cls` is its class."""

    source: str
    where: str
    is_ours: bool
    cls: str = ""


def hidden(name: str) -> str:
    """The header of a function of the library that does not say it itself; "" of all others."""
    module, header = HIDDEN.get(name.rpartition(".")[2], ("", ""))
    return header if module and name.startswith(module) else ""


class Handing:
    """Follows functions of the project that `index` holds and of `packages`."""

    def __init__(self, index: Index, resolver: Resolver, packages: Folders) -> None:
        self._index, self._resolver, self._packages = index, resolver, packages

        self._is_whole = True

    def of_definition(self, called: Definition) -> tuple[tuple[Parameter, ...], bool]:
        """Effect: reads source. What a function of the project takes beside what its header says, and whether that is all."""
        return self._of(self._ours(called))

    def of_name(self, name: str) -> tuple[tuple[Parameter, ...], bool]:
        """Effect: reads source. The same of a function or class from outside."""
        return self._of(self._outside(name))

    def _of(self, function: Function | None) -> tuple[tuple[Parameter, ...], bool]:
        self._is_whole = function is not None
        found = tuple(self._handed(function, _DEPTH)) if function else ()
        return found, self._is_whole

    def _handed(self, function: Function, depth: int) -> Iterator[Parameter]:
        parsed = _parsed(function.source)
        if parsed is not None and parsed.args.kwarg is None:
            return
        calls = list(_calls(parsed)) if parsed and depth else []
        if parsed is None or not calls:
            self._is_whole = False
            return
        own = {each.arg for each in (*parsed.args.posonlyargs, *parsed.args.args, *parsed.args.kwonlyargs)}
        for name in _taken(parsed):
            if name not in own:
                own.add(name)
                yield Parameter(name, is_placed=False)
        for call, hands_places in calls:
            given = {each.arg for each in call.keywords if each.arg}
            placed = sum(not isinstance(each, ast.Starred) for each in call.args)
            targets = list(self._targets(call.func, parsed, function))
            self._is_whole = self._is_whole and bool(targets)
            for target in targets:
                header = header_of(target.source)
                takes = read_parameters(header, skips=int(bool(target.cls) and not _is_static(target)))[placed:]
                more = (*takes, *self._handed(target, depth - 1))
                for each in more:
                    if each.is_named and each.name not in given and each.name not in own:
                        own.add(each.name)
                        yield each if hands_places else replace(each, is_placed=False)

    def _targets(
        self, called: ast.expr, parsed: ast.FunctionDef | ast.AsyncFunctionDef, function: Function
    ) -> Iterator[Function]:
        match called:
            case ast.Name(id=name):
                for written in _meanings(name, parsed):
                    if found := self._named(written, function):
                        yield found
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=method):
                yield from self._of_bases(function, method)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=method) if function.cls:
                if found := self._method(function, method):
                    yield found
            case ast.Attribute():
                if found := self._named(ast.unparse(called), function):
                    yield found

    def _named(self, written: str, function: Function) -> Function | None:
        if not function.is_ours:
            return self._outside(f"{function.where}.{written}")
        value = self._resolver.evaluate(function.where, "", written)
        if isinstance(value, Definition):
            return self._ours(value)
        return self._outside(value.name) if isinstance(value, External) and not value.made else None

    def _method(self, function: Function, method: str) -> Function | None:
        if function.is_ours:
            value = self._resolver.evaluate(function.where, "", f"{function.cls}.{method}")
            return self._ours(value) if isinstance(value, Definition) else None
        return self._outside(f"{function.where}.{function.cls}.{method}")

    def _of_bases(self, function: Function, method: str) -> Iterator[Function]:
        if not function.is_ours:
            found = home_of(f"{function.where}.{function.cls}", self._packages)
            for base in found.bases if found else ():
                if target := self._outside(f"{function.where}.{base}.{method}"):
                    yield target
                    return
            return
        cls = self._resolver.evaluate(function.where, "", function.cls)
        if not isinstance(cls, Definition):
            return
        for owner in self._resolver.order(cls)[1:]:
            symbols = self._resolver.scope(owner.path).facts.symbols
            if symbol := next((s for s in symbols if s.qualname == f"{owner.symbol.qualname}.{method}"), None):
                if target := self._ours(Definition(owner.path, symbol)):
                    yield target
                return
        for value in self._resolver.outside(cls):
            if isinstance(value, External) and (target := self._outside(f"{value.name}.{method}")):
                yield target
                return

    def _ours(self, called: Definition) -> Function | None:
        symbol = called.symbol
        if symbol.kind is SymbolKind.CLASS:
            maker = self._resolver.member(called, "__init__")
            if isinstance(maker, External):
                return self._outside(maker.name)
            return self._ours(maker) if isinstance(maker, Definition) and not maker.is_class else None
        try:
            data = self._index.tree.read(called.path).data
        except SourceError:
            return None
        source = data[symbol.span.start : symbol.span.end].decode("utf-8", "replace")
        cls = symbol.parent if symbol.kind is SymbolKind.METHOD else ""
        return Function(source, called.path, True, cls)

    def _outside(self, name: str) -> Function | None:
        found = home_of(name, self._packages)
        if found is None:
            return None
        if found.is_class:
            return self._outside(f"{name}.__init__")
        return Function(source_of(found), found.module, False, found.cls)


@lru_cache(64)
def _parsed(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    if len(source) > _LONGEST:
        return None
    try:
        body = ast.parse(textwrap.dedent(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return next((node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)


def _calls(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.Call, bool]]:
    """Calls that are handed the ``**`` of a function, and whether they are handed its ``*`` too."""
    named = function.args.kwarg.arg if function.args.kwarg else ""
    placed = function.args.vararg.arg if function.args.vararg else ""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and any(k.arg is None and _is_name(k.value, named) for k in node.keywords):
            yield node, any(isinstance(each, ast.Starred) and _is_name(each.value, placed) for each in node.args)


def _taken(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Names that a function takes out of its ``**`` itself: ``options.pop("name")``, ``options["name"]``."""
    named = function.args.kwarg.arg if function.args.kwarg else ""
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=held), attr="pop" | "get"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield from (name,) if held == named else ()
            case ast.Subscript(value=ast.Name(id=held), slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                yield from (name,) if held == named else ()


def _meanings(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Names that a name called in `function` may stand for: what is assigned to it there, else itself."""
    values = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(_is_name(target, name) for target in node.targets)
    ]
    written = [part.id for value in values for part in _parts(value) if part.id != name]
    yield from dict.fromkeys(written) if values else (name,)


def _parts(value: ast.expr) -> Iterator[ast.Name]:
    """Names that a value may be: ``a or b``, ``a if c else b``."""
    match value:
        case ast.Name():
            yield value
        case ast.BoolOp(values=values):
            yield from (part for each in values for part in _parts(each))
        case ast.IfExp(body=one, orelse=other):
            yield from (*_parts(one), *_parts(other))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_static(function: Function) -> bool:
    return "@staticmethod" in function.source.partition("def ")[0]
