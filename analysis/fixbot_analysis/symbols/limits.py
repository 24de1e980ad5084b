"""The processor time that one file may take to read: what exceeds it is interrupted, also inside a regular expression."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST_NAME = 1_000  # characters of a qualified name, below which definitions nest; names of nested ones add up


class TooLong(BaseException):
    """Raised inside :func:`within` when its time is over; no ``except Exception`` on the way takes it for a fault of a plug-in."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Effect: raise TooLong in the body once it has used `seconds` of this process's time outside the kernel.

    Without effect where there are no such timers (Windows), outside the main thread, and where somebody else runs one.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before if before is not None else signal.SIG_DFL)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TooLong
