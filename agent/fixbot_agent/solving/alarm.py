"""A hard end for work that has no deadline of its own, such as one long run of a test suite; and for people who ask twice."""

import contextlib
import math
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from fixbot_agent.errors import BudgetSpent

_GRACE = (1.5, 0.03)  # seconds, or share of the time, for those that keep to the deadline by themselves
_LAST = (4.0, 0.08)  # the same, for clearing up after the hard end
_ASK = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Rung(BaseException):
    """What the alarm raises where the work is: no error, so that what goes on after errors (of a template, of a model) does not go on after this."""


@contextlib.contextmanager
def alarm(seconds: float, overrun: Callable[[], None] | None = None) -> Iterator[None]:
    """Effect: raise BudgetSpent in this thread a little after `seconds`, unless the block is over by then.

    When even that does not end it, because something hangs that no exception reaches, `overrun` is called in another
    thread; it is to end the process. Only the main thread of a platform with SIGALRM can be rung at.
    """
    if not math.isfinite(seconds):
        yield
        return
    last = threading.Timer(seconds + _more(_LAST, seconds), overrun or _nothing)
    last.daemon = True
    last.start()
    try:
        with _rung(seconds):
            yield
    finally:
        last.cancel()


@contextlib.contextmanager
def interrupts(at_once: Callable[[], None]) -> Iterator[None]:
    """Effect: within it the first Ctrl-C (or SIGTERM, SIGHUP) raises KeyboardInterrupt, the second one calls `at_once`.

    `at_once` is to end the process: whatever clears up then is not waited for.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = 0

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            at_once()
        raise KeyboardInterrupt

    # A signal that somebody has ignored (nohup) or handles otherwise is left to them.
    before = {n: signal.getsignal(n) for n in _ASK if signal.getsignal(n) is signal.default_int_handler}
    for number in before:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _rung(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _Rung

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds + _more(_GRACE, seconds))
    try:
        yield
    except _Rung:
        raise BudgetSpent(f"{seconds:g} seconds are over", "give more with --timeout") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _more(grace: tuple[float, float], seconds: float) -> float:
    return max(grace[0], grace[1] * seconds)


def _nothing() -> None:
    """Leave it at the exception."""
