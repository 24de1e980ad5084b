"""Sentences about what a definition is made of: its members, what it takes, what it returns, the value that a name has by default."""

import ast
from collections.abc import Iterator

from fixbot_agent.asking.answer import Cited, Sentence, counted, listed
from fixbot_agent.asking.ground import Ground, short
from fixbot_analysis.graph import queries
from fixbot_analysis.symbols import Symbol, SymbolKind

_MOST = 40  # members of one answer; the rest is counted
_RETURNS = 12
_DEFAULTS = 12
_HEADER = 1000  # characters of a header, or a docstring's first paragraph
_LONGEST = 160  # characters of an expression
_SHOWN = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.VARIABLE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def members(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002 - the graph's word
    """What stands right in it: of a module its classes, functions and variables, of a class its methods and attributes."""
    path, _, qualname = id.partition("::")
    facts, name, place = ground.facts(path), ground.label(id), ground.place(id)
    found = [s for s in (facts.symbols if facts else ()) if s.qualname and s.parent == qualname and s.kind in _SHOWN]
    found = sorted({s.qualname: s for s in found}.values(), key=lambda s: (_SHOWN.index(s.kind), s.line))
    if not found:
        yield Sentence(f"{name} has no members of its own that are known.", (place,))
        return
    kinds = [counted(n, kind.value) for kind in _SHOWN if (n := sum(s.kind is kind for s in found))]
    yield Sentence(f"{name} has {listed(kinds).replace('classs', 'classes')}.", (place,))
    for symbol in found[:_MOST]:
        doc = f": {_cut(symbol.doc)}" if symbol.doc else "."
        yield Sentence(f"`{symbol.name}` is a {symbol.kind.value}{doc}", (Cited(path, symbol.line),))
    if len(found) > _MOST:
        yield Sentence(f"{len(found) - _MOST} more are not listed.", (place,))


def is_called(ground: Ground, id: str) -> bool:  # noqa: A002
    """Whether it is known how it is called."""
    return ground.is_function(_called(ground, id))


def signature(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """How it is called: its header as it is written; of a class that of its ``__init__``, its own or the nearest inherited one."""
    called = _called(ground, id)
    symbol, name = ground.symbol(called), ground.label(id)
    if symbol is None or not ground.is_function(called):
        yield Sentence(f"{name} is no function, and no `__init__` of it is known.", (ground.place(id),))
        return
    by = "" if called == id else f" by {ground.label(called)}"
    header = short(" ".join(symbol.signature.split()), _HEADER)
    yield Sentence(f"{name} is called{by} as `{header}`.", (ground.place(called),))
    if symbol.doc:
        yield Sentence(f"Its docstring says: {short(' '.join(symbol.doc.split()), _HEADER)}", (ground.place(called),))


def returns(ground: Ground, id: str) -> Iterator[Sentence]:  # noqa: A002
    """What its ``return`` statements give, and what its annotation says."""
    symbol, name, place = ground.symbol(id), ground.label(id), ground.place(id)
    if symbol is None or not ground.is_function(id):
        yield Sentence(f"{name} is no function.", (place,))
        return
    if symbol.returns:
        yield Sentence(f"{name} is annotated to return `{symbol.returns}`.", (place,))
    function = _function(ground, id, symbol)
    if function is None:
        yield Sentence(f"What {name} returns is read in Python only.", (place,))
        return
    nodes = list(_inside(function))
    found = sorted((n for n in nodes if isinstance(n, ast.Return)), key=lambda n: n.lineno)
    if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
        yield Sentence(f"{name} yields: calling it gives a generator.", (place,))
    elif not any(n.value for n in found):
        yield Sentence(f"{name} returns nothing but `None`.", (place,))
    for node in found[: _RETURNS if any(n.value for n in found) else 0]:
        value = _cut(ast.unparse(node.value)) if node.value else "None"
        yield Sentence(f"It returns `{value}`.", (Cited(place.path, node.lineno),))
    if len(found) > _RETURNS and any(n.value for n in found):
        yield Sentence(f"{len(found) - _RETURNS} more `return` statements are not listed.", (place,))


def defaults(ground: Ground, name: str, owner: str) -> Iterator[Sentence]:
    """Effect: reads files. Where `name` has a value by default: as a parameter, an attribute, a variable, or a key of a table; of `owner` alone where that is found."""
    word = name.rpartition(".")[2]
    homes = {each for o in (owner, name.rpartition(".")[0]) if o for each in ground.called(o)}
    paths = {each.partition("::")[0] for each in homes} or ground.index.paths
    told = 0
    for path in sorted(paths, key=lambda p: (queries.in_tests(p), p)):
        tree = ground.tree(path, word)
        found = sorted(_values(tree, word), key=lambda each: (each[2] == "key", each)) if tree is not None else []
        for line, value, what in found:
            facts = ground.facts(path)
            inside = facts.enclosing(line) if facts else None
            where = inside.qualname if inside and inside.qualname else path
            if homes and not any(_lies(each, path, where) for each in homes):
                continue
            told += 1
            if told > _DEFAULTS:
                return
            yield Sentence(f"In `{where}` the {what} `{word}` is `{_cut(value)}` by default.", (Cited(path, line),))


def _lies(home: str, path: str, where: str) -> bool:
    there, _, qualname = home.partition("::")
    return there == path and (not qualname or where == qualname or where.startswith(f"{qualname}."))


def _values(tree: ast.Module, word: str) -> Iterator[tuple[int, str, str]]:
    """Line, value and kind of each place that gives `word` a value for good."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.Lambda):
            yield from _parameters(node.args, word)
        elif isinstance(node, ast.ClassDef | ast.Module):
            for each in node.body:
                targets = (
                    each.targets
                    if isinstance(each, ast.Assign)
                    else [each.target]
                    if isinstance(each, ast.AnnAssign)
                    else []
                )
                value = each.value if isinstance(each, ast.Assign | ast.AnnAssign) else None
                if value is not None and any(isinstance(t, ast.Name) and t.id == word for t in targets):
                    what = "attribute" if isinstance(node, ast.ClassDef) else "variable"
                    yield each.lineno, ast.unparse(value), what
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == word:
                    yield key.lineno, ast.unparse(value), "key"


def _parameters(args: ast.arguments, word: str) -> Iterator[tuple[int, str, str]]:
    plain = [*args.posonlyargs, *args.args]
    pairs = [
        *zip(plain[len(plain) - len(args.defaults) :], args.defaults, strict=True),
        *zip(args.kwonlyargs, args.kw_defaults, strict=True),
    ]
    for arg, value in pairs:
        if arg.arg == word and value is not None:
            yield arg.lineno, ast.unparse(value), "parameter"


def _called(ground: Ground, id: str) -> str:  # noqa: A002
    """What calling it runs: of a class its ``__init__``, or that of the nearest class it inherits from."""
    if ground.kind(id) != SymbolKind.CLASS:
        return id
    from fixbot_analysis.graph import EdgeKind

    waiting, seen = [id], set[str]()
    while waiting:
        here = waiting.pop(0)
        if here in seen:
            continue
        seen.add(here)
        if ground.symbol(f"{here}.__init__") is not None:
            return f"{here}.__init__"
        waiting += ground.edges(here, EdgeKind.INHERITS, outgoing=True)
    return id


def _function(ground: Ground, id: str, symbol: Symbol) -> Function | None:  # noqa: A002
    tree = ground.tree(id.partition("::")[0], symbol.name)
    if tree is None:
        return None
    found = (n for n in ast.walk(tree) if isinstance(n, Function) and n.name == symbol.name)
    return next((n for n in found if symbol.line <= n.lineno <= symbol.end_line), None)


def _inside(function: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            yield node
            yield from _inside(node)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
