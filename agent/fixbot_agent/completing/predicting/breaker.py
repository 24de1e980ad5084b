"""Leaves an endpoint alone that has failed, for a while that grows; then one request tries again."""

import time
from threading import Lock

_FEW = 3  # failures in a row that may be chance
_FIRST, _LONGEST = 5.0, 300.0  # seconds
_TRYING = 15.0  # seconds in which nobody else tries


class Breaker:
    """One endpoint's. Times on the monotonic clock. For any thread."""

    def __init__(self) -> None:
        self.error = ""
        self._failures = 0
        self._until = 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """Whether the endpoint is left alone now."""
        return time.monotonic() < self._until

    def admits(self) -> bool:
        """Whether it may be asked now; after a rest one may, and the others wait for how that went."""
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                return False
            if self._failures >= _FEW:
                self._until = now + _TRYING
            return True

    def succeeded(self) -> None:
        """It answered."""
        with self._lock:
            self._failures, self._until, self.error = 0, 0.0, ""

    def failed(self, error: str, *, wait: float | None = None, for_good: bool = False) -> None:
        """It failed; `wait` is what it asked for in seconds, `for_good` where asking again the same changes nothing."""
        with self._lock:
            self._failures = max(self._failures + 1, _FEW if for_good else 0)
            self.error = error
            rest = _FIRST * 2 ** min(self._failures - _FEW, 8) if self._failures >= _FEW else 0.0
            self._until = time.monotonic() + min(max(rest, wait or 0.0), _LONGEST)
