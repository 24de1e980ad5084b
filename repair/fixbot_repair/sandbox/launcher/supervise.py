"""The process that outlives the command: watches what it uses, and ends everything it started."""

# Pathlib takes longer to import than the launcher takes to do its work.
# ruff: noqa: PTH101, PTH106, PTH108, PTH123, PTH208
import os
import select
import time

from .spec import Spec

_DISK_TICK = 0.3  # seconds between two walks through the folders, at least
_ENTRY = 4096  # bytes that a file or folder counts for at least, so that a million empty files count too


TYPE_CHECKING = False
if TYPE_CHECKING:  # typing and collections.abc take longer to import than the launcher takes to do its work
    from collections.abc import Callable

    Asked = tuple[int, Callable[[int], None]]


class Watch:
    """Bounds that the kernel does not hold by itself. `why()` names the one that was passed, or is empty."""

    def __init__(self, spec: Spec, processes: bool, folders: bool) -> None:
        self._processes = spec.processes if processes else 0
        self._memory = spec.total_memory_bytes if processes else 0
        self._folders = spec.disk_folders if folders and spec.disk_bytes else []
        self._disk = spec.disk_bytes
        self._before = -1
        self._disk_at = 0.0
        self.tick: float = spec.tick

    def why(self) -> str:
        """Effect: look once."""
        if self._processes or self._memory:
            family = descendants()
            if self._processes and len(family) > self._processes:
                return "processes"
            if self._memory and sum(map(_resident, family)) > self._memory:
                return "memory"
        if self._folders and time.monotonic() >= self._disk_at:
            self._disk_at = time.monotonic() + _DISK_TICK
            now = sum(_size(folder) for folder in self._folders)
            if self._before < 0:
                self._before = now
            if now - self._before > self._disk:
                return "disk"
        return ""


def wait(pid: int, watch: Watch, deadline: float, leash: int, asked: "Asked | None" = None) -> str:
    """Effect: wait until the process `pid` has ended (then "" is returned), or until there is a reason to end it:
    "wall" at `deadline` (monotonic seconds), "closed" when `leash` closes, or the watch's.

    `asked` is a descriptor with what to do each time when it can be read.
    """
    poll = select.poll()
    ended = _pidfd(pid)
    for fd in (ended, leash, asked[0] if asked else -1):
        if fd >= 0:
            poll.register(fd, select.POLLIN)
    look_at = time.monotonic() + watch.tick
    while True:
        rest = max(0.0, min(look_at, deadline) - time.monotonic())
        ready = {fd for fd, _ in poll.poll((rest if ended >= 0 else min(rest, 0.01)) * 1000)}
        if asked and asked[0] in ready:
            asked[1](asked[0])
        _reap()
        if pid in _statuses:
            return ""
        if leash in ready:
            return "closed"
        if time.monotonic() >= deadline:
            return "wall"
        if time.monotonic() >= look_at:
            if reason := watch.why():
                return reason
            look_at = time.monotonic() + watch.tick


def exit_code(pid: int) -> int:
    """Effect: wait for the child `pid`; its exit code, negative for a signal."""
    if pid not in _statuses:
        _statuses[pid] = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(_statuses[pid])


_statuses: dict[int, int] = {}  # of children that have ended; orphans come here, too


def _reap() -> None:
    try:
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            _statuses[found[0]] = found[1]
    except ChildProcessError:
        return


def _pidfd(pid: int) -> int:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # not Linux, or older than 5.3: looked at every 10 ms instead
        return -1


def end_all(pid: int) -> None:
    """Effect: kill `pid`, its session's first group, and every descendant of this process, which adopts orphans.

    They are stopped first, again and again until no new one is seen: what is stopped can neither fork nor hide.
    """
    if pid not in _statuses:
        signal(-pid, KILL)
        signal(pid, KILL)
    for _ in range(50):
        running = [p for p in descendants() if _state(p) not in "TtZX"]
        if not running:
            break
        for process in running:
            signal(process, _STOP)
    until = time.monotonic() + _PATIENCE
    while (family := [p for p in descendants() if _state(p) not in "ZX"]) and time.monotonic() < until:
        for process in family:
            signal(process, KILL)
        time.sleep(0.002)


KILL, _STOP = 9, 19
_PATIENCE = 10.0  # seconds for the kernel to end what it was told to


def signal(pid: int, number: int) -> None:
    """Effect: send a signal to a process (or, negative, a group) that may be gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def descendants() -> list[int]:
    """Effect: the processes below this one, read from /proc; empty where there is none."""
    children: dict[int, list[int]] = {}
    for pid in processes():
        if found := fields(pid):
            children.setdefault(int(found[1]), []).append(pid)
    family: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        waiting += (below := children.get(waiting.pop(), []))
        family += below
    return family


def processes() -> list[int]:
    """Effect: the numbers of all processes that /proc shows."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def fields(pid: int) -> list[str]:
    """Effect: the fields of /proc/PID/stat from the state on; the name before them may hold anything."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].decode().split()
    except OSError:
        return []


def _state(pid: int) -> str:
    found = fields(pid)
    return found[0] if found else "X"


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, resident, shared = map(int, file.read().split()[:3])
    except (OSError, ValueError):
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def _size(folder: str) -> int:
    total, waiting = 0, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += max(_ENTRY, entry.stat(follow_symlinks=False).st_blocks * 512)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return total


def remove(folder: str) -> None:
    """Effect: remove a folder and all below it, whatever rights were taken away from it; links are not followed."""
    try:
        os.chmod(folder, 0o700)
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        return
    for entry in found:
        try:
            remove(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)
        except (OSError, RecursionError):  # nested deeper than we go: the caller has rm for that
            continue
    try:
        os.rmdir(folder)
    except OSError:
        return
