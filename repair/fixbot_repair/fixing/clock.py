"""The time that fixing may take: shares of it for its parts, and an interrupt for what keeps to none."""

import math
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Self

_CLOSING = 0.1  # share of the time that is kept for holding what was verified together once more


class Clock:
    """Counts `seconds` from when it is made; a context manager that interrupts what runs in the main thread, as Ctrl-C does.

    It rings a little before the time is over, so that there is time to come to an end, and once more a little after it. `rang`
    tells that from a user's Ctrl-C. Elsewhere than in a main thread with SIGALRM only the shares hold.
    """

    def __init__(self, seconds: float = math.inf, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.rang = False
        self._now = now
        self._end = now() + seconds
        self._before: Callable[[int, FrameType | None], object] | int | None = None
        self._set = False

    @property
    def left(self) -> float:
        """Seconds that are left, infinite without a limit."""
        return self._end - self._now()

    @property
    def over(self) -> bool:
        """Whether nothing new is to be begun."""
        return self.rang or (self.seconds < math.inf and self.left <= self.seconds * _CLOSING)

    def until(self, share: float) -> Callable[[], bool]:
        """What tells whether `share` of the time that is left now is over."""
        end = self._now() + self.left * share
        return lambda: self._now() >= end

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if self.seconds < math.inf and main and hasattr(signal, "setitimer"):
            self._before = signal.signal(signal.SIGALRM, self._ring)
            self._set = True
            closing = self.seconds * _CLOSING
            signal.setitimer(signal.ITIMER_REAL, max(self.left - closing, 0.01), max(2 * closing, 1.0))
        return self

    def __exit__(self, *exc: object) -> None:
        if self._set:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
            self._set = False

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        if self.rang:
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.rang = True
        raise KeyboardInterrupt
