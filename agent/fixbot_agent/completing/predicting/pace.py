"""How long to wait before a model is asked: adapted to how fast the user types, less the time that the model takes anyway."""

import time

_SHORTEST, _LONGEST = 0.1, 1.0  # seconds
_PAUSE = 1.5  # of the usual time between two keystrokes: who waits longer has stopped
_AWAY = 2.0  # seconds between keystrokes that are a pause, not typing
_NEW = 0.2  # how much the newest counts


class Pace:
    """Learns from keystrokes and answers; times in seconds on the monotonic clock."""

    def __init__(self, interval: float = 0.2, latency: float = 0.3) -> None:
        self.interval = interval
        self.latency = latency
        self._last: float | None = None

    def typed(self, now: float | None = None) -> None:
        """A keystroke."""
        now = time.monotonic() if now is None else now
        if self._last is not None and 0 < now - self._last < _AWAY:
            self.interval += _NEW * (now - self._last - self.interval)
        self._last = now

    def answered(self, seconds: float) -> None:
        """A model's answer took so long."""
        self.latency += _NEW * (seconds - self.latency)

    @property
    def wait(self) -> float:
        """How long after a keystroke a model is asked."""
        return min(max(_PAUSE * self.interval + _SHORTEST - self.latency, _SHORTEST), _LONGEST)
