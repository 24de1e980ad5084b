"""One progress style: a bar on stderr after a second, only where stderr is a terminal."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_PATIENCE = 1.0  # seconds without a bar


class Bar:
    """A :class:`fixbot_analysis.ports.Progress` that draws; a context manager that clears up behind itself."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: draw `done` of `total` for the work named `what`."""
        if not sys.stderr.isatty() or time.monotonic() - self._began < _PATIENCE:
            return
        if self._shown is None:
            self._shown = _rich()
            self._shown.start()
        if what not in self._tasks:
            self._tasks[what] = self._shown.add_task(what, total=total or None)
        self._shown.update(self._tasks[what], completed=done, total=total or None)

    def clear(self) -> None:
        """Effect: take the bar away until the next step, so that something can be written."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None
            self._tasks.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.clear()


def _rich() -> "RichProgress":
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    return Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True), transient=True)
