"""The launcher's course: read the spec, contain, start the command, watch it, end everything, report."""

# Pathlib takes longer to import than the launcher takes to do its work.
# ruff: noqa: PTH123
import os
import sys
import time

from . import confine, kernel, namespaces, supervise
from .spec import Spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LINUX = sys.platform == "linux"


def main(fd: int) -> None:
    """Effect: run the spec in the open file `fd` to its end; exits, never returns."""
    spec = Spec.load(fd)
    for own in (spec.status_fd, spec.leash_fd):
        os.set_inheritable(own, False)
    try:
        for group in spec.cgroups:
            _join(group)
        if spec.clean_groups:
            _give_up_groups()
        if spec.guard_devices:
            namespaces.guard_devices()
        ended = _in_namespaces(spec) if spec.namespaces else _directly(spec)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller is waiting to be told
        _say(spec, f"failed {type(error).__name__}: {error}")
        ended = ""
    if ended:
        _say(spec, f"stopped {ended}")
    os._exit(0)


def _join(group: str) -> None:
    with open(f"{group}/cgroup.procs", "w") as file:
        file.write("0")


def _give_up_groups() -> None:
    """Some containers refuse this to their root, which is then no more than a user."""
    try:
        os.setgroups([])
    except PermissionError:
        return


def _in_namespaces(spec: Spec) -> str:
    deadline = time.monotonic() + spec.wall_seconds
    namespaces.enter(spec)
    first = os.fork()
    if first == 0:
        _guarded(spec, _first_process)
    kernel.hide_memory()
    _let_go_of_pipes(spec)
    folders = supervise.Watch(spec, processes=False, folders=True)
    ended = supervise.wait(first, folders, deadline, spec.leash_fd)
    supervise.signal(first, supervise.KILL)  # the kernel ends the whole process table with its first process
    supervise.exit_code(first)
    return ended


def _first_process(spec: Spec) -> None:
    """Effect: build the root, start the command, adopt what it leaves behind; ending ends all of it."""
    kernel.die_with_parent()
    namespaces.build_root(spec.mounts)
    command = _start(spec)
    kernel.hide_memory()
    _let_go_of_pipes(spec)
    watch = supervise.Watch(spec, processes=True, folders=False)
    ended = supervise.wait(command, watch, float("inf"), -1)
    _say(spec, f"stopped {ended}" if ended else f"exit {supervise.exit_code(command)}")
    os._exit(0)


def _directly(spec: Spec) -> str:
    deadline = time.monotonic() + spec.wall_seconds
    if _LINUX:
        kernel.adopt_orphans()
    taking, passing = _descriptor_channel() if spec.ask_signals else (None, None)
    command = _start(spec, passing)
    try:
        if _LINUX:
            kernel.hide_memory()
        _let_go_of_pipes(spec)
        watch = supervise.Watch(spec, processes=True, folders=True)
        ended = supervise.wait(command, watch, deadline, spec.leash_fd, _asked(taking))
        if not ended:
            _say(spec, f"exit {supervise.exit_code(command)}")
    finally:
        supervise.end_all(command)
        if spec.private:
            supervise.remove(spec.private)
    return ended


def _asked(taking: "Callable[[], int] | None") -> "supervise.Asked | None":
    listener = taking() if taking else -1
    if listener < 0:
        return None
    from .signals import answer

    return listener, answer


def _descriptor_channel() -> "tuple[Callable[[], int], Callable[[int], None]]":
    """Effect: open a channel between two processes for one descriptor; returns what takes it and what passes it."""
    import _socket

    ours, theirs = _socket.socketpair()

    def take() -> int:
        theirs.close()
        _, passed, _, _ = ours.recvmsg(1, _socket.CMSG_SPACE(4))
        return int.from_bytes(passed[0][2][:4], sys.byteorder) if passed else -1  # none: it never came to that

    def give(fd: int) -> None:
        number = fd.to_bytes(4, sys.byteorder)
        theirs.sendmsg([b"x"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, number)])

    return take, give


def _start(spec: Spec, passing: "Callable[[int], None] | None" = None) -> int:
    command = os.fork()
    if command == 0:
        _guarded(spec, lambda spec: _command(spec, passing or (lambda _: None)))
    return command


def _command(spec: Spec, passing: "Callable[[int], None]") -> None:
    os.setsid()
    if _LINUX:
        kernel.die_with_parent()
    for fd in spec.fds:
        os.set_inheritable(fd, True)
    try:
        confine.become_command(spec, passing)
    except confine.NotRunnable as error:
        _say(spec, f"missing {spec.argv[0]}: {error}")
        os._exit(127)


def _guarded(spec: Spec, course: "Callable[[Spec], None]") -> None:
    """Effect: run `course` in a fresh child, which must never return into its parent's code."""
    try:
        course(spec)
    except BaseException as error:  # noqa: BLE001 - a child that unwound would run its parent's code twice
        _say(spec, f"failed {error}")
    finally:
        os._exit(126)


def _let_go_of_pipes(spec: Spec) -> None:
    """Effect: close what only the command needs, so that its pipes end when it does."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    for fd in (nothing, *spec.fds):
        os.close(fd)


def _say(spec: Spec, line: str) -> None:
    os.write(spec.status_fd, line.replace("\n", " ")[:2000].encode("utf-8", "replace") + b"\n")
