"""Control groups, where this user may make them: for root, whom the kernel's limit on processes does not bind."""

import functools
import itertools
import os
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_SPARE = 4  # the launcher, the first process of the namespace, and bubblewrap's two
_numbers = itertools.count()


def create(processes: int) -> list[Path]:
    """Effect: make a group that holds at most `processes` (threads counted); empty where that is not possible."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not processes:
        return []
    parent = _parent()
    if parent is None:
        return []
    _remove_stale(parent)
    folder = parent / f"fixbot-{os.getpid()}-{next(_numbers)}"
    try:
        folder.mkdir()
        (folder / "pids.max").write_text(str(processes + _SPARE))
    except OSError:
        remove([folder])
        return []
    return [folder]


@functools.cache
def _remove_stale(parent: Path) -> None:
    """Effect: once a process, remove the groups of processes that were killed before they could."""
    remove([g for g in parent.glob("fixbot-*-*") if not Path("/proc", g.name.split("-")[1]).exists()])


def remove(groups: list[Path]) -> None:
    """Effect: remove groups that hold nobody any more."""
    for folder in groups:
        try:
            folder.rmdir()
        except OSError:
            continue


def _parent() -> Path | None:
    """Effect: the folder in which groups that count processes are made: version 1's, or version 2's root."""
    if (_ROOT / "pids" / "cgroup.procs").exists():
        return _ROOT / "pids"
    try:
        controllers = (_ROOT / "cgroup.subtree_control").read_text().split()
    except OSError:
        return None
    return _ROOT if "pids" in controllers else None
