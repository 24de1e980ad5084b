"""What trying many versions of a module costs: ours on a verifier's workers, and a whole pytest for each on as many threads."""

import contextlib
import os
import queue
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_bench.errors import DatasetError
from fixbot_bench.trying.mutation import Mutant
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import Runner
from fixbot_repair.verification import Trial, Verdict, Verifier
from fixbot_repair.workspace import Workspace

_SLOW = 15.0  # times what the tests took unchanged, until a run of pytest is ended
_MOMENT = 5.0  # seconds beside that
_TRACE_TELLS = 0.1  # seconds of a test, most of which the trace may have taken


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time and of CPU (all processes) that `count` trials took."""

    count: int
    wall: float
    cpu: float

    def row(self) -> dict[str, object]:
        """The figures as they are printed."""
        return {
            "count": self.count, "seconds": round(self.wall, 2), "cpu_seconds": round(self.cpu, 2),
            "per_second": round(self.count / self.wall, 2), "per_cpu_second": round(self.count / max(self.cpu, 1e-9), 2),
        }  # fmt: skip


def timed(work: Callable[[], int]) -> Cost:
    """Effect: what `work` costs, which returns how many trials it made; children count once they have ended."""
    cpu, began = _cpu(), time.monotonic()
    count = work()
    return Cost(count, time.monotonic() - began, _cpu() - cpu)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def baseline(runner: Runner) -> Feedback:
    """Effect: all tests with traces, slow ones again without, as a repair does. Raises DatasetError where not all of them pass."""
    found = runner.run(trace=True)
    if found.failing or not found.passing:
        failing = ", ".join(found.failing[:3])
        raise DatasetError(
            f"the tests do not pass as they are: {failing or '; '.join(found.problems)}",
            "name another interpreter or project",
        )
    slow = [o.test for o in found.outcomes if o.seconds > _TRACE_TELLS]
    plain = {o.test: o.seconds for o in runner.run(slow).outcomes} if slow else {}
    timed = (replace(o, seconds=min(o.seconds, plain.get(o.test, o.seconds))) for o in found.outcomes)
    return replace(found, outcomes=tuple(timed))


def ours(
    workspace: Workspace, runner: Runner, before: Feedback, module: str, mutants: Sequence[Mutant], workers: int
) -> tuple[Cost, list[Trial], tuple[str, ...]]:
    """Effect: try all of `mutants`; also the trials, in their order, and notes. Starting the workers counts."""
    original = workspace.original(module) or b""
    candidates = [Candidate(Patch.between({module: original}, {module: m.data}), m.name) for m in mutants]
    cpu, began = _cpu(), time.monotonic()
    with Verifier(workspace, runner, before, mending=False, workers=workers) as verifier:
        trials = list(verifier.search_many(candidates))
        # A sandbox's end leaves uncounted what was used inside: it is asked for before.
        used, notes = _cpu() - cpu + _living(os.getpid()), verifier.notes
    return Cost(len(candidates), time.monotonic() - began, used), trials, notes


def _living(pid: int) -> float:
    """Effect: seconds of CPU of all processes below `pid` and of those that they have waited for (Linux; 0 elsewhere)."""
    total = 0.0
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError, IndexError):
            for child in task.read_text().split():
                used = Path(f"/proc/{child}/stat").read_text().rpartition(") ")[2].split()[11:15]
                total += sum(map(int, used)) / os.sysconf("SC_CLK_TCK") + _living(int(child))
    return total


def survives(trial: Trial) -> bool:
    """Whether no test told of it."""
    return trial.verdict is Verdict.PLAUSIBLE


def plain(
    workspace: Workspace, module: str, mutants: Sequence[Mutant], workers: int, python: Path
) -> tuple[Cost, list[bool]]:
    """Effect: ``python -m pytest -x -q`` for each of `mutants`, by as many threads; also which survive.

    Each thread has a clone; bytecode of everything is there beforehand. Endless ones are ended.
    """
    argv = [str(python), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    survived = [False] * len(mutants)
    tasks: queue.SimpleQueue[int] = queue.SimpleQueue()
    clones = [workspace.clone() for _ in range(workers)]
    try:
        began = time.monotonic()
        for clone in clones:
            subprocess.run(argv, cwd=clone.path, capture_output=True, check=False)
        limit = _MOMENT + _SLOW * (time.monotonic() - began) / len(clones)
        for number in range(len(mutants)):
            tasks.put(number)

        def serve(clone: Workspace) -> None:
            while True:
                try:
                    number = tasks.get_nowait()
                except queue.Empty:
                    return
                clone.write({module: mutants[number].data})
                survived[number] = _passes(argv, clone.path, limit)

        def work() -> int:
            threads = [threading.Thread(target=serve, args=(clone,)) for clone in clones]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return len(mutants)

        return timed(work), survived
    finally:
        for clone in clones:
            clone.close()


def _passes(argv: Sequence[str], folder: Path, limit: float) -> bool:
    """Effect: whether the command ends well in time; what it started ends with it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    variables = {**kept, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        argv, cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(limit) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()
