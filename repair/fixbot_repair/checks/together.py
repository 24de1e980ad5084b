"""Several tools at once, within the cores there are; the caller hears of each when it is done, and an interrupt ends all."""

import ctypes
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from fixbot_analysis.ports import Progress
from fixbot_repair.checks.finding import Feedback
from fixbot_repair.checks.tool import Request, Tool
from fixbot_repair.errors import CheckFailed, EnvironmentFailure, SandboxError

_TICK = 1.0  # seconds between two looks, for those who wait
_PATIENCE = 30.0  # seconds that the tools have to end once they are told to


@runtime_checkable
class Bounded(Progress, Protocol):
    """A progress that can have enough."""

    def enough(self) -> bool:
        """Whether what has no answer by now is to be given up; asked every second."""
        ...


def each(tools: Sequence[Tool], request: Request, progress: Progress) -> Iterator[tuple[int, Feedback] | None]:
    """Effect: run `tools`; yields the place in `tools` and the answer of each as it comes, None every second between.

    What a tool raises besides failing as a tool is raised here, once the others have ended. Those that have
    not answered when a :class:`Bounded` `progress` has enough are ended, and count as broken.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[int, Feedback | BaseException]] = queue.SimpleQueue()
    for at in range(len(tools)):
        waiting.put(at)
    # Daemons: if even an interrupted tool hangs, its sandbox still ends with this process.
    threads = [
        threading.Thread(target=_work, args=(tools, request, waiting, answers), daemon=True, name=f"check-{n}")
        for n in range(min(len(tools), _cores()))
    ]
    for thread in threads:
        thread.start()
    pending = dict(enumerate(tools))
    try:
        while pending:
            for tool in pending.values():
                progress.step(f"checking with {tool.name}", 0, 1)
            try:
                at, answer = answers.get(timeout=_TICK)
            except queue.Empty:
                if isinstance(progress, Bounded) and progress.enough():
                    yield from ((late, _unheard(tool)) for late, tool in pending.items())
                    return
                yield None
                continue
            if isinstance(answer, BaseException):
                raise answer
            progress.step(f"checking with {pending.pop(at).name}", 1, 1)
            yield at, answer
    finally:
        if pending:
            _interrupt(threads)
        for thread in threads:
            thread.join(_PATIENCE)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work(
    tools: Sequence[Tool],
    request: Request,
    waiting: "queue.SimpleQueue[int]",
    answers: "queue.SimpleQueue[tuple[int, Feedback | BaseException]]",
) -> None:
    while True:
        try:
            at = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            answers.put((at, _asked(tools[at], request)))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the answer
            answers.put((at, error))
            return


def _asked(tool: Tool, request: Request) -> Feedback:
    mine = request.of_languages(tool.languages)
    try:
        return tool.check(mine) if mine.documents else Feedback()
    except (CheckFailed, EnvironmentFailure, SandboxError) as error:
        return Feedback(problems=(f"{tool.name}: {error.message}",), broken=(tool.name,))


def _unheard(tool: Tool) -> Feedback:
    return Feedback(problems=(f"{tool.name}: the time was over before it had an answer",), broken=(tool.name,))


def _interrupt(threads: Sequence[threading.Thread]) -> None:
    """Effect: do to `threads` what Ctrl-C does to the main one, so that they clear up: processes, scratch folders.

    They wait for their processes in steps of a second at most.
    """
    for thread in threads:
        if thread.is_alive() and thread.ident is not None:
            ident = ctypes.c_ulong(thread.ident)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(KeyboardInterrupt))
