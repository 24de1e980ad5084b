"""What a process and all that it started hold and use, from outside (Linux; elsewhere nothing is known and nought is said)."""

import ctypes
import os
import platform
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType

from fixbot_bench.eyes.measuring import memory_of

_LOOK = 0.1  # seconds between two looks at memory
_CALM = 1.0  # seconds of rest that count as rest
_BUSY = 0.04  # share of a core that a process at rest may use
_LOOKS = 8  # in each of them at whether it wants to run
_GLANCE = 0.0005  # seconds between two looks at what runs
_TURNS = 3  # calm spells one after the other
_KCMP, _KCMP_VM = {"x86_64": 312, "aarch64": 272}, 1  # number of the system call, and what it is to compare


def tree_of(pid: int) -> list[int]:
    """Effect: a process and its descendants, as far as they live."""
    found, waiting = list[int](), [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        try:
            tasks = [Path(task.path, "children").read_text().split() for task in os.scandir(f"/proc/{one}/task")]
        except OSError:
            continue
        waiting += [int(child) for children in tasks for child in children]
    return found


def cpu_of(pid: int) -> float:
    """Effect: CPU seconds that a process, its living descendants and its ended children took."""
    total = 0
    for one in tree_of(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / os.sysconf("SC_CLK_TCK")


def memory_shared(pid: int) -> float:
    """Effect: memory of a process tree in MiB, pages that several hold counted once (proportional set size).

    A child that has not begun its own program yet runs in its parent's memory (vfork(2)): that is counted once, too.
    """
    total, counted = 0, list[int]()
    for one in tree_of(pid):
        if any(have_one_memory(one, other) for other in counted):  # asked first: once it has its own, that stays so
            continue
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        counted.append(one)
    return total / 1024


def have_one_memory(one: int, other: int) -> bool:
    """Effect: whether two processes run in the very same memory, as far as the system tells: see kcmp(2)."""
    number = _KCMP.get(platform.machine()) if sys.platform == "linux" else None
    return number is not None and _library().syscall(number, one, other, _KCMP_VM, 0, 0) == 0


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def silent_after(pid: int, began: float, quiet: float, most: float) -> float:
    """Effect: wait until no thread of a process tree has run, or wanted to, for `quiet` seconds; seconds from `began` to the last that did.

    Looks about every millisecond; gives `most` where it does not come to that.
    """
    last = now = began
    before = ran(pid)[0]
    while now - last < quiet and now - began < most:
        total, running = ran(pid)
        now = time.perf_counter()
        last = now if running or total != before else last
        before = total
        time.sleep(_GLANCE)
    return last - began if now - began < most else most


def ran(pid: int) -> tuple[int, bool]:
    """Effect: nanoseconds that all living threads of a process tree were on a processor, and whether one is or waits for it."""
    total, running = 0, False
    for one in tree_of(pid):
        try:
            tasks = [Path(task.path) for task in os.scandir(f"/proc/{one}/task")]
        except OSError:
            continue
        for task in tasks:
            try:
                total += int(Path(task, "schedstat").read_text().split()[0])
                running |= Path(task, "stat").read_text().rpartition(")")[2].split()[0] == "R"
            except (OSError, IndexError):
                continue
    return total, running


def resident() -> float:
    """Effect: the peak of this process's memory in MiB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def at_rest(pid: int, busy: Callable[[], bool], until: float) -> bool:
    """Effect: wait until a process tree hardly uses the processor, does not wait for it, and is not `busy`.

    Whether it came to that before `until` (perf_counter). Where many processes share the processor, to use little of it is not to rest.
    """
    calm, used = 0, cpu_of(pid)
    while time.perf_counter() < until:
        wanted = 0
        for _ in range(_LOOKS):
            time.sleep(_CALM / _LOOKS)
            wanted += ran(pid)[1]
        now = cpu_of(pid)
        calm = calm + 1 if wanted <= 1 and now - used < _BUSY * _CALM and not busy() else 0
        used = now
        if calm >= _TURNS:
            return True
    return False


class Watch:
    """The peak of the memory of a process tree in MiB, looked at ten times a second; a context manager."""

    def __init__(self, pid: int, memory: Callable[[int], float] = memory_of) -> None:
        self.peak = 0.0
        self._memory = memory
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while True:
            self.peak = max(self.peak, self._memory(self._pid))
            if self._over.wait(_LOOK):
                return

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
