"""Who may be signalled, where neither the process table nor Landlock says so: the filter asks, and this answers.

seccomp_unotify(2). The arguments are plain numbers, so what was looked at is what is then done.
"""

import errno
import fcntl
import os
import sys

from . import kernel
from .supervise import descendants, fields, processes

_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND
_QUESTION_BYTES, _NUMBER_AT, _ARGUMENT_AT = 80, 16, 32
_CONTINUE = 1
_TKILL = {"x86_64": 200, "aarch64": 130}  # names a thread; the others name a process, or a group


def answer(listener: int) -> None:
    """Effect: take one question off `listener` and answer it; a caller that has gone meanwhile needs no answer."""
    question = bytearray(_QUESTION_BYTES)
    try:
        fcntl.ioctl(listener, _RECEIVE, question, True)
        number = int.from_bytes(question[_NUMBER_AT : _NUMBER_AT + 4], sys.byteorder)
        target = int.from_bytes(question[_ARGUMENT_AT : _ARGUMENT_AT + 4], sys.byteorder, signed=True)
        why_not = refusal(target, thread=number == _TKILL[kernel.machine()])
        said = question[:8] + bytes(8) + (-why_not).to_bytes(4, sys.byteorder, signed=True)
        fcntl.ioctl(listener, _ANSWER, said + (0 if why_not else _CONTINUE).to_bytes(4, sys.byteorder))
    except OSError:
        return


def refusal(target: int, thread: bool) -> int:
    """Effect: 0 when `target` is a process (negative: a group) below this one, else the error to give."""
    family = set(descendants())
    if target < -1:
        group = {pid for pid in processes() if (found := fields(pid)) and int(found[2]) == -target}
        return 0 if group and group <= family else errno.EPERM if group else errno.ESRCH
    if target == 0 or target in family or (thread and _process_of(target) in family):
        return 0
    return errno.EPERM if target == -1 or os.path.exists(f"/proc/{target}") else errno.ESRCH  # noqa: PTH110


def _process_of(thread: int) -> int:
    try:
        with open(f"/proc/{thread}/status", "rb") as file:  # noqa: PTH123
            return next(int(line.split()[1]) for line in file if line.startswith(b"Tgid:"))
    except OSError:
        return -1
