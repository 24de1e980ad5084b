"""Why the tests' first run took all the time: whose interpreter, and what of the project may keep it from ending."""

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from fixbot_repair import confined
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.errors import PatchError
from fixbot_repair.issue_source import parsed

_MAKERS = ("Thread", "Timer")
_MOST_NAMED = 3
_NOT_ON_IMPORT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def waiting(python: str, root: Path, paths: Sequence[str]) -> str:
    """Effect: reads the project's files. The clause that follows "the time is over" where the first run of the tests took it."""
    found = threads_at_import(paths, partial(confined.read, root))
    named = ", ".join(found[:_MOST_NAMED])
    thread = (
        f"; {named} starts a thread when it is imported, and the interpreter may end only when that does"
        if found
        else ""
    )
    return (
        f": running the project's tests once took what was left of it, with the interpreter {python};"
        f" --python names another, --test-cmd says how the tests are run{thread}"
    )


def threads_at_import(paths: Sequence[str], read: Callable[[str], bytes]) -> tuple[str, ...]:
    """Where, as path:line, sources of the project start a thread while they are imported; one that is a daemon holds nobody up."""
    found: list[str] = []
    for path in paths:
        if not path.endswith(".py") or is_test(path):
            continue
        try:
            data = read(path)
        except (OSError, PatchError):
            continue
        if b".start(" in data and any(maker.encode() in data for maker in _MAKERS):
            found += (f"{path}:{line}" for line in _started(parsed(data.decode("utf-8", "replace"))))
    return tuple(found)


def _started(body: Sequence[ast.stmt]) -> Iterator[int]:
    threads = set[str]()
    for node in _run(body):
        if isinstance(node, ast.Assign) and _makes_thread(node.value):
            threads |= {ast.unparse(target) for target in node.targets}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "start":
            who = node.func.value
            if _makes_thread(who) or ast.unparse(who) in threads:
                yield node.lineno


def _run(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """What an import runs, in its order: nothing inside of functions, nor what only a script does."""
    for node in body:
        is_script = isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
        if not is_script and not isinstance(node, _NOT_ON_IMPORT):
            yield node
            yield from _run(list(ast.iter_child_nodes(node)))


def _makes_thread(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in _MAKERS:
        return False
    return not any(k.arg == "daemon" and isinstance(k.value, ast.Constant) and k.value.value for k in node.keywords)
