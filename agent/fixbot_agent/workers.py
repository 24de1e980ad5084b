"""Worker processes that index large projects on every core; small work stays in this process."""

import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar, cast

# Loaded with the first worker: most commands need none.
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnContext
    from multiprocessing.process import BaseProcess

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")

WORTH = 1_500_000  # bytes of work; below it, starting a process costs more than it saves
_PORTION = 64_000  # bytes handed out at a time
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PATIENCE = 5.0  # seconds for a worker to end when it is told to


class Workers:
    """An :class:`~fixbot_analysis.ports.Executor` over processes, which start with the first work that is worth it; a context manager.

    A worker that dies costs time, not results: its portion is done here. Workers end when this process does, however it ends.
    """

    def __init__(self, count: int | None = None, worth: int = WORTH) -> None:
        """`count` workers (as many as this process may use cores); `worth` is how many bytes of work they are started for."""
        self._count = _cores() if count is None else count
        self._worth = worth
        self._lines: dict[Connection, BaseProcess] = {}

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Effect: yield ``function(item)`` for every item, in order. The function has to be one of a module."""
        todo = list(items)
        sizes = [_size(item) for item in todo]
        if self._count < 2 or sum(sizes) < self._worth:
            return map(function, todo)
        self._start()
        return iter(self._spread(function, todo, sizes))

    def close(self) -> None:
        """Effect: end the workers."""
        for line, process in self._lines.items():
            line.close()
            process.kill()  # it holds nothing that could be half written
        for process in self._lines.values():
            process.join(_PATIENCE)
        self._lines.clear()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _start(self) -> None:
        import multiprocessing

        # A fork has everything loaded already; with other threads about it is not safe.
        forks = sys.platform == "linux" and threading.active_count() == 1
        # Typed by what both contexts have and their common base does not declare.
        context = cast("SpawnContext", multiprocessing.get_context("fork" if forks else "spawn"))
        while len(self._lines) < self._count:
            ours, theirs = context.Pipe()
            held = [ours, *self._lines] if forks else []
            process = context.Process(target=_work, args=(theirs, held, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            self._lines[ours] = process

    def _spread(self, function: Callable[[T], R], items: Sequence[T], sizes: Sequence[int]) -> list[R]:
        """Large portions first, so that none is left over at the end; each as soon as a worker is free."""
        from multiprocessing.connection import wait

        waiting: deque[Sequence[int]] = deque(
            sorted(_portions(sizes), key=lambda places: -sum(sizes[p] for p in places))
        )
        results: dict[int, R] = {}
        busy: dict[Connection, Sequence[int]] = {}
        idle = list(self._lines)
        while waiting or busy:
            while idle and waiting:
                line, places = idle.pop(), waiting.popleft()
                busy[line] = places
                self._tell(line, function, [items[p] for p in places])
            if not busy:  # no worker is left
                results.update((p, function(items[p])) for p in waiting.popleft())
                continue
            for line in cast("list[Connection]", wait(list(busy))):
                places = busy.pop(line)
                answers = self._hear(line)
                if answers is None:
                    waiting.append(places)
                else:
                    results.update(zip(places, cast("list[R]", answers), strict=True))
                    idle.append(line)
        return [results[place] for place in range(len(items))]

    def _tell(self, line: "Connection", function: Callable[[T], R], items: list[T]) -> None:
        with suppress(OSError):  # heard as the end of the line
            line.send((function, items))

    def _hear(self, line: "Connection") -> list[object] | None:
        """Effect: what a worker answers; None, and its end, where it died or failed."""
        try:
            return cast("list[object]", line.recv())
        except (EOFError, OSError):
            process = self._lines.pop(line)
            line.close()
            process.join(_PATIENCE)
            log.warning("an indexing worker ended (exit status %s); its work is done again", process.exitcode)
            return None


def _work(line: "Connection", held: "Iterable[Connection]", parent: int) -> None:
    """Effect: a worker's life: answer until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(parent)
    for other in held:
        other.close()
    with suppress(EOFError, OSError):
        while True:
            function, items = line.recv()
            try:
                answers = [function(item) for item in items]
            except Exception:
                log.debug("the work failed", exc_info=True)
                return
            line.send(answers)


def _end_with(parent: int) -> None:
    """Effect: have the kernel end this process when `parent` ends, also in the middle of its work (Linux; elsewhere after it)."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # gone before we asked
            os._exit(1)


def _portions(sizes: Sequence[int]) -> list[list[int]]:
    """Places of `sizes` in portions of about the same size."""
    found: list[list[int]] = [[]]
    held = 0
    for place, size in enumerate(sizes):
        if held + size > _PORTION and found[-1]:
            found.append([])
            held = 0
        found[-1].append(place)
        held += size
    return found


def _size(item: object) -> int:
    """Bytes in an item, which may be a tuple with some."""
    if isinstance(item, bytes):
        return len(item)
    return sum(map(_size, item)) if isinstance(item, tuple) else 0


def _cores() -> int:
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
