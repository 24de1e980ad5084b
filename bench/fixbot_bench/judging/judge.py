"""Is a plausible patch right? It is when it is the reference, or behaves as the reference does on further inputs.

Further inputs: every call that the case's tests make into the repaired files is recorded, its arguments are mutated,
and both versions are called with them. A disagreement, or nothing to compare, is not correct.
"""

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fixbot_repair.candidates.diff import apply, parse
from fixbot_repair.errors import PatchError

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a patch is right, and what that rests on."""

    correct: bool
    how: str


def judge(case: Path, reference: Path, patch: str) -> Judgement:
    """Effect: apply `patch` to a copy of `case` and compare it with the reference's files."""
    with tempfile.TemporaryDirectory(prefix="fixbot-judge-") as scratch:
        patched, fixed = Path(scratch) / "patched", Path(scratch) / "fixed"
        for copy in (patched, fixed):
            shutil.copytree(case, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        shutil.copytree(reference, fixed, dirs_exist_ok=True)
        if not _apply(patched, patch):
            return Judgement(False, "the patch does not apply")
        changed = tuple(p.relative_to(reference).as_posix() for p in sorted(reference.rglob("*.py")))
        if all(_same_program(patched / path, fixed / path) for path in changed):
            return Judgement(True, "the same program as the reference")
        return _compare(patched, fixed, changed)


def _apply(tree: Path, patch: str) -> bool:
    try:
        diffs = parse(patch)
        files = {d.path: (tree / d.path).read_bytes() for d in diffs if (tree / d.path).is_file()}
        for path, data in apply(diffs, files).items():
            (tree / path).unlink(missing_ok=True)
            if data is not None:
                (tree / path).write_bytes(data)
    except PatchError:
        return False
    return True


def _same_program(one: Path, other: Path) -> bool:
    try:
        return ast.dump(ast.parse(one.read_bytes())) == ast.dump(ast.parse(other.read_bytes()))
    except (OSError, SyntaxError):
        return False


def _compare(patched: Path, fixed: Path, changed: tuple[str, ...]) -> Judgement:
    """Effect: run the comparing script, which says how many calls it made and where the versions part."""
    script = Path(__file__).with_name("compare_script.py")
    argv = [sys.executable, str(script), json.dumps([str(patched), str(fixed), list(changed)])]
    try:
        ended = subprocess.run(argv, capture_output=True, check=False, timeout=_SECONDS, text=True, cwd=fixed)
        said = json.loads(ended.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return Judgement(False, "the comparison did not finish")
    calls, parted = int(said["calls"]), said["parted"]
    if parted:
        return Judgement(False, f"differs from the reference: {str(parted)[:300]}")
    return Judgement(
        calls > 0, f"agrees with the reference on {calls} further calls" if calls else "no call to compare"
    )
