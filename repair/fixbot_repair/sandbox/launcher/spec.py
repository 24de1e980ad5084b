"""What the launcher is told: one flat record, handed over a descriptor."""

import marshal
import os

# How a root is built, in order: (kind, source, target, text).
#   ro, rw     bind `source` of the host at `target`
#   tmpfs      a file system in memory at `target`, `text` are its options
#   dir, link  a folder; a symbolic link to `text`
#   proc, dev  the process table; a minimal /dev
Mount = tuple[str, str, str, str]

HANDED = "@handed"  # in argv, the first becomes the number of a descriptor from which Spec.handed is read


class Spec:
    """Everything one launch needs. Plain values, so that it can be marshalled between two runs of one interpreter."""

    __slots__ = (
        "argv",
        "ask_signals",
        "cgroups",
        "clean_groups",
        "cwd",
        "disk_bytes",
        "disk_folders",
        "drop_capabilities",
        "environment",
        "fds",
        "guard_devices",
        "handed",
        "landlock_abi",
        "landlock_rules",
        "leash_fd",
        "mounts",
        "namespaces",
        "private",
        "processes",
        "rlimits",
        "seccomp",
        "status_fd",
        "tick",
        "total_memory_bytes",
        "wall_seconds",
    )

    def __init__(self) -> None:
        self.argv: list[str] = []
        self.environment: dict[str, str] = {}
        self.cwd = "/"  # as the command sees it
        self.fds: list[int] = []  # stay open in the command
        self.status_fd = -1  # pipe to the caller: lines "exit N", "stopped WHY", "failed TEXT", "missing TEXT"
        self.leash_fd = -1  # pipe from the caller: when it is closed (or the caller dies), everything is ended
        self.wall_seconds = 300.0
        self.rlimits: list[tuple[int, int, int]] = []  # (resource, soft limit, hard limit)
        self.processes = 0  # more are stopped; 0: not watched
        self.total_memory_bytes = 0  # 0: not watched
        self.disk_folders: list[str] = []  # whose growth together is watched
        self.disk_bytes = 0
        self.cgroups: list[str] = []  # folders of control groups to join
        self.clean_groups = False  # give up supplementary groups, which only root can
        self.guard_devices = False  # let nothing change their modes and owners, which root's processes could
        self.private = ""  # folder to remove at the end, in case the caller no longer can
        self.tick = 0.3  # seconds between two looks at processes, memory and disk
        self.namespaces = 0  # CLONE_NEW* flags; 0: none, and `mounts` are not looked at
        self.mounts: list[Mount] = []
        self.landlock_abi = 0  # 0: no Landlock
        self.landlock_rules: list[tuple[str, int]] = []  # (path, rights)
        self.seccomp = b""  # a classic BPF program
        self.ask_signals = False  # the program asks the launcher about each signal
        self.handed = b""  # at most a pipe's capacity
        self.drop_capabilities = False

    def dump(self) -> bytes:
        """The record as bytes."""
        return marshal.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, fd: int) -> "Spec":
        """Effect: read the record from the open file `fd`, which is closed."""
        spec = cls()
        os.lseek(fd, 0, os.SEEK_SET)
        with os.fdopen(fd, "rb") as file:
            values: dict[str, object] = marshal.load(file)  # noqa: S302 - written by our own parent
        for name, value in values.items():
            setattr(spec, name, value)
        return spec
