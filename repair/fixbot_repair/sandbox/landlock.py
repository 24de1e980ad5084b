"""The back end that needs nothing installed: namespaces where they are open, Landlock, seccomp, limits."""

import os
from collections.abc import Sequence
from pathlib import Path

from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox import filter as seccomp
from fixbot_repair.sandbox import view
from fixbot_repair.sandbox.launch import MakeFolder
from fixbot_repair.sandbox.launcher import confine, kernel
from fixbot_repair.sandbox.launcher.spec import Spec
from fixbot_repair.sandbox.limits import set_limits
from fixbot_repair.sandbox.policy import CONTAINED, Policy, Promise
from fixbot_repair.sandbox.running import Contained

_LOOK, _CHANGE = confine.LOOK, confine.LOOK | confine.CHANGE
_ALL = _CHANGE | confine.MAKE
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_HARMLESS_PROC = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/uptime", "/proc/loadavg", "/proc/version")
_TRUNCATE_ABI = 3  # before it, a file that may only be read can be cut to nothing
_SCOPES_ABI = 6  # before it, Landlock lets a command signal the user's other processes: then the launcher is asked


class Landlock(Contained):
    """`namespaces`: whether the kernel lets this user have some; `abi`: of Landlock, 0 for none.

    Without namespaces the names, sizes and times of the user's files can be learnt, not what is in them; and a
    folder with something protected in it takes no new entries, since Landlock can grant it only as a whole.
    """

    name = "landlock"

    def __init__(self, namespaces: bool, abi: int) -> None:
        self.namespaces = namespaces
        self.abi = abi

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not work without namespaces."""
        if self.namespaces:
            return ()
        return (
            (
                "this system gives unprivileged users no namespaces: tests cannot talk to servers of their own, use shared "
                "memory or /tmp itself, change modes and times of files, or make new files at the top of the "
                "project; installing bubblewrap may lift that"
            ),
        )

    def promises(self) -> frozenset[Promise]:
        """What this back end keeps on this machine."""
        if self.namespaces:
            return frozenset(Promise)
        kept = CONTAINED if self.abi >= _TRUNCATE_ABI else CONTAINED - {Promise.WRITES_CONFINED}
        return kept if self.abi else frozenset()

    def where(self, policy: Policy) -> Path:
        """The path at which the command sees the work folder."""
        if self.namespaces and policy.mount_at:
            return policy.mount_at
        return Path(os.path.realpath(policy.workdir))

    def spec(self, argv: Sequence[str], policy: Policy, private: MakeFolder) -> Spec:
        """Effect: looks at the host. The launch of `argv`."""
        spec = Spec()
        spec.argv = [str(os.fspath(part)) for part in argv]
        set_limits(spec, policy.limits, own_users=self.namespaces)
        spec.cwd = os.path.normpath(self.where(policy) / policy.cwd)
        spec.drop_capabilities = True
        spec.clean_groups = os.geteuid() == 0
        spec.landlock_abi = self.abi
        machine = os.uname().machine
        if not seccomp.supported(machine):
            raise SandboxError(f"no system call filter is known for {machine}", "use --sandbox bwrap or docker")
        spec.seccomp = seccomp.program(machine, self.namespaces, scopes=self.abi >= _SCOPES_ABI)
        if self.namespaces:
            self._with_namespaces(spec, policy)
        else:
            self._without_namespaces(spec, policy, private())
        return spec

    def _with_namespaces(self, spec: Spec, policy: Policy) -> None:
        target = str(self.where(policy))
        spec.namespaces = kernel.ALL_NAMESPACES
        spec.mounts = view.all_mounts(policy, target)
        spec.environment = view.environment(policy, "/tmp/home", "/tmp")  # noqa: S108 - its own
        spec.disk_folders = [os.path.realpath(policy.workdir)]
        devices = confine.CHANGE | confine.IOCTL_DEV | _LOOK
        spec.landlock_rules = [("/", _LOOK), (target, _ALL), ("/tmp", _ALL), ("/dev", devices), ("/dev/shm", _ALL)]  # noqa: S108

    def _without_namespaces(self, spec: Spec, policy: Policy, private: Path) -> None:
        (private / "home").mkdir()
        work = os.path.realpath(policy.workdir)
        spec.environment = view.environment(policy, str(private / "home"), str(private))
        spec.disk_folders = [work, str(private)]
        spec.ask_signals = self.abi < _SCOPES_ABI
        spec.landlock_rules = [
            *((bind.source, _LOOK) for bind in view.system_folders() if isinstance(bind, view.Bind)),
            *((bind.source, _LOOK) for bind in view.readable(policy)),
            *((path, _LOOK) for path in _HARMLESS_PROC),
            *((path, _CHANGE) for path in _DEVICES),
            (str(private), _ALL),
            *_work_rules(work, view.protected(policy)),
        ]


def _work_rules(work: str, protected: list[str]) -> list[tuple[str, int]]:
    """Rights in the work folder. Landlock grants a folder as a whole and cannot take back what lies below it:
    so a folder that holds something protected is only looked at, and each other entry in it is granted by itself.
    """
    held = {"/".join(name.split("/")[:depth]) for name in protected for depth in range(len(name.split("/")))}
    rules = [(work, _LOOK)]
    for folder in sorted(held):
        at = Path(work, folder)
        if at.is_symlink() or not at.is_dir():
            continue
        for entry in os.scandir(at):
            name = f"{folder}/{entry.name}".lstrip("/")
            if name in protected or name in held or entry.is_symlink():
                continue
            rules.append((entry.path, _ALL))
    return rules


def best() -> Landlock:
    """Effect: asks the kernel. The strongest form to try first."""
    return Landlock(namespaces=True, abi=kernel.landlock_abi())
