"""Taking rights away from the process that becomes the command: limits, Landlock, capabilities, seccomp."""

import os
import resource
import stat

from . import kernel
from .spec import HANDED, Spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Rights over files (uapi/linux/landlock.h), by the ABI that brought them.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << n for n in range(6))
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << n for n in range(6, 13))
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

LOOK = EXECUTE | READ_FILE | READ_DIR
CHANGE = WRITE_FILE | TRUNCATE
MAKE = REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


class NotRunnable(Exception):
    """Raised when the program of a command is missing or cannot be executed."""


def handled(abi: int) -> int:
    """The rights over files that a kernel of this Landlock ABI can deny."""
    count = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    return (1 << count) - 1


def landlock(rules: list[tuple[str, int]], abi: int, own_network: bool) -> None:
    """Effect: allow only `rules` from here on. Paths that are missing or symbolic links are passed over."""
    rights = handled(abi)
    network = _TCP_BIND_AND_CONNECT if abi >= 4 and not own_network else 0
    ruleset = kernel.landlock_ruleset(rights, network, _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0, abi)
    for path, allowed in rules:
        _allow(ruleset, path, allowed & rights)
    kernel.landlock_restrict(ruleset)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return
    try:
        mode = os.fstat(fd).st_mode
        if stat.S_ISLNK(mode):
            return
        kernel.landlock_allow(ruleset, rights if stat.S_ISDIR(mode) else rights & _OF_FILES, fd)
    finally:
        os.close(fd)


def limit(rlimits: list[tuple[int, int, int]]) -> None:
    """Effect: set limits, each no higher than the one this process already has."""
    for number, soft, hard in rlimits:
        present = resource.getrlimit(number)[1]
        most = hard if present == resource.RLIM_INFINITY else min(hard, present)
        resource.setrlimit(number, (min(soft, most), most))


def become_command(spec: Spec, pass_on: "Callable[[int], None]") -> None:
    """Effect: take away all that `spec` says and execute its command. Returns never; raises OSError and NotRunnable.

    `pass_on` gives the supervisor the descriptor on which the filter asks.
    """
    limit(spec.rlimits)
    if os.uname().sysname == "Linux":
        kernel.no_new_privileges()
    if spec.landlock_abi:
        landlock(spec.landlock_rules, spec.landlock_abi, own_network=bool(spec.namespaces & kernel.NEW_NET))
    os.chdir(spec.cwd)
    if spec.drop_capabilities:
        kernel.drop_capabilities()
    kernel.default_signals()
    if spec.seccomp:
        listener = kernel.install_seccomp(spec.seccomp, spec.ask_signals)
        if spec.ask_signals:
            pass_on(listener)
    if spec.handed:
        spec.argv[spec.argv.index(HANDED)] = _hand_over(spec.handed)
    _execute(spec.argv, spec.environment)


def _execute(argv: list[str], environment: dict[str, str]) -> None:
    """Effect: as os.execvpe, which would import a module that can no longer be read by now."""
    why = os.strerror(2)
    folders = [""] if "/" in argv[0] else environment.get("PATH", "").split(":")
    for folder in folders:
        try:
            os.execve(  # noqa: S606 - a command is an argument vector, never a line for a shell
                f"{folder}/{argv[0]}" if folder else argv[0], argv, environment
            )
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            why = str(error.strerror)
    raise NotRunnable(why)


def _hand_over(data: bytes) -> str:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    os.set_inheritable(reading, True)
    return str(reading)
