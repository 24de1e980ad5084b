"""The seccomp filter: a classic BPF program that refuses system calls no test needs and an attack would."""

import errno
import functools
import struct
from collections.abc import Mapping

from fixbot_repair.sandbox.syscalls import AUDIT, NUMBERS

# Linux seccomp(2) and bpf_common.h.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ASK, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x7FC00000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000

_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*, time namespaces included
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_SIGNAL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a way to signal strangers

REFUSED = (
    "acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime", "delete_module", "fanotify_init",
    "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register",
    "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie",
    "memfd_secret", "migrate_pages", "modify_ldt", "mount", "mount_setattr", "move_mount", "move_pages",
    "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree", "open_tree_attr", "perf_event_open",
    "pidfd_getfd", "pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev", "ptrace", "quotactl",
    "quotactl_fd", "reboot", "request_key", "setdomainname", "sethostname", "setns", "settimeofday", "swapoff",
    "swapon", "syslog", "umount2", "unshare", "userfaultfd", "vhangup",
)  # fmt: skip

# Without namespaces, these reach what is not the command's: shared memory and queues of the user's other programs …
_SHARED_WITH_OTHERS = (
    "mq_open", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop", "semtimedop", "shmat",
    "shmctl", "shmget",
)  # fmt: skip
# … and owners, modes and times of every file, which Landlock does not guard: they seem to succeed and do nothing,
# since a copied file without its mode serves most tests better than no copy.
_SEEM_TO_WORK = (
    "chmod", "chown", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "file_setattr", "fremovexattr",
    "fsetxattr", "futimesat", "lchown", "lremovexattr", "lsetxattr", "removexattr", "removexattrat", "setxattr",
    "setxattrat", "utime", "utimensat", "utimes",
)  # fmt: skip
_SIGNALS = ("kill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tgkill", "tkill")


def supported(machine: str) -> bool:
    """Whether a filter can be built for this architecture (as uname names it)."""
    return machine in NUMBERS


@functools.cache
def program(machine: str, namespaces: bool, scopes: bool = True) -> bytes:
    """The program, 8 bytes an instruction in this machine's byte order.

    With `namespaces` of its own a command may open internet, unix and netlink sockets, which reach nothing outside;
    without, no sockets at all but pairs. Where Landlock has no `scopes` for signals either, the launcher is asked about
    each signal. Calls of other architectures kill; `clone3`, whose flags no filter can read, "does not
    exist", and callers fall back to `clone`.
    """
    numbers = NUMBERS[machine]
    code = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, AUDIT[machine]), (_RETURN, 0, 0, _KILL_PROCESS)]
    code.append((_LOAD, 0, 0, _NUMBER_AT))
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32), _refuse()]
    code += _each(numbers, REFUSED, _refuse())
    code += _each(numbers, ("clone3",), _refuse(errno.ENOSYS))
    families = (_UNIX, _INET, _INET6, _NETLINK) if namespaces else ()
    code += _when(numbers["clone"], 0, [(_ANY_BIT, 0, 1, _NEW_NAMESPACES), _refuse(), _allow()])
    code += _when(numbers["socket"], 0, _one_of(families, _allow(), _refuse()))
    code += _when(numbers["socketpair"], 0, _one_of((_UNIX,), _allow(), _refuse()))
    code += _when(numbers["ioctl"], 1, _one_of(_TERMINAL_INJECTION, _refuse(), _allow()))
    code += _when(numbers["prlimit64"], 0, _one_of((0,), _allow(), _refuse()))
    if not namespaces:
        code += _without_namespaces(numbers, scopes)
    code.append(_allow())
    return b"".join(struct.pack("=HBBI", *one) for one in code)


def _without_namespaces(numbers: Mapping[str, int], scopes: bool) -> "list[_Instruction]":
    code = _each(numbers, _SHARED_WITH_OTHERS, _refuse())
    code += _each(numbers, _SEEM_TO_WORK, _refuse(0))
    code += _when(numbers["fcntl"], 1, _one_of(_SIGNAL_OWNERS, _refuse(), _allow()))
    if not scopes:
        code += _each(numbers, ("pidfd_send_signal",), _refuse())
        code += _each(numbers, _SIGNALS, (_RETURN, 0, 0, _ASK))
    return code


_Instruction = tuple[int, int, int, int]


def _allow() -> _Instruction:
    return (_RETURN, 0, 0, _ALLOW)


def _refuse(number: int = errno.EPERM) -> _Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _each(numbers: Mapping[str, int], names: tuple[str, ...], answer: _Instruction) -> list[_Instruction]:
    return [part for name in names if name in numbers for part in ((_EQUAL, 0, 1, numbers[name]), answer)]


def _when(number: int, argument: int, then: list[_Instruction]) -> list[_Instruction]:
    """For one system call: `then`, which returns in every case, with the argument's low half loaded (little endian)."""
    load = (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument)
    return [(_EQUAL, 0, len(then) + 1, number), load, *then]


def _one_of(values: tuple[int, ...], then: _Instruction, otherwise: _Instruction) -> list[_Instruction]:
    tests = [part for value in values for part in ((_EQUAL, 0, 1, value), then)]
    return [*tests, otherwise]
