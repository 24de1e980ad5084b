"""Is a patch of a whole project right? It is when calls from outside behave as with the reference, whatever place was mended.

The other judge loads the repaired files alone and calls their top-level functions, which packages and methods do not allow.
Here both trees are whole projects: the calls that the tests make into the project from outside, and that enter a function
which the patch or the reference changed, are recorded, and made again in each tree, in a process of its own, with their
arguments and with one of these changed. Where the reference raises on a changed argument, nothing is promised.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import fixbot_bench
from fixbot_bench.judging.judge import Judgement, apply_patch

NOTHING = "no call to compare that shows the fault"
_SECONDS = 120.0  # a process may take
_SCRIPT = Path(__file__).with_name("replay_script.py")

Did = Mapping[
    tuple[int, int], tuple[str, str | None]
]  # (call, change; 0: none) -> the call as text, what it did (None: too long)


def judge_whole(case: Path, reference: Path, patch: str, tests: Sequence[str] = ()) -> Judgement:
    """Effect: run `tests` (all of them where there are none) in copies of `case`, one patched, one with the files of `reference`."""
    with tempfile.TemporaryDirectory(prefix="fixbot-judge-") as scratch:
        patched, fixed, calls = (Path(scratch) / name for name in ("patched", "fixed", "calls"))
        for copy in (patched, fixed):
            shutil.copytree(case, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"), symlinks=True)
        shutil.copytree(reference, fixed, dirs_exist_ok=True)
        if not apply_patch(patched, patch):
            return Judgement(False, "the patch does not apply")
        wanted = sorted({*_changed(case, fixed, _python(reference)), *_changed(case, patched, _python(case))})
        if not _ran(fixed, "record", str(calls), json.dumps(wanted), json.dumps(list(tests))) or not calls.is_file():
            return Judgement(False, "the reference's calls could not be recorded")
        did = [_replayed(tree, calls) for tree in (fixed, fixed, case, patched)]
        if any(each is None for each in did):
            return Judgement(False, "the comparison did not finish")
        return compared(*filter(None, did)) if all(did) else Judgement(False, NOTHING)


def compared(one: Did, again: Did, broken: Did, ours: Did) -> Judgement:
    """What two runs of the reference, one of the broken program and one of the patched one come to.

    Calls that the reference answers differently, or that a program had no time for, are left out. Agreement says something
    only where at least one call parts the reference from the broken program.
    """
    count = telling = 0
    for key, (call, expected) in one.items():
        is_open = key[1] and (expected or "").startswith("raises ")
        if expected is None or again.get(key) != (call, expected) or is_open or key not in ours:
            continue
        count += 1
        telling += broken.get(key, ("", None))[1] != expected
        if (actual := ours[key][1]) != expected:
            return Judgement(False, f"differs from the reference: {call}: {actual} != {expected}"[:400])
    if not telling:
        return Judgement(False, NOTHING)
    return Judgement(True, f"agrees with the reference on {count} calls, of which {telling} show the fault")


def _python(tree: Path) -> tuple[str, ...]:
    return tuple(p.relative_to(tree).as_posix() for p in sorted(tree.rglob("*.py")))


def _changed(before: Path, after: Path, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Functions, as (path, qualified name), that differ; name ``""`` where something outside of functions does."""
    for path in paths:
        old, new = (place.read_bytes() if (place := tree / path).is_file() else b"" for tree in (before, after))
        if old != new:
            one, other = dict(_functions(old)), dict(_functions(new))
            names = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
            yield from ((path, name) for name in names)


def _functions(source: bytes) -> Mapping[str, str]:
    """Qualified name -> what the function is; what stands outside of functions under ``""``."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}
    found: dict[str, str] = {}
    todo: list[tuple[str, ast.AST]] = [("", tree)]
    while todo:
        prefix, node = todo.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                found[prefix + child.name] = ast.dump(child)
                child.body = []
            elif isinstance(child, ast.ClassDef):
                todo.append((f"{prefix}{child.name}.", child))
    return {**found, "": ast.dump(tree)}


def _replayed(tree: Path, calls: Path) -> Did | None:
    out = calls.with_name("did")
    out.unlink(missing_ok=True)
    if not _ran(tree, "replay", str(calls), str(out)) or not out.is_file():
        return None
    return {(number, change): (call, did) for number, change, call, did in json.loads(out.read_text())}


def _ran(tree: Path, *arguments: str) -> bool:
    """Effect: run the script in `tree`; whether it came to its end."""
    ours = str(Path(fixbot_bench.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": ours, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    argv = [sys.executable, "-P", str(_SCRIPT), *arguments]
    try:
        ended = subprocess.run(
            argv, cwd=tree, env=environment, capture_output=True, check=False, timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
