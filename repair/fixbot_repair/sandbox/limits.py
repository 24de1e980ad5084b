"""Resource limits in the kernel's terms."""

import os
from pathlib import Path

from fixbot_repair.sandbox.launcher.spec import Spec
from fixbot_repair.sandbox.policy import Limits


def set_limits(spec: Spec, limits: Limits, own_users: bool) -> None:
    """Effect: looks at the user's processes. Writes `limits` into `spec`; `own_users`: it gets a user namespace."""
    spec.wall_seconds = limits.wall_seconds
    spec.processes = limits.processes
    spec.total_memory_bytes = limits.total_memory_bytes
    spec.disk_bytes = limits.disk_bytes
    spec.rlimits = _rlimits(limits, own_users)


def _rlimits(limits: Limits, own_users: bool) -> list[tuple[int, int, int]]:
    import resource

    cpu = max(1, int(limits.cpu_seconds))
    # The kernel counts the user's processes everywhere; by user namespace only from Linux 5.14 on.
    already = 0 if own_users and linux_version() >= (5, 14) else _tasks_of_user()
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes + already,
        resource.RLIMIT_CORE: 0,
    }
    return [(number, value, value) for number, value in wanted.items()] + [(resource.RLIMIT_CPU, cpu, cpu + 1)]


def linux_version() -> tuple[int, int]:
    """Effect: asks uname. (0, 0) elsewhere."""
    system = os.uname()
    if system.sysname != "Linux":
        return (0, 0)
    major, minor = system.release.split(".")[:2]
    return (int(major), int("".join(c for c in minor if c.isdigit()) or 0))


def _tasks_of_user() -> int:
    """Effect: count the threads of this user's processes, as far as /proc shows them."""
    count, uid = 0, os.getuid()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == uid:
                count += (process / "task").stat().st_nlink - 2
        except OSError:
            continue
    return count
