"""What speaks against a patch before anything is run: it answers a test's own value, or copies what is there already."""

import ast
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from textwrap import dedent

from fixbot_repair.candidates.edit import Patch

_COMMON = (0, 1, -1, 2, "", None, True, False)  # values that say nothing about where they come from
_LEAST_STATEMENTS = 4  # of a function that is said to be a copy


def answers_a_test(patch: Patch, before: Callable[[str], bytes], tests: Iterable[bytes]) -> str:
    """The value, as it is written, that the patch compares with and that only a test holds; "" when there is none.

    `before` gives the UTF-8 content of a file before the patch, `tests` are the sources of the failing tests.
    """
    compared = _compared_anew(patch, before)
    if not compared:
        return ""
    held = {_key(node.value) for source in tests for node in _nodes(source) if isinstance(node, ast.Constant)}
    return next((text for text in compared if text in held), "")


def left_unused(patch: Patch, before: Callable[[str], bytes]) -> tuple[str, ...]:
    """Names that the patch leaves bound (a variable, a parameter, what a loop runs over) and that nothing reads any more, but did before."""
    found: dict[str, None] = {}
    for old, new in _versions(patch, before).values():
        now = _names(new)
        for function, (bound, read) in _names(old).items():
            still, reads = now.get(function, (set(), set()))
            found.update(dict.fromkeys(sorted(bound & read & still - reads)))
    return tuple(found)


def reads_lost(patch: Patch, before: Callable[[str], bytes]) -> int:
    """On how many values fewer the edited functions depend: names and attributes that they read before and do not now, less new ones."""
    lost = 0
    for old, new in _versions(patch, before).values():
        was, now = _reads(old), _reads(new)
        changed = [f for f in was if f in now and was[f] != now[f]]
        lost += sum(max(0, len(was[f] - now[f]) - len(now[f] - was[f])) for f in changed)
    return lost


def copies(patch: Patch, before: Callable[[str], bytes], sources: Iterable[tuple[str, bytes]]) -> str:
    """``path:name`` of a function that a function new in this patch repeats under another name; "" when there is none.

    `sources` are (path, UTF-8 content) of the project as it was.
    """
    new = _functions_anew(patch, before)
    if not new:
        return ""
    for path, source in sources:
        for name, body in _functions(source).items():
            if body in new:
                return f"{path}:{name}"
    return ""


def _names(source: bytes) -> dict[tuple[str, int], tuple[set[str], set[str]]]:
    """Names that each function binds with all that is in it, and those that it reads; a function by its name and number of that name."""
    found: dict[tuple[str, int], tuple[set[str], set[str]]] = {}
    for node in _nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = list(ast.walk(node))
            names = [n for n in inner if isinstance(n, ast.Name)]
            own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
            given = {n.arg for n in inner if isinstance(n, ast.arg) and n.arg not in ("self", "cls")}
            filled = {id(n) for n in _filled(inner) if n.id not in given}
            number = sum(name == node.name for name, _ in found)
            read = {n.id for n in names if isinstance(n.ctx, ast.Load) and id(n) not in filled}
            found[node.name, number] = own | given, read
    return found


def _filled(nodes: Iterable[ast.AST]) -> Iterator[ast.Name]:
    """The names among `nodes` to whose values something is only done: ``found.append(x)`` and ``found[k] = x`` read no `found`."""
    for node in nodes:
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            receiver = node.value.func.value
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            receiver = node.value
        else:
            continue
        if isinstance(receiver, ast.Name):
            yield receiver


def idle(patch: Patch, before: Callable[[str], bytes]) -> int:
    """How many expressions the patch adds that say nothing: a value compared, joined or reckoned with itself, constants compared, a variable handed over twice."""
    count = 0
    for old, new in _versions(patch, before).values():
        was, now = Counter(_idle(_nodes(old))), Counter(_idle(_nodes(new)))
        count += (now - was).total()
    return count


def _idle(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        beside = _beside(node)
        fixed = isinstance(node, ast.Compare) and all(isinstance(part, ast.Constant) for part in beside)
        # A loop may well be endless; a branch that is always taken is none.
        fixed |= isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, ast.Constant)
        if fixed or len({ast.dump(part) for part in beside}) < len(beside):
            yield ast.dump(node.test if isinstance(node, ast.If | ast.IfExp) else node)


def _beside(node: ast.AST) -> Sequence[ast.expr]:
    """What stands in an expression beside each other, and seldom twice."""
    match node:
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.BoolOp():
            return node.values
        case ast.BinOp(
            op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Mod() | ast.BitAnd() | ast.BitOr() | ast.BitXor()
        ):
            return [node.left, node.right]
        case ast.Call():
            return [a for a in node.args if isinstance(a, ast.Name)]
    return []


def _reads(source: bytes) -> dict[tuple[str, int], set[str]]:
    """What each function reads: names and chains of attributes, but for what it calls."""
    found: dict[tuple[str, int], set[str]] = {}
    for node in _nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = list(ast.walk(node))
            called = {id(n.func) for n in inner if isinstance(n, ast.Call)}
            within = {id(n.value) for n in inner if isinstance(n, ast.Attribute) and id(n) not in called}
            number = sum(name == node.name for name, _ in found)
            found[node.name, number] = {
                ast.unparse(n)
                for n in inner
                if isinstance(n, ast.Name | ast.Attribute)
                and isinstance(n.ctx, ast.Load)
                and id(n) not in called
                and id(n) not in within
            }
    return found


def _compared_anew(patch: Patch, before: Callable[[str], bytes]) -> list[str]:
    """Constants that the files compare with after the patch and did not hold before."""
    found: dict[str, None] = {}
    for path, (old, new) in _versions(patch, before).items():
        if path in patch.created:
            continue
        known = {_key(n.value) for n in _nodes(old) if isinstance(n, ast.Constant)}
        for node in _nodes(new):
            if isinstance(node, ast.Compare):
                for part in (node.left, *node.comparators):
                    found.update(dict.fromkeys(_values(part), None))
        found = {text: None for text in found if text not in known}
    return list(found)


def _values(node: ast.expr) -> list[str]:
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [_key(n.value) for n in nodes if isinstance(n, ast.Constant) and not _is_common(n.value)]


def _is_common(value: object) -> bool:
    return any(type(value) is type(c) and value == c for c in _COMMON)


def _key(value: object) -> str:
    return repr(value)


def _functions_anew(patch: Patch, before: Callable[[str], bytes]) -> set[str]:
    """The bodies of functions that are there after the patch and were not before."""
    found: set[str] = set()
    for old, new in _versions(patch, before).values():
        found |= set(_functions(new).values()) - set(_functions(old).values())
    return found


def _functions(source: bytes) -> dict[str, str]:
    """Name -> parameters and body, without names that do not matter; long enough functions only."""
    found = {}
    for node in _nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            if sum(isinstance(n, ast.stmt) for part in body for n in ast.walk(part)) >= _LEAST_STATEMENTS:
                found[node.name] = ast.dump(node.args) + "".join(ast.dump(part) for part in body)
    return found


def _versions(patch: Patch, before: Callable[[str], bytes]) -> dict[str, tuple[bytes, bytes]]:
    """Path -> content before and after, of the Python files that the patch leaves."""
    paths = [p for p in patch.paths if p.endswith(".py") and p not in patch.deleted]
    old = {p: b"" if p in patch.created else before(p) for p in paths}
    try:
        new = patch.apply({p: before(p) for p in patch.paths if p not in patch.created})
    except (ValueError, KeyError):
        return {}
    return {p: (old[p], new[p]) for p in paths}


@lru_cache(maxsize=8)
def _nodes(source: bytes) -> tuple[ast.AST, ...]:
    """All nodes of a source; the file before is asked for again with each patch, the file after by each question."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(ast.walk(ast.parse(dedent(source.decode("utf-8", "replace")))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
