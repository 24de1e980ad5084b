"""Tells those who want to know: topics with dots, ``*`` for one part and ``#`` for all that follow."""
import asyncio
import inspect
from typing import Any, Callable, List, Tuple


def fits(pattern: str, topic: str) -> bool:
    wanted, parts = pattern.split("."), topic.split(".")
    for at, part in enumerate(wanted):
        if part == "#":
            return True
        if at >= len(parts) or part not in ("*", parts[at]):
            return False
    return len(wanted) == len(parts)


class Bus:
    def __init__(self) -> None:
        self._listeners: List[Tuple[str, Callable]] = []
        self.errors: List[Tuple[str, BaseException]] = []

    def on(self, pattern: str, listener: Callable) -> Callable[[], None]:
        """Add a listener; calling what is returned takes it away again, and twice does no harm."""
        entry = (pattern, listener)
        self._listeners.append(entry)

        def off() -> None:
            self._listeners = [each for each in self._listeners if each is not entry]

        return off

    async def tell(self, topic: str, data: Any = None) -> int:
        """Tell all that fit, in the order in which they came; how many there were. One that fails does not stop others."""
        told = 0
        for pattern, listener in list(self._listeners):
            if not fits(pattern, topic):
                continue
            told += 1
            try:
                result = listener(topic, data)
                if inspect.isawaitable(result):
                    await result
            except Exception as error:
                self.errors.append((topic, error))
        return told

    async def wait_for(self, pattern: str) -> Tuple[str, Any]:
        """The next thing that is told under a pattern."""
        future = asyncio.get_running_loop().create_future()

        def hear(topic: str, data: Any) -> None:
            if not future.done():
                future.set_result((topic, data))

        off = self.on(pattern, hear)
        try:
            return await future
        finally:
            off()
