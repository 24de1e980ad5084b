"""Is a plausible patch right? It is when it is the reference, or behaves as the reference does on further inputs.

Further inputs: every call that the case's tests make into the repaired files is recorded, its arguments are mutated,
and both versions are called with them. A disagreement, or nothing to compare, is not correct.

Where a case has held-out tests, these decide instead: all of them pass on the patched project, in a fresh process.
"""

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fixbot_bench.judging.suite import run_suite
from fixbot_repair.candidates.diff import apply, parse
from fixbot_repair.errors import PatchError

_SECONDS = 1200.0  # by the clock; the script bounds its own CPU time
HELD_OUT = "held_out"  # folder of the tests that the repair never sees


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a patch is right, and what that rests on."""

    correct: bool
    how: str


def judge(case: Path, reference: Path, patch: str, held_out: Path | None = None) -> Judgement:
    """Effect: apply `patch` to a copy of `case` and run the tests of `held_out`, or compare it with the reference's files."""
    with tempfile.TemporaryDirectory(prefix="fixbot-judge-") as scratch:
        patched, fixed = Path(scratch) / "patched", Path(scratch) / "fixed"
        for copy in (patched, fixed):
            shutil.copytree(case, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        shutil.copytree(reference, fixed, dirs_exist_ok=True)
        if not apply_patch(patched, patch):
            return Judgement(False, "the patch does not apply")
        changed = tuple(p.relative_to(reference).as_posix() for p in sorted(reference.rglob("*.py")))
        if all(_same_program(patched / path, fixed / path) for path in changed):
            return Judgement(True, "the same program as the reference")
        if held_out is not None and held_out.is_dir():
            return _hold_out(patched, held_out)
        return _compare(patched, fixed, changed)


def _hold_out(patched: Path, held_out: Path) -> Judgement:
    """Effect: put the held-out tests into the patched tree and run them there."""
    shutil.copytree(held_out, patched / HELD_OUT, ignore=shutil.ignore_patterns("__pycache__"))
    outcome = run_suite(patched, HELD_OUT)
    if outcome.broken:
        return Judgement(False, f"the held-out tests could not be run: {outcome.broken}")
    count = len(outcome.passed) + len(outcome.failed)
    if outcome.failed:
        return Judgement(False, f"{len(outcome.failed)} of {count} held-out tests fail")
    return Judgement(count > 0, f"passes {count} held-out tests" if count else "no held-out test ran")


def apply_patch(tree: Path, patch: str) -> bool:
    """Effect: change the files of `tree` as `patch` says; False, and nothing changed, where it does not fit."""
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
