"""Many calls at once, but not too many: results in the order of the questions."""
import asyncio
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Dict, Hashable, Iterable, List, Optional


@dataclass
class Outcome:
    key: Hashable
    value: Any = None
    error: Optional[BaseException] = None

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass
class Tally:
    done: int = 0
    failed: int = 0
    by_error: Dict[str, int] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> None:
        if outcome.ok:
            self.done += 1
            return
        self.failed += 1
        name = type(outcome.error).__name__
        self.by_error[name] = self.by_error.get(name, 0) + 1


async def gather(
    keys: Iterable[Hashable],
    action: Callable[[Hashable], Awaitable],
    workers: int = 4,
    stop_after: Optional[int] = None,
    tally: Optional[Tally] = None,
) -> List[Outcome]:
    """Outcome of each key, in their order. After `stop_after` failures no new call is begun: the rest has None for both."""
    if workers < 1:
        raise ValueError("at least one worker")
    outcomes = [Outcome(key) for key in keys]
    tally = tally if tally is not None else Tally()
    queue = iter(outcomes)

    async def work() -> None:
        for outcome in queue:
            try:
                outcome.value = await action(outcome.key)
            except Exception as error:
                outcome.error = error
            tally.count(outcome)
            if stop_after is not None and tally.failed >= stop_after:
                return

    await asyncio.gather(*(work() for _ in range(min(workers, len(outcomes)))))
    return outcomes


class Shared:
    """Calls with the same key at the same time are made once; what came of it is kept for a while."""

    def __init__(self, clock, keep: float = 0.0) -> None:
        self.clock = clock
        self.keep = keep
        self._running: Dict[Hashable, "asyncio.Task"] = {}
        self._known: Dict[Hashable, Any] = {}

    async def get(self, key: Hashable, action: Callable[[Hashable], Awaitable]):
        if key in self._known:
            value, until = self._known[key]
            if self.clock.now() < until:
                return value
            del self._known[key]
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(self._make(key, action))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return await asyncio.shield(task)

    async def _make(self, key: Hashable, action: Callable[[Hashable], Awaitable]):
        value = await action(key)
        if self.keep:
            self._known[key] = (value, self.clock.now() + self.keep)
        return value

    def forget(self, key: Hashable) -> None:
        self._known.pop(key, None)
