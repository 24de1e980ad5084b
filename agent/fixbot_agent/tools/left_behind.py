"""What a changed definition leaves behind elsewhere: calls that fit its parameters no more, imports of a name that is gone.

It is told, and undoes nothing: a change of many places takes several edits.
"""

import ast
import re
from collections.abc import Iterator

from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.naming import Lines, Naming
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis import signatures
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import Import

_MOST_FILES = 80  # that are read for one changed file
_MOST = 8  # places that are told
_LARGEST = 1 << 20  # bytes of a file that is read
_DYNAMIC = (b"__getattr__", b"globals()", b"import *")  # a module that may have names which nobody sees
_EVERY = Lines(1, 1 << 60)


def left_behind(desk: Desk, path: str, before: bytes, after: bytes) -> list[str]:
    """Effect: reads files that name what changed. In words, with places, what the change of `path` leaves behind in all files.

    `before` and `after` are its contents in UTF-8. Nothing is said of what may still work.
    """
    make = desk.equipment.resolver
    if make is None or not path.endswith(".py"):
        return []
    old, now = (signatures.functions(signatures.parsed(data)) for data in (before, after))
    changed = {name: old[name] for name in old.keys() & now.keys() if _takes(old[name]) != _takes(now[name])}
    is_open = any(word in after for word in _DYNAMIC)
    gone = set() if is_open else _tops(before) - _tops(after)
    if not changed and not gone:
        return []
    try:
        said = list(_said(desk, Naming(desk, make(), path, _EVERY), changed, gone))
    except (FixbotError, Refused, RecursionError):
        return []  # a file on the way cannot be read: nothing is known
    more = [f"… and {len(said) - _MOST} more such places"] if len(said) > _MOST else []
    return [*said[:_MOST], *more]


def _said(desk: Desk, home: Naming, changed: dict[str, signatures.Function], gone: set[str]) -> Iterator[str]:
    words = {_called(name) for name in changed} | gone
    for path, data in _naming(desk, words):
        naming = home if path == home.path else Naming(desk, home.resolver, path, _EVERY)
        for node in ast.walk(signatures.parsed(data)):
            if isinstance(node, ast.Call) and _last(node.func) in words:
                yield from _misfit(naming, node, home.path, changed)
            elif isinstance(node, ast.ImportFrom) and path != home.path:
                yield from _lost(naming, node, home.path, gone)


def _misfit(naming: Naming, call: ast.Call, home: str, changed: dict[str, signatures.Function]) -> Iterator[str]:
    """A call that fitted the function as it was, and does not fit it as it is."""
    aimed = naming.aimed(call)
    if aimed is None or aimed.path != home or aimed.qualname not in changed:
        return
    why = signatures.misfit(aimed.function, call, aimed.is_bound)
    if why and not signatures.misfit(changed[aimed.qualname], call, aimed.is_bound):
        yield f"{naming.path}:{call.lineno}: {ast.unparse(call)[:120]} does not fit {aimed.qualname} any more: {why}"


def _lost(naming: Naming, node: ast.ImportFrom, home: str, gone: set[str]) -> Iterator[str]:
    for alias in node.names:
        each = Import(node.module or "", node.level, alias.name, "", node.lineno)
        if alias.name in gone and naming.resolver.origin(naming.path, each) == home:
            yield f"{naming.path}:{node.lineno}: imports {alias.name} from {home}, where it is no more"


def _naming(desk: Desk, words: set[str]) -> Iterator[tuple[str, bytes]]:
    """Effect: reads files. Python files that hold any of `words`; so many at most."""
    pattern = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(w.encode()) for w in sorted(words)))
    found = 0
    for path in desk.listed():
        if path.endswith(".py") and found < _MOST_FILES and (data := _data(desk, path)) and pattern.search(data):
            found += 1
            yield path, data


def _data(desk: Desk, path: str) -> bytes:
    try:
        data = desk.document(path).data
    except Refused:
        return b""
    return data if len(data) <= _LARGEST else b""


def _takes(function: signatures.Function) -> tuple[object, ...]:
    return tuple(signatures.signature(function).parameters.values())


def _called(qualname: str) -> str:
    """The word by which a function is called: of a class's ``__init__`` its class's."""
    parts = qualname.split(".")
    return parts[0] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _last(callee: ast.expr) -> str:
    return callee.attr if isinstance(callee, ast.Attribute) else callee.id if isinstance(callee, ast.Name) else ""


def _tops(data: bytes) -> set[str]:
    """The names that a module binds, in functions too: whatever may be imported from it."""
    tree = signatures.parsed(data)
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    taken = {a.asname or a.name for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}
    return defined | bound | taken
