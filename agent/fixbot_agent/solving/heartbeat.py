"""The sign of life of a long search: now and then how many patches were tried, what is tried, and how much time is left."""

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fixbot_repair.verification import Trial, Verdict

if TYPE_CHECKING:
    from fixbot_agent.solving.scene import Scene

_FIRST = 15.0  # seconds until the first one
_LATER = 2.0  # times as long until each later one
_RAREST = 120.0  # seconds, at most


class Heartbeat:
    """Tells people, and the run's events, how a search of `seconds` gets on; a context manager, which ends its thread.

    `pulse` is told of each trial. What is told: at first after `first` seconds, then ever more seldom; also where no trial ends for long.
    """

    def __init__(self, scene: "Scene", seconds: float, first: float = _FIRST) -> None:
        self._scene = scene
        self._began = time.monotonic()
        self._seconds = seconds
        self._wait = first
        self._tried = self._held = 0
        self._last: Trial | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def pulse(self, trial: Trial) -> None:
        """A candidate was tried."""
        self._tried += 1
        self._held += trial.verdict is Verdict.PLAUSIBLE
        self._last = trial

    def _run(self) -> None:
        while not self._ended.wait(self._wait):
            self._wait = min(self._wait * _LATER, _RAREST)
            self._tell()

    def _tell(self) -> None:
        took = time.monotonic() - self._began
        left = max(0.0, self._seconds - took)
        last = self._last
        found = f"{self._held} hold{'' if self._held > 1 else 's'}" if self._held else "none holds yet"
        count = f"{self._tried} {'patch' if self._tried == 1 else 'patches'} tried in {took:.0f} s, {found}"
        where = last.candidate.patch.paths[0] if last and last.candidate.patch.paths else ""
        now = f"; the last in {where}: {last.candidate.note or 'a change'}" if last and where else ""
        self._scene.say(f"    {count}{now}; at most {left:.0f} s left")
        self._scene.job.run.event(
            "searching", tried=self._tried, held=self._held, seconds=round(took, 1), left=round(left, 1), path=where
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
