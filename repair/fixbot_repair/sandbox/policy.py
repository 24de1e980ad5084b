"""The seam: what a command may do, and what a back end must offer to run it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Promise(StrEnum):
    """What a back end keeps; the same test case proves each promise for every back end that makes it."""

    NO_NETWORK = "no network"  # TCP, UDP, DNS, localhost of the host, abstract and path unix sockets
    READS_CONFINED = "reads confined"  # only Policy.readable, the system's folders and the work folder
    WRITES_CONFINED = "writes confined"  # only the work folder and a private /tmp
    PROCESSES_HIDDEN = "processes hidden"  # the host's processes are neither seen nor signalled
    ALL_ENDED = "all ended"  # no process outlives the command, setsid or not
    RESOURCES_BOUNDED = "resources bounded"  # CPU, memory, file size, process count, disk, output
    PROTECTS = "protects"  # .git and Policy.protected cannot be changed; what is newly made there is removed and told
    LOCALHOST = "localhost"  # a network of its own: tests may talk to servers that they start
    REBINDS = "rebinds"  # Policy.mount_at is honoured


# What code that nobody vouches for must be held by; the other promises are conveniences.
CONTAINED = frozenset(Promise) - {Promise.REBINDS, Promise.LOCALHOST}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one command. Seconds, bytes, counts."""

    wall_seconds: float = 300.0
    cpu_seconds: float = 300.0  # of each process
    memory_bytes: int = 4 << 30  # address space of each process
    total_memory_bytes: int = 8 << 30  # resident and unshared, of all its processes together; looked at every 0.3 s
    file_bytes: int = 256 << 20  # largest file it may write
    disk_bytes: int = 2 << 30  # by which the work folder and the private /tmp may grow; looked at every 0.3 s
    processes: int = 256
    open_files: int = 1024
    output_bytes: int = 4 << 20  # of stdout and stderr each; the rest is counted and thrown away


@dataclass(frozen=True, slots=True)
class Policy:
    """What one command may see and do.

    `workdir` (on the host) is the only folder it may write to besides a private /tmp. It is seen at `mount_at`
    where the back end keeps :attr:`Promise.REBINDS`, else at `workdir` itself; `protected` are paths relative to it
    that stay read-only (``.git`` always does); callers leave them alone, too, until the command has ended. `readable` are extra host folders, seen at their own paths.
    `environment` is the whole environment: nothing of the host's is added. Another thread that sets `over` ends the command.
    """

    workdir: Path
    mount_at: Path | None = None
    readable: tuple[Path, ...] = ()
    protected: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    cwd: str = "."  # relative to the work folder
    fds: tuple[int, ...] = ()  # inheritable descriptors of the caller that stay open under the same numbers
    over: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended. `returncode` is negative for a signal; `stdout` and `stderr` are cut at the limit.

    `stopped_for` names the limit that ended it (see :class:`Stop`), empty when it ended by itself.
    `tampered` are the protected paths found changed or newly made: the work folder can no longer be believed.
    """

    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    output_cut: bool = False
    stopped_for: str = ""
    tampered: tuple[str, ...] = ()


class Stop(StrEnum):
    """Why a command was ended before its time."""

    WALL = "wall"  # Limits.wall_seconds
    PROCESSES = "processes"  # Limits.processes
    MEMORY = "memory"  # Limits.total_memory_bytes
    DISK = "disk"  # Limits.disk_bytes
    CLOSED = "closed"  # the caller ended it


class Session(Protocol):
    """A long-lived command spoken to over pipes (binary, unbuffered); a context manager that ends everything."""

    def send(self, data: bytes) -> None:
        """Effect: write all of `data` to the command's stdin. Raises SandboxError when it has ended."""
        ...

    def readline(self, timeout: float) -> bytes | None:
        """Effect: return one line of stdout with its LF, ``b""`` at the end, None after `timeout` seconds."""
        ...

    def stop(self) -> None:
        """Effect: ask the command to end; may be called from any thread, and whoever waits for a line gets ``b""``."""
        ...

    def close(self) -> Completed:
        """Effect: end the command and everything it started; returns how it ended. Safe to call twice."""
        ...

    def __enter__(self) -> "Session": ...

    def __exit__(self, *exc: object) -> None: ...


class Sandbox(Protocol):
    """One way to contain a command."""

    name: str  # as reports show it: bwrap, landlock, none

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user must be told when this back end is used: one sentence each."""
        ...

    def promises(self) -> frozenset[Promise]:
        """What this back end keeps on this machine."""
        ...

    def where(self, policy: Policy) -> Path:
        """The path at which the command sees the work folder."""
        ...

    def run(self, argv: Sequence[str], policy: Policy, stdin: bytes = b"") -> Completed:
        """Effect: run `argv` to its end. Raises SandboxError when the sandbox itself cannot be set up."""
        ...

    def spawn(self, argv: Sequence[str], policy: Policy) -> Session:
        """Effect: start `argv` and hand back a session."""
        ...
