"""Patches that only catch the error that an issue reports: where nothing but its absence is demanded, that proves little."""

import ast
import builtins
from collections import Counter
from collections.abc import Mapping

from fixbot_agent.solving.reproducing.reproduction import error_name
from fixbot_agent.solving.scene import Scene
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates import Candidate
from fixbot_repair.issue_source import parsed

_ENDS = ("::test_example_", "::test_crash_")  # tests of an issue that demand only that its error does not come
_LEAVING = (ast.Pass, ast.Continue, ast.Break, ast.Return, ast.Assign, ast.AnnAssign)


def only_silences(scene: Scene, candidate: Candidate) -> bool:
    """Effect: reads the changed files. Whether all that is demanded is that an error does not come, and the patch catches it and goes on."""
    case = scene.case
    failing = [test for test in case.failing if test in case.labels]
    if case.issue is None or not failing or len(failing) < len(case.failing):
        return False
    if not all(any(kind in test for kind in _ENDS) for test in failing):
        return False
    names = _caught_by(error_name(case.issue.error))
    try:
        after = scene.verifier.contents(candidate.patch)
        before = {path: scene.ground.workspace.original(path) for path in after}
    except FixbotError:
        return False
    return bool(_silencing(after, names) - _silencing(before, names))


def _silencing(contents: Mapping[str, bytes | None], names: frozenset[str]) -> Counter[str]:
    """The clauses that catch an error of these `names` and only go on, as text."""
    found: Counter[str] = Counter()
    for path, data in contents.items():
        if data is None or not path.endswith(".py"):
            continue
        for statement in parsed(decode(path, data).text):
            found.update(ast.unparse(node) for node in ast.walk(statement) if _silences(node, names))
    return found


def _silences(node: ast.AST, names: frozenset[str]) -> bool:
    if isinstance(node, ast.withitem):
        call = node.context_expr
        is_call = isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "suppress"
        return is_call and isinstance(call, ast.Call) and any(_name(each) in names for each in call.args)
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type else []
    catches = not kinds or any(_name(kind) in names for kind in kinds)
    calls = any(isinstance(inner, ast.Call | ast.Raise) for each in node.body for inner in ast.walk(each))
    return catches and not calls and all(isinstance(each, _LEAVING) for each in node.body)


def _name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _caught_by(error: str) -> frozenset[str]:
    """The names of the classes by which an error of this name is caught, as far as they are built in."""
    known = getattr(builtins, error, None)
    bases = (
        known.__mro__ if isinstance(known, type) and issubclass(known, BaseException) else (Exception, BaseException)
    )
    return frozenset({error, *(base.__name__ for base in bases)}) - {"object"}
