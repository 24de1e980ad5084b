"""A hard end for work that has no deadline of its own, such as one long run of a test suite."""

import contextlib
import math
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from fixbot_agent.errors import BudgetSpent

_GRACE = 5.0  # seconds for those that keep to the deadline by themselves


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Effect: raise BudgetSpent in this thread a little after `seconds`, unless the block is over by then.

    Only the main thread of a platform with SIGALRM can do that; elsewhere this does nothing.
    """
    able = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not able or not math.isfinite(seconds):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise BudgetSpent(f"{seconds:g} seconds are over", "give more with --timeout")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
