"""Several workers side by side, each with a workspace of its own and a thread that serves it."""

import copy
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import replace

from fixbot_analysis.errors import FixbotError
from fixbot_repair.checks.command import CommandRunner
from fixbot_repair.checks.tests import Runner, TestRunner
from fixbot_repair.errors import SandboxError
from fixbot_repair.verification.oracle import Oracle
from fixbot_repair.verification.verdict import Trial
from fixbot_repair.verification.worker import Worker
from fixbot_repair.workspace import Workspace

_MOST_WORKERS = 16
_AHEAD = 16  # tasks for each worker that may wait for their turn
_MOMENT = 1.0  # seconds that trials have to end by themselves when nobody wants them any more

Work = Callable[[Worker], Trial]
Answer = Future[Trial]


def cores() -> int:
    """Effect: how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """`first` and up to `count` - 1 more workers in clones of its workspace, made when there is work for them."""

    def __init__(self, first: Worker, oracle: Oracle, count: int) -> None:
        self._oracle = oracle
        self._count = min(max(count, 1), _MOST_WORKERS)
        self._tasks: queue.SimpleQueue[tuple[Work, Answer] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._workers: list[Worker] = [first]
        self._clones: list[Workspace] = []
        self._notes: dict[str, None] = {}
        self._closed = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What all workers have to say, once."""
        said = [note for worker in self._workers for note in worker.notes]
        return tuple(dict.fromkeys([*said, *self._notes]))

    @property
    def ahead(self) -> int:
        """How many tasks may wait for an answer."""
        return self._count * _AHEAD

    def now(self, work: Work) -> Answer:
        """Effect: have one task done; returns when it is."""
        answer: Answer = Future()
        if self._threads:
            self._tasks.put((work, answer))
            wait([answer])
        else:
            _do(work, answer, self._workers[0])
        return answer

    def later(self, work: Work) -> Answer:
        """Effect: have a task done by whoever is free, beside others."""
        answer: Answer = Future()
        self._tasks.put((work, answer))
        if len(self._threads) < self._count:
            number = len(self._threads)
            thread = threading.Thread(target=self._serve, args=(number,), name=f"verifier-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return answer

    def settle(self, unwanted: Iterable[Answer], seconds: float = _MOMENT) -> None:
        """Effect: drop the tasks that are not begun, give the others `seconds`, and end them."""
        begun = [answer for answer in unwanted if not answer.cancel()]
        if wait(begun, timeout=seconds).not_done:
            self._stop()
            wait(begun)
            for worker in self._workers:
                worker.reopen()

    def close(self) -> None:
        """Effect: end all workers; nothing of theirs is left. Safe to call twice."""
        if not self._closed:
            self._closed = True
            self._stop()
            for _ in self._threads:
                self._tasks.put(None)
            for thread in self._threads:
                thread.join()
        for worker in self._workers:
            worker.close()
        while self._clones:
            self._clones.pop().close()

    def _stop(self) -> None:
        for worker in list(self._workers):
            worker.stop()

    def _serve(self, number: int) -> None:
        """Effect: work off tasks until there comes None; a worker that cannot be made leaves them to the others."""
        try:
            worker = self._worker(number)
        except (FixbotError, OSError) as error:
            self._notes[f"one worker less: {error}"] = None
            return
        while (task := self._tasks.get()) is not None:
            if task[1].set_running_or_notify_cancel():
                _do(*task, worker)

    def _worker(self, number: int) -> Worker:
        if number == 0:
            return self._workers[0]
        first = self._workers[0]
        clone = first.workspace.clone()
        self._clones.append(clone)
        worker = Worker(clone, _moved(first.runner, clone), self._oracle)
        self._workers.append(worker)
        return worker


def _moved(runner: Runner, workspace: Workspace) -> Runner:
    """The same runner, with what it has found out so far, for another workspace. Raises SandboxError for a foreign one."""
    if not isinstance(runner, TestRunner | CommandRunner):
        raise SandboxError("the test runner works in one workspace only", "it is used by one worker")
    other = copy.copy(runner)
    other.workspace = workspace
    return other


def _do(work: Work, answer: Answer, worker: Worker) -> None:
    """Effect: do one task; whoever waits for the answer gets the trial or the error."""
    began = time.monotonic()
    try:
        trial = work(worker)
    except BaseException as error:  # noqa: BLE001 - raised where the answer is asked for
        answer.set_exception(error)
    else:
        answer.set_result(replace(trial, seconds=time.monotonic() - began))
