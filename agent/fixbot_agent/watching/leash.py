"""Low priority, one core, and a leash: what a process gets that works in the background for somebody who may leave."""

import contextlib
import os
import signal
import threading
import time

GRACE = 5.0  # seconds from the interrupt to the end of everything
_NICENESS = 10


def lower() -> None:
    """Effect: give this process, and what it will start, a session of its own, low priority and one core of those it may use."""
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # not there on macOS and Windows


def hold() -> None:
    """Effect: end this process, as by Ctrl-C, when its stdin closes; with everything of its session when that takes too long."""
    threading.Thread(target=_wait, name="leash", daemon=True).start()


def _wait() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(130)
