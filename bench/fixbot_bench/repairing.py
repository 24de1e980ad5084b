"""``fixbot bench repair``: how many small broken projects `fixbot solve` repairs, through its own front door.

``DIR/cases/NAME/`` is a project with failing tests (and an issue.md where there is one); ``DIR/fixed/NAME/`` holds the
reference versions of the files to fix and is used to judge only: the project that is solved never holds it. Where
there is ``DIR/held_out/NAME/``, its tests judge; otherwise the reference's behaviour does: of the repaired files alone,
and of the whole project where these cannot be loaded alone or no function of theirs is called.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from fixbot_bench.errors import DatasetError
from fixbot_bench.faults.replaying import judge_whole
from fixbot_bench.judging.judge import Judgement, judge
from fixbot_bench.runner import Done, Job, Result, Runner
from fixbot_repair import temporary
from fixbot_repair.git.snapshot import create

WITHIN = (1, 2, 5, 10, 30, 60)  # seconds at which the curve is read
UNANSWERED = ("the comparison did not finish", "no call to compare")  # files that cannot be loaded alone, methods
_FORM = "3"  # of a stored result; goes up when it holds more
_GRACE = 60.0  # seconds past --timeout before the process is ended: it has final checks to finish


def find_cases(folder: Path, only: Iterable[str] = ()) -> tuple[Path, ...]:
    """Effect: the case folders below ``folder/cases``, those named in `only` where any are."""
    root = folder / "cases"
    if not root.is_dir():
        raise DatasetError(f"{folder} has no folder 'cases'", "see 'fixbot bench repair --help' for the layout")
    cases = {path.name: path for path in sorted(root.iterdir()) if path.is_dir()}
    if unknown := set(only) - cases.keys():
        raise DatasetError(f"no case named {', '.join(sorted(unknown))}", f"there are {', '.join(cases)}")
    return tuple(path for name, path in cases.items() if not only or name in set(only))


def run(
    folder: Path, cases: Sequence[Path], runner: Runner, timeout: float, solver: Sequence[str]
) -> Mapping[str, object]:
    """Effect: solve and judge every case; `solver` is the command line before ``--repo`` (usually ``fixbot solve``)."""
    jobs = [
        Job(case.name, (_FORM, *solver, str(timeout), digest(case), digest(folder / "fixed" / case.name), digest(folder / "held_out" / case.name)), partial(_work, folder, case, timeout, solver))
        for case in cases
    ]  # fmt: skip
    done = runner.run(jobs, "repairing")
    results = [_row(d) for d in done]
    return {
        "cases": len(results),
        "plausible": sum(row["status"] == "plausible" for row in results),
        "correct": sum(row["correct"] is True for row in results),
        "timeout": timeout,
        "curve": curve(results),
        "results": results,
    }


def curve(results: Sequence[Mapping[str, object]]) -> Mapping[str, Mapping[str, float]]:
    """Share of all cases by seconds of the solver's own clock.

    `found`: when the first plausible candidate was met, of those cases that ended with a patch that got the last word;
    `verified`: when that patch, compared with its rivals and checked in a fresh process, was reported.
    """
    ended = [row for row in results if row["status"] == "plausible"]
    times = {"found": [row.get("found") for row in ended], "verified": [row.get("seconds") for row in ended]}
    return {name: {str(most): _share(known, most, len(results)) for most in WITHIN} for name, known in times.items()}


def _share(seconds: Sequence[object], most: float, cases: int) -> float:
    within = sum(isinstance(s, int | float) and s <= most for s in seconds)
    return round(within / cases, 4) if cases else 0.0


def drawn(document: Mapping[str, object]) -> Iterator[str]:
    """The curve of a document as rows of text, under a row of seconds."""
    rows = cast("Mapping[str, Mapping[str, float]]", document["curve"])
    yield f"{'within seconds':<20} {''.join(f'{most:>7}' for most in WITHIN)}"
    for name, shares in rows.items():
        yield f"{name:<20} {''.join(f'{shares[str(most)]:>7.0%}' for most in WITHIN)}"


def _row(done: Done) -> Mapping[str, object]:
    if done.error:
        return {"case": done.name, "status": "error", "correct": False, "patch": "", "why": done.error}
    return {"case": done.name, **done.result}


def _work(folder: Path, case: Path, timeout: float, solver: Sequence[str], out: Path) -> Result:
    report = solve(case, timeout, solver, out)
    patch = str(report.get("patch") or "")
    seconds = float(cast("float", report.get("seconds") or 0.0))
    trials = int(cast("int", report.get("trials") or 0))
    plausible = report.get("status") == "plausible" and bool(patch)
    verdict = judged(folder, case, report) if plausible else None
    return {
        "status": report.get("status", "error"),
        "correct": verdict.correct if verdict else False,
        "judged": verdict.how if verdict else "",
        "patch": patch,
        "source": report.get("source", ""),
        "seconds": round(seconds, 2),
        "found": next(iter(cast("Sequence[float]", report.get("found") or ())), None),
        "trials": trials,
        "trials_per_second": round(trials / seconds, 2) if seconds else 0.0,
    }


def judged(folder: Path, case: Path, report: Mapping[str, object]) -> Judgement:
    """Effect: the verdict on the report's patch; where the repaired files alone give none, that of the whole project."""
    patch, reference = str(report["patch"]), folder / "fixed" / case.name
    verdict = judge(case, reference, patch, folder / "held_out" / case.name)
    if verdict.how not in UNANSWERED:
        return verdict
    checked = cast("Mapping[str, object]", report.get("verification") or {})
    failed = cast("Sequence[str]", checked.get("failed_before") or ())
    return judge_whole(case, reference, patch, sorted({test.partition("::")[0] for test in failed}))


def solve(case: Path, timeout: float, solver: Sequence[str], out: Path) -> Mapping[str, object]:
    """Effect: let `solver` repair a copy of `case`, a repository of one commit; its report, which is kept in `out` too."""
    with temporary.Folder() as scratch:
        project = scratch.path / case.name
        shutil.copytree(case, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        create(project, "as its users have it")
        return _solve(project, timeout, solver, out)


def _solve(project: Path, timeout: float, solver: Sequence[str], out: Path) -> Mapping[str, object]:
    issue = [str(project / "issue.md")] if (project / "issue.md").is_file() else []
    argv = [*solver, *issue, "--repo", str(project), "--timeout", str(timeout), "--json"]
    try:
        ended = subprocess.run(
            argv, capture_output=True, check=False, timeout=timeout + _GRACE, stdin=subprocess.DEVNULL, cwd=project
        )
    except subprocess.TimeoutExpired:
        return {"status": "error", "seconds": timeout + _GRACE}
    (out / "solve.stderr").write_bytes(ended.stderr)
    (out / "report.json").write_bytes(ended.stdout)
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        return {"status": "error"}
    return report if isinstance(report, dict) else {"status": "error"}


def default_solver() -> tuple[str, ...]:
    """The fixbot that runs this bench, without a model; the cases are trusted, as their owner runs them."""
    return (sys.executable, "-m", "fixbot_agent.cli", "solve", "--no-model", "--trust", "--python", sys.executable)


def digest(folder: Path) -> str:
    """Effect: a hash of the files in a folder, caches aside."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return whole.hexdigest()
