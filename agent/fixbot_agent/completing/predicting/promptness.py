"""How soon a model's answers are of use: learnt from those that came; silence where one should have come is held against it."""

import threading
import time

from fixbot_agent.models.keeping import Breaker

_NEW = 0.3  # how much a slower answer counts; a quicker one counts wholly: a model that had to be loaded is soon waited for again
_TIMES = 2.0  # of the usual time, after which silence is none that was to be expected

_NEARLY = 0.9  # of the time that is given: who waited for it lets go of it a little before the clock here ends


class Promptness:
    """One model's. `called` names it in messages, `breaker` leaves it alone. Seconds; for any thread."""

    def __init__(self, called: str, breaker: Breaker) -> None:
        self.called, self.breaker = called, breaker
        self.usual = 0.0  # seconds until an answer is of use; 0 where none came yet

    def watch(self, deadline: float) -> "Watch":
        """A clock for one request. Who asks waits `deadline`; a model that is known to be slower, but to live, is given more."""
        return Watch(self, max(deadline, _TIMES * self.usual))

    def learn(self, seconds: float) -> None:
        """An answer was of use after so long."""
        known = self.usual
        self.usual = known + _NEW * (seconds - known) if 0 < known < seconds else seconds


class Watch:
    """One request, from :meth:`begin` on: it is told against the model once that nothing came by `bound` seconds, and for it as soon as something does."""

    def __init__(self, promptness: Promptness, bound: float) -> None:
        self._promptness, self._bound = promptness, bound
        self._started = self._began = 0.0
        self._is_over = False
        self._lock = threading.Lock()
        self.was_late = False
        self._timer = threading.Timer(bound, self._silent)
        self._timer.daemon = True

    def begin(self) -> None:
        """Effect: start the clock, where it does not run yet."""
        with self._lock:
            if not self._started and not self._is_over:
                self._started = self._began = time.monotonic()
                self._timer.start()

    def sent(self) -> None:
        """Effect: it left only now: how it is to be asked had to be found out, or the model had to be loaded by us."""
        self.begin()
        self._began = time.monotonic()

    def of_use(self) -> None:
        """Effect: something came that can be shown, or the end."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            self._promptness.learn(time.monotonic() - self._began)
            self._promptness.breaker.succeeded()
        self._timer.cancel()

    def left(self) -> None:
        """Effect: nobody waits any more; as good as the whole time was given."""
        if self._started and time.monotonic() - self._started >= _NEARLY * self._bound:
            self._silent()

    def close(self) -> None:
        """Effect: stop the clock; what did not come in time stays said."""
        with self._lock:
            self._is_over = True
        self._timer.cancel()

    def _silent(self) -> None:
        with self._lock:
            if self._is_over or self.was_late:
                return
            self.was_late = True
            self._promptness.breaker.failed(
                f"{self._promptness.called} gave nothing that could be shown within {self._bound:.3g} s"
            )
