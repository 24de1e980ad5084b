"""Inputs on which two patches part, found by CrossHair; none where it is not installed (the extra ``fixbot[crosshair]``).

It runs both versions of a function on symbols (https://crosshair.readthedocs.io/en/latest/diff_behavior.html), in the sandbox and with
fixbot's own interpreter: what does not import there is left alone. Only functions of a module with plain annotated types are asked.
"""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath

from fixbot_repair.checks.tool import own_folders
from fixbot_repair.choosing.behaviour import Calls, Made
from fixbot_repair.sandbox import Limits
from fixbot_repair.verification import Trial, Verifier
from fixbot_repair.workspace import Workspace

SOURCE = "crosshair"
_MOST_PAIRS = 2
_CPU_SECONDS = 3.0  # of one comparison, beside its start
_WALL_SECONDS = 20.0
_START_SECONDS = 10.0  # of CPU, for imports
_PLAIN = frozenset(
    {"int", "str", "bool", "float", "bytes", "None", "list", "List", "tuple", "Tuple", "dict", "Dict", "set", "Set"}
) | {"Optional", "Union", "typing"}
_GIVEN = re.compile(r"^Given: (\(.*\)),?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two versions of one function: the number of a recorded call of it, its module and name, the file, both contents."""

    call: int
    module: str
    name: str
    path: str
    one: bytes
    other: bytes


def is_here() -> bool:
    """Whether CrossHair is installed."""
    return importlib.util.find_spec("crosshair") is not None


def parting(trials: Sequence[Trial], verifier: Verifier, calls: Calls, seconds: float) -> dict[int, tuple[Made, ...]]:
    """Effect: run CrossHair. Inputs on which the first of `trials` parts from one of the next, by the number of a recorded call.

    For at most `seconds` of wall time; the workspace is as it was afterwards.
    """
    if not is_here():
        return {}
    found: dict[int, tuple[Made, ...]] = {}
    for pair in islice(_pairs(trials, verifier, calls), _MOST_PAIRS):
        made = _asked(pair, verifier.workspace, calls, min(_WALL_SECONDS, seconds / _MOST_PAIRS))
        if made is not None and made not in found.get(pair.call, ()):
            found[pair.call] = (*found.get(pair.call, ()), made)
    return found


def _pairs(trials: Sequence[Trial], verifier: Verifier, calls: Calls) -> Iterator[_Pair]:
    """The first of `trials` beside each other one that edits the same function of a module, where its types are plain."""
    contents = [verifier.contents(t.candidate.patch) for t in trials]
    for other in contents[1:]:
        if len(other) == 1 and other.keys() == contents[0].keys():
            ((path, ours), (_, theirs)) = (*contents[0].items(), *other.items())
            name = changed_function(ours, theirs) if ours and theirs else ""
            stem = PurePosixPath(path).stem
            for number, call in enumerate(calls.calls):
                if ours and theirs and call.name == name and call.module.rpartition(".")[2] == stem:
                    yield _Pair(number, call.module, name, path, ours, theirs)
                    break


def changed_function(one: bytes, other: bytes) -> str:
    """The name of the only top-level function that differs, where its parameters are of plain annotated types; else ""."""
    here, there = _functions(one), _functions(other)
    apart = [n for n in here if n in there and ast.dump(here[n]) != ast.dump(there[n])]
    return apart[0] if len(apart) == 1 and all(_is_plain(f[apart[0]].args) for f in (here, there)) else ""


def _functions(source: bytes) -> dict[str, ast.FunctionDef]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return {}
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def _is_plain(arguments: ast.arguments) -> bool:
    """Whether there are parameters, all can be named in a call, and all are annotated with plain types."""
    named = [*arguments.args, *arguments.kwonlyargs]
    if not named or arguments.posonlyargs or arguments.vararg or arguments.kwarg:
        return False
    names = {n for a in named for n in (_names(a.annotation) if a.annotation else {"?"})}
    return names <= _PLAIN


def _names(annotation: ast.expr) -> set[str]:
    found = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
    found |= {n.attr for n in ast.walk(annotation) if isinstance(n, ast.Attribute)}
    texts = any(isinstance(n, ast.Constant) and n.value not in (None, Ellipsis) for n in ast.walk(annotation))
    return found | {"?"} if texts else found


def _asked(pair: _Pair, workspace: Workspace, calls: Calls, seconds: float) -> Made | None:
    """Effect: write both versions side by side, run CrossHair on them, put everything back."""
    folder, stem = PurePosixPath(pair.path).parent, PurePosixPath(pair.path).stem
    beside = f"_fixbot_other_{stem}"
    package = pair.module.rpartition(".")[0]
    other = f"{package}.{beside}" if package else beside
    files: Mapping[str, bytes] = {pair.path: pair.one, str(folder / f"{beside}.py"): pair.other}
    limits = Limits(wall_seconds=seconds, cpu_seconds=int(_START_SECONDS + 2 * _CPU_SECONDS))
    policy = workspace.policy(limits)
    root = str(workspace.sandbox.where(policy))
    inside = ":".join(p for p in calls.path if p == root or p.startswith(f"{root}/"))
    policy = replace(
        policy,
        readable=(*policy.readable, *own_folders()),
        environment={**policy.environment, "PYTHONPATH": inside},
    )
    argv = [
        sys.executable, "-B", "-m", "crosshair", "diffbehavior", "--per_condition_timeout", f"{_CPU_SECONDS:g}",
        "--exception_equivalence", "SAME_TYPE", f"{pair.module}.{pair.name}", f"{other}.{pair.name}",
    ]  # fmt: skip
    try:
        workspace.write(files)
        said = workspace.sandbox.run(argv, policy).stdout
    finally:
        workspace.reset()
    return read(said.decode("utf-8", "replace"))


def read(said: str) -> Made | None:
    """The first input that CrossHair's answer names, where all of its values are literals."""
    given = _GIVEN.search(said)
    if given is None:
        return None
    try:
        call = ast.parse(f"f{given[1]}", mode="eval").body
        if not isinstance(call, ast.Call) or call.args:
            return None
        places = tuple(((1, str(k.arg)), repr(ast.literal_eval(k.value))) for k in call.keywords)
    except (SyntaxError, ValueError):
        return None
    return Made(places, SOURCE, is_whole=True)
