"""Whether a failed request is worth another try at the same model, after how long, and how waiting ends."""

import math
import random
import threading
import time
from collections.abc import Iterator

from fixbot_agent.errors import ModelError
from fixbot_agent.models.refusing import Aborted, Transient

_FIRST, _LATEST = (
    0.5,
    8.0,
)  # seconds: the most that is waited before the second try, and before any, where no time is named
_LONGEST = 60.0  # seconds that an endpoint's Retry-After is honoured
_WORTH = (
    5.0  # seconds that waiting is better than handing over to the next model, which reads the whole conversation anew
)
_LEAST = 1.0  # seconds without which no answer is asked for


class Crowded(Transient):
    """Raised where a model was not asked: what may be asked of it now is used up, by us or by other processes, for `wait` seconds."""


class Patience:
    """How long one question may take: `seconds` in all. With a next model at hand waits are short. For one question of one thread."""

    def __init__(self, seconds: float = math.inf, stop: threading.Event | None = None) -> None:
        self._deadline = time.monotonic() + seconds
        self._stop = stop or threading.Event()
        self.has_next = False

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(self._deadline - time.monotonic(), 0.0)

    @property
    def worth(self) -> float:
        """Seconds that it is worth to wait now."""
        return min(_WORTH if self.has_next else math.inf, self.left)

    def rest(self, seconds: float) -> None:
        """Effect: wait; raises Aborted at once when it is stopped from another thread."""
        if self._stop.wait(max(seconds, 0.0)):
            raise Aborted("the request was cut", "ask again")

    def pause(self, error: ModelError, tried: int, seconds: float) -> float | None:
        """Seconds to wait before the next try after `tried` failed ones; None where there is to be none.

        `seconds` are left for asking. Full jitter, so that processes that failed together do not come back together
        (M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015); never before the time that the endpoint named.
        """
        transient = temporary(error)
        if transient is None or isinstance(transient, Crowded) or (self.has_next and is_unreachable(error)):
            return None
        wait = random.uniform(0, min(_FIRST * 2 ** min(tried, 10), _LATEST))
        if transient.wait is not None:
            wait = transient.wait + random.uniform(0, min(0.1 * transient.wait, 1.0))
            if transient.wait > _LONGEST:
                return None
        return None if wait > self.worth or seconds < _LEAST else wait


def temporary(error: ModelError) -> Transient | None:
    """The failure in `error` that another try may mend; None where there is none."""
    return next((e for e in _causes(error) if isinstance(e, Transient)), None)


def is_unreachable(error: ModelError) -> bool:
    """Whether nobody listens: nothing was sent, and nothing will be answered soon."""
    return any(type(e).__name__ in ("ConnectError", "ConnectTimeout") for e in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__
