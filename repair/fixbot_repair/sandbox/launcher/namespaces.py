"""Namespaces of the command's own: users, processes, network, mounts, and the root folder it sees."""

# Pathlib takes longer to import than the launcher takes to do its work.
# ruff: noqa: PTH102, PTH103, PTH112, PTH120, PTH211
import os

from . import kernel
from .spec import Mount, Spec

_NOBODY = 65534
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_BASE, _NEW, _OLD = "/tmp", "/new", "/old"  # noqa: S108 - any folder that exists everywhere; it is mounted over


def enter(spec: Spec) -> None:
    """Effect: move this process into new namespaces; its next child is the first process of the new process table."""
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(spec.namespaces)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid or _NOBODY} {uid} 1")
    _write("/proc/self/gid_map", f"{gid or _NOBODY} {gid} 1")
    if spec.namespaces & kernel.NEW_NET:
        kernel.raise_loopback()
    kernel.set_hostname("sandbox")


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def guard_devices() -> None:
    """Effect: in mounts of this process's own, make devices read-only: they still take data, but no new mode or owner.

    For bubblewrap, which binds them as it finds them and has no option of its own for it. Needs root.
    """
    kernel.unshare(kernel.NEW_NS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    for name in DEVICES:
        kernel.mount(f"/dev/{name}", f"/dev/{name}", None, kernel.MS_BIND)
        kernel.set_mount_attributes(f"/dev/{name}", kernel.ATTR_RDONLY)


def build_root(mounts: list[Mount]) -> None:
    """Effect: make `mounts` the whole of what this process (the first of its table) sees, and go to its root.

    The mounts are its alone: the supervisor goes on seeing the host's, where it watches the disk.
    """
    kernel.unshare(kernel.NEW_NS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("base", _BASE, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755,size=1m")
    for folder in (_NEW, _OLD):
        os.mkdir(_BASE + folder)
    kernel.pivot_root(_BASE, _BASE + _OLD)
    os.chdir("/")
    kernel.mount("root", _NEW, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755,size=4m")
    for one in mounts:
        _place(one)
    kernel.set_mount_attributes(_NEW, kernel.ATTR_RDONLY, recursive=False)
    kernel.unmount(_OLD)
    os.chdir(_NEW)
    kernel.pivot_root(".", ".")
    kernel.unmount(".")
    os.chdir("/")


def _place(one: Mount) -> None:
    kind, source, target, text = one
    at = _NEW + target
    if kind in {"ro", "rw"}:
        _bind(_OLD + source, at, kind == "ro")
    elif kind == "tmpfs":
        os.makedirs(at, exist_ok=True)
        kernel.mount("tmpfs", at, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, text)
    elif kind == "dir":
        os.makedirs(at, exist_ok=True)
    elif kind == "link":
        os.makedirs(os.path.dirname(at), exist_ok=True)
        os.symlink(text, at)
    elif kind == "proc":
        _mount_proc(at)
    elif kind == "dev":
        _make_dev(at)


def _bind(source: str, at: str, read_only: bool) -> None:
    _make_mount_point(source, at)
    kernel.mount(source, at, None, kernel.MS_BIND | kernel.MS_REC)
    attributes = kernel.ATTR_NOSUID | kernel.ATTR_NODEV | (kernel.ATTR_RDONLY if read_only else 0)
    kernel.set_mount_attributes(at, attributes)


def _make_mount_point(source: str, at: str) -> None:
    if os.path.lexists(at):
        return
    if os.path.isdir(source):
        os.makedirs(at)
        return
    os.makedirs(os.path.dirname(at), exist_ok=True)
    os.close(os.open(at, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o444))


def _mount_proc(at: str) -> None:
    """Where the host's own /proc is partly covered (in containers) a new one is refused: then there is none."""
    os.makedirs(at, exist_ok=True)
    try:
        kernel.mount("proc", at, "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    except PermissionError:
        return


def _make_dev(at: str) -> None:
    os.makedirs(at, exist_ok=True)
    kernel.mount("dev", at, "tmpfs", kernel.MS_NOSUID, "mode=0755,size=64k")
    for name in DEVICES:
        os.close(os.open(f"{at}/{name}", os.O_CREAT | os.O_WRONLY, 0o666))
        kernel.mount(f"{_OLD}/dev/{name}", f"{at}/{name}", None, kernel.MS_BIND)
        # It still takes data, but no longer a new mode or owner.
        kernel.set_mount_attributes(f"{at}/{name}", kernel.ATTR_RDONLY)
    for name, text in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(text, f"{at}/{name}")
    os.mkdir(f"{at}/shm")
    kernel.mount("shm", f"{at}/shm", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=1777,size=256m")
    os.mkdir(f"{at}/pts")
    terminals = "newinstance,ptmxmode=0666,mode=0620"
    kernel.mount("pts", f"{at}/pts", "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, terminals)
    os.symlink("pts/ptmx", f"{at}/ptmx")
    kernel.set_mount_attributes(at, kernel.ATTR_RDONLY, recursive=False)
