"""The values that were used last, up to so many bytes."""

from collections import OrderedDict
from typing import Optional


class Cache:
    def __init__(self, limit: int = 1 << 20) -> None:
        self.limit = limit
        self.size = 0
        self.hits = 0
        self.misses = 0
        self._held: "OrderedDict[bytes, bytes]" = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: bytes) -> Optional[bytes]:
        if key not in self._held:
            self.misses += 1
            return None
        self.hits += 1
        self._held.move_to_end(key)
        return self._held[key]

    def put(self, key: bytes, value: bytes) -> None:
        self.drop(key)
        if len(value) > self.limit:
            return
        self._held[key] = value
        self.size += len(value)
        while self.size > self.limit:
            _, old = self._held.popitem(last=False)
            self.size -= len(old)

    def drop(self, key: bytes) -> None:
        old = self._held.pop(key, None)
        if old is not None:
            self.size -= len(old)

    def clear(self) -> None:
        self._held.clear()
        self.size = 0
