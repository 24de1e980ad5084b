"""Figures beside their references, and what a command takes: wall time, CPU and memory of a process with its children."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixbot_bench.errors import DatasetError

_LOOK = 0.02  # seconds between two looks at memory


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: `ours` beside `theirs`, a named reference of the same run (None: there is none); lower is better."""

    name: str
    ours: float
    unit: str
    reference: str
    theirs: float | None

    def row(self) -> dict[str, object]:
        """The figure as it is printed, with their ratio."""
        ratio = round(self.ours / self.theirs, 3) if self.theirs else None
        theirs = round(self.theirs, 5) if self.theirs is not None else None
        return {
            "name": self.name, "ours": round(self.ours, 5), "unit": self.unit, "reference": self.reference,
            "theirs": theirs, "ratio": ratio,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What a process and its children took: seconds of wall time and of CPU (user and system), and the peak of their memory in MiB."""

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str], home: Path) -> Run:
    """Effect: run `command` with a home of its own and look at what it and its children take. Raises DatasetError where it fails."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=_environment(home), stdout=output, stderr=subprocess.STDOUT)
        memory, status, usage = 0.0, 0, None
        while usage is None:
            done, status, found = os.wait4(process.pid, os.WNOHANG)
            usage = found if done else None
            memory = max(memory, memory_of(process.pid))
            time.sleep(_LOOK if usage is None else 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise DatasetError(
                f"{' '.join(command)}: {output.read()[-500:].decode(errors='replace')}", "run it by hand"
            )
    return Run(wall, usage.ru_utime + usage.ru_stime, memory)


def _environment(home: Path) -> dict[str, str]:
    """With bytecode that is kept, as in an installation."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "FIXBOT_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home.parent / "bytecode")}


def memory_of(pid: int) -> float:
    """Effect: resident memory of a process and its children in MiB (Linux; 0 elsewhere, and for one that has ended)."""
    try:
        held = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return held + sum(memory_of(int(child)) for child in children)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Effect: do `work`; the CPU seconds that this process took for it."""
    began = time.process_time()
    work()
    return time.process_time() - began


def wall_seconds(work: Callable[[], object]) -> float:
    """Effect: do `work`; the seconds that went by."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
