"""Stops calling a service that is down, and tries again later with a single call."""
from .clock import Clock

CLOSED, OPEN, HALF = "closed", "open", "half open"


class Refused(Exception):
    """The breaker is open: the service was not called."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(f"{name} is not called for another {seconds:.1f} s")
        self.seconds = seconds


class Breaker:
    def __init__(self, name: str, clock: Clock, limit: int = 3, rest: float = 60.0) -> None:
        self.name = name
        self.clock = clock
        self.limit = limit
        self.rest = rest
        self.failures = 0
        self._opened = None
        self._trying = False

    @property
    def state(self) -> str:
        if self._opened is None:
            return CLOSED
        return HALF if self.clock.now() - self._opened >= self.rest else OPEN

    def check(self) -> None:
        """Raise Refused where the service must not be called now."""
        state = self.state
        if state == CLOSED:
            return
        if state == OPEN or self._trying:
            raise Refused(self.name, max(0.0, self._opened + self.rest - self.clock.now()))
        self._trying = True

    def succeeded(self) -> None:
        self.failures = 0
        self._opened = None
        self._trying = False

    def failed(self) -> None:
        self.failures += 1
        if self._trying or self.failures >= self.limit:
            self._opened = self.clock.now()
        self._trying = False

    def gave_up(self) -> None:
        """The call was ended before it came to anything: neither good nor bad."""
        self._trying = False
