"""One progress style: a bar on stderr after a second, only where stderr is a terminal."""

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_PATIENCE = 1.0  # seconds without a bar


class Bar:
    """A :class:`fixbot_analysis.ports.Progress` that draws; a context manager that clears up behind itself.

    Nothing is drawn for `patience` seconds; then what was told last is, even where no further step comes for long. `on`: at all.
    """

    def __init__(self, *, on: bool = True, patience: float = _PATIENCE) -> None:
        self._on = on and sys.stderr.isatty()
        self._until = time.monotonic() + patience
        self._lock = threading.Lock()  # a timer draws what nobody tells anything of in time
        self._timer: threading.Timer | None = None
        self._told: dict[str, tuple[int, int]] = {}
        self._shown: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: draw `done` of `total` for the work named `what`."""
        if not self._on:
            return
        with self._lock:
            self._told[what] = (done, total)
            early = self._until - time.monotonic()
            if early <= 0:
                self._draw()
            elif self._timer is None:
                self._timer = threading.Timer(early, self._wake)
                self._timer.daemon = True
                self._timer.start()

    def say(self, line: str) -> None:
        """Effect: write a line to stderr, terminal or not; a bar that is drawn gives way to it."""
        from fixbot_agent.cli.envelope import printable
        from fixbot_agent.cli.wrapping import columns, wrapped

        self.clear()
        sys.stderr.write(f"{wrapped(printable(line), columns(sys.stderr))}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Effect: take the bar away until the next step, so that something can be written."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._told.clear()
            if self._shown is not None:
                self._shown.stop()
                self._shown = None
                self._tasks.clear()

    def _wake(self) -> None:
        with self._lock:
            if self._told:  # else it was cleared meanwhile
                self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            self._shown = _rich()
            self._shown.start()
        for what, (done, total) in self._told.items():
            if what not in self._tasks:
                self._tasks[what] = self._shown.add_task(what, total=total or None)
            self._shown.update(self._tasks[what], completed=done, total=total or None)
        self._told.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.clear()


def _rich() -> "RichProgress":
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    return Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True), transient=True)
