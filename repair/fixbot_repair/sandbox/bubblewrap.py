"""The back end for machines that have bubblewrap: its namespaces, our filter and limits."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fixbot_repair import programs
from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox import filter as seccomp
from fixbot_repair.sandbox import view
from fixbot_repair.sandbox.launch import MakeFolder
from fixbot_repair.sandbox.launcher.spec import HANDED, Mount, Spec
from fixbot_repair.sandbox.limits import set_limits
from fixbot_repair.sandbox.policy import Completed, Policy, Promise
from fixbot_repair.sandbox.running import Contained

_NOBODY = "65534"
_SHM_BYTES = 256 << 20
_SAYS = b"bwrap: "  # how its own complaints begin


class Bubblewrap(Contained):
    """Runs commands under the program `bwrap` (0.8 or newer: it must be able to refuse nested namespaces)."""

    name = "bwrap"

    def __init__(self, program: str) -> None:
        self.program = program

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bubblewrap) and other.program == self.program

    def __hash__(self) -> int:
        return hash(self.program)

    def promises(self) -> frozenset[Promise]:
        """All of them."""
        return frozenset(Promise)

    def where(self, policy: Policy) -> Path:
        """The path at which the command sees the work folder."""
        return policy.mount_at or Path(os.path.realpath(policy.workdir))

    def spec(self, argv: Sequence[str], policy: Policy, private: MakeFolder) -> Spec:
        """Effect: looks at the host. The launch of bwrap, whose own environment is already the command's."""
        machine = os.uname().machine
        if not seccomp.supported(machine):
            raise SandboxError(f"no system call filter is known for {machine}", "use --sandbox docker")
        target = str(self.where(policy))
        spec = Spec()
        set_limits(spec, policy.limits, own_users=False)
        spec.environment = view.environment(policy, "/tmp/home", "/tmp")  # noqa: S108 - its own
        spec.disk_folders = [os.path.realpath(policy.workdir)]
        spec.clean_groups = spec.guard_devices = os.geteuid() == 0
        spec.handed = seccomp.program(machine, namespaces=True)
        cwd = os.path.normpath(f"{target}/{policy.cwd}")
        spec.argv = [
            self.program, *self.isolation(), "--seccomp", HANDED, *_arguments(view.all_mounts(policy, target)),
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", cwd, "--", *(str(os.fspath(part)) for part in argv),
        ]  # fmt: skip
        return spec

    def settle(self, completed: Completed) -> Completed:
        """What bwrap says, in our terms: it ends like a shell: 128 + signal; and says on stderr what it could not do."""
        code = completed.returncode
        if code == 1 and completed.stderr.startswith(_SAYS):
            complaint = completed.stderr.splitlines()[0].decode("utf-8", "replace")
            if not complaint.startswith("bwrap: execvp "):
                raise SandboxError(f"the sandbox could not be set up: {complaint}", "see 'fixbot doctor'")
            code = 127
        return replace(completed, returncode=128 - code if 128 < code <= 128 + 64 else code)

    def isolation(self) -> list[str]:
        """Options that take things away."""
        who = ["--uid", _NOBODY, "--gid", _NOBODY] if os.geteuid() == 0 else []
        return [
            "--unshare-all", "--unshare-user", "--disable-userns", *who, "--cap-drop", "ALL", "--new-session",
            "--die-with-parent", "--hostname", "sandbox",
        ]  # fmt: skip


def _arguments(mounts: list[Mount]) -> list[str]:
    made = []
    for kind, source, target, text in mounts:
        match kind:
            case "ro":
                made += ["--ro-bind", source, target]
            case "rw":
                made += ["--bind", source, target]
            case "link":
                made += ["--symlink", text, target]
            case "tmpfs":
                size = text.partition("size=")[2].partition(",")[0]
                made += ["--perms", "1777", "--size", size, "--tmpfs", target]
            case "dev":
                shared = f"{target}/shm"
                made += ["--dev", target, "--perms", "1777", "--size", str(_SHM_BYTES), "--tmpfs", shared]
            case _:
                made += [f"--{kind}", target]
    return made


def find(inside: Path | None = None) -> Bubblewrap | None:
    """Effect: look for bwrap on the PATH, outside the project `inside`."""
    program = programs.find("bwrap", inside)
    return Bubblewrap(os.path.realpath(program)) if program else None
