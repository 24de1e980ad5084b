"""The kernel's calls that Python does not offer, through ctypes; nothing here decides anything."""

import ctypes
import os
import sys

# The newer calls have one number on every architecture.
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_MOUNT_SETATTR = 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_CAPSET = {"x86_64": 126, "aarch64": 91}

NEW_NS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
ALL_NAMESPACES = NEW_USER | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS | NEW_CGROUP  # and mounts, later: build_root

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
_AT_RECURSIVE, _AT_FDCWD = 0x8000, -100

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_SECUREBITS, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 28, 36, 38, 47
_SECCOMP_SET_FILTER, _SECCOMP_NEW_LISTENER, _AMBIENT_CLEAR_ALL = 1, 8, 4
_NOROOT_AND_LOCKED = 0b101111  # NOROOT, NO_SETUID_FIXUP and KEEP_CAPS' locks

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """The architecture as uname says it."""
    return os.uname().machine


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _syscall(what: str, number: int, *arguments: int | bytes | None) -> int:
    passed = [ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *passed), what)


def _prctl(what: str, option: int, *arguments: int) -> None:
    passed = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(_libc.prctl(ctypes.c_int(option), *passed), what)


def unshare(flags: int) -> None:
    """Effect: move this process (its children, for processes) into namespaces of its own."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Effect: attach what `source` names to the folder or file `target`. `kind` is a file system's name."""
    arguments = (os.fsencode(source), os.fsencode(target), kind.encode() if kind else None)
    done = _libc.mount(*arguments, ctypes.c_ulong(flags), options.encode() if options else None)
    _checked(done, f"mount {target}")


def set_mount_attributes(target: str, attributes: int, recursive: bool = True) -> None:
    """Effect: set (never clear) attributes of a mount and of those below it. Linux 5.12."""
    record = b"".join(v.to_bytes(8, sys.byteorder) for v in (attributes, 0, 0, 0))
    flags = _AT_RECURSIVE if recursive else 0
    _syscall(f"mount_setattr {target}", _MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), flags, record, len(record))


def unmount(target: str) -> None:
    """Effect: detach a mount and all below it."""
    _checked(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Effect: make the mount `new` the root, and put the old one at `old`."""
    _syscall("pivot_root", _PIVOT_ROOT[machine()], new.encode(), old.encode())


def set_hostname(name: str) -> None:
    """Effect: name this UTS namespace."""
    _checked(_libc.sethostname(name.encode(), ctypes.c_size_t(len(name))), "sethostname")


def raise_loopback() -> None:
    """Effect: bring `lo` of this network namespace up."""
    import fcntl

    up_and_running, set_flags = 0x41, 0x8914
    fd = _checked(_libc.socket(2, 2 | 0o2000000, 0), "socket")
    try:
        fcntl.ioctl(fd, set_flags, b"lo".ljust(16, b"\0") + up_and_running.to_bytes(2, sys.byteorder) + bytes(22))
    finally:
        os.close(fd)


def die_with_parent() -> None:
    """Effect: SIGKILL for this process when the thread that forked it ends."""
    _prctl("pdeathsig", _PR_SET_PDEATHSIG, 9)


def hide_memory() -> None:
    """Effect: others of the same user may no longer read this process's memory and environment."""
    _prctl("dumpable", _PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Effect: descendants whose parent ends become this process's children."""
    _prctl("subreaper", _PR_SET_CHILD_SUBREAPER, 1)


def no_new_privileges() -> None:
    """Effect: set-uid programs and file capabilities give nothing from here on."""
    _prctl("no_new_privs", _PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Effect: give up every capability, for good: bounding set, ambient set, and what uid 0 would get at exec."""
    _attempt(_PR_SET_SECUREBITS, _NOROOT_AND_LOCKED)  # needs CAP_SETPCAP, as the bounding set does
    _attempt(_PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL)
    for capability in range(64):
        if not _attempt(_PR_CAPBSET_DROP, capability):
            break
    version_3 = (0x20080522).to_bytes(4, sys.byteorder) + bytes(4)
    _syscall("capset", _CAPSET[machine()], version_3, bytes(24))


def _attempt(option: int, argument: int) -> bool:
    try:
        _prctl("prctl", option, argument)
    except OSError:
        return False
    return True


def default_signals() -> None:
    """Effect: undo what Python ignores at start-up (SIGPIPE, SIGXFSZ), which exec would hand on."""
    for number in (13, 25):
        _libc.signal(number, ctypes.c_void_p(0))


def install_seccomp(program: bytes, listen: bool) -> int:
    """Effect: confine this process to the classic BPF `program` (8 bytes an instruction). Needs no_new_privs.

    Returns the descriptor on which the program's questions arrive when there is to be one, else 0.
    """
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    record = Program(len(program) // 8, ctypes.addressof(buffer))
    flags = _SECCOMP_NEW_LISTENER if listen else 0
    return _syscall("seccomp", _SECCOMP[machine()], _SECCOMP_SET_FILTER, flags, ctypes.addressof(record))


def landlock_abi() -> int:
    """Effect: ask the kernel for its Landlock ABI; 0 where there is none or it is switched off."""
    try:
        return _syscall("landlock", _LANDLOCK_CREATE, None, 0, 1)
    except OSError:
        return 0


def landlock_ruleset(files: int, network: int, scopes: int, abi: int) -> int:
    """Effect: make a ruleset that handles these rights; returns its descriptor. The record grew with the ABI."""
    record = b"".join(v.to_bytes(8, sys.byteorder) for v in (files, network, scopes))
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    return _syscall("landlock ruleset", _LANDLOCK_CREATE, record[:size], size, 0)


def landlock_allow(ruleset: int, rights: int, folder: int) -> None:
    """Effect: allow `rights` on the opened `folder` (or file) and below."""
    record = rights.to_bytes(8, sys.byteorder) + folder.to_bytes(4, sys.byteorder)
    _syscall("landlock rule", _LANDLOCK_ADD, ruleset, 1, record, 0)


def landlock_restrict(ruleset: int) -> None:
    """Effect: confine this process and its children to `ruleset`. Needs no_new_privs."""
    _syscall("landlock restrict", _LANDLOCK_RESTRICT, ruleset, 0)
