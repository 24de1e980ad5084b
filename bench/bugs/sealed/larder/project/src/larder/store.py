"""The store: an index in memory of where each key's newest record lies."""

import os
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

from .cache import Cache
from .errors import Locked
from .record import Record
from .segments import Segments

Key = Union[str, bytes]


def _bytes(text: Key) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else bytes(text)


class _Place(NamedTuple):
    number: int
    at: int
    expires: float
    size: int


class Store:
    def __init__(
        self,
        folder,
        segment_limit: int = 1 << 20,
        cache_limit: int = 1 << 20,
        clock: Callable[[], float] = time.time,
        mend: bool = True,
    ) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock = clock
        self.cache = Cache(cache_limit)
        self._lock = self.folder / "lock"
        self._take_lock()
        try:
            self._segments = Segments(self.folder, segment_limit)
            self._index: Dict[bytes, _Place] = {}
            for number in self._segments.numbers:
                for at, record in self._segments.replay(number, mend):
                    self._note(record, number, at)
        except BaseException:
            self._lock.unlink()
            raise

    def _take_lock(self) -> None:
        try:
            handle = os.open(self._lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            raise Locked(f"{self.folder} is open already") from None
        os.write(handle, str(os.getpid()).encode())
        os.close(handle)

    def close(self) -> None:
        self._lock.unlink()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_exc) -> None:
        self.close()

    def _note(self, record: Record, number: int, at: int) -> None:
        if record.value is None:
            self._index.pop(record.key, None)
        else:
            self._index[record.key] = _Place(number, at, record.expires, record.size)

    def _place(self, key: bytes) -> Optional[_Place]:
        place = self._index.get(key)
        if place is None or (place.expires and place.expires <= self.clock()):
            return None
        return place

    def put(self, key: Key, value: Key, seconds: Optional[float] = None) -> None:
        """Keep a value, for some seconds or for ever."""
        if seconds is not None and seconds <= 0:
            self.delete(key)
            return
        expires = 0.0 if seconds is None else self.clock() + seconds
        record = Record(_bytes(key), _bytes(value), expires)
        self._note(record, *self._segments.append(record))
        self.cache.put(record.key, _bytes(value))

    def get(self, key: Key, default: Optional[bytes] = None) -> Optional[bytes]:
        name = _bytes(key)
        place = self._place(name)
        if place is None:
            self.cache.drop(name)
            return default
        value = self.cache.get(name)
        if value is None:
            value = self._segments.fetch(place.number, place.at).value
            self.cache.put(name, value)
        return value

    def delete(self, key: Key) -> bool:
        """Whether there was such a key."""
        name = _bytes(key)
        there = self._place(name) is not None
        if name in self._index:
            record = Record(name, None)
            self._note(record, *self._segments.append(record))
        self.cache.drop(name)
        return there

    def __contains__(self, key: Key) -> bool:
        return self._place(_bytes(key)) is not None

    def __len__(self) -> int:
        return sum(1 for _ in self.keys())

    def keys(self, prefix: Key = b"") -> Iterator[bytes]:
        """Keys in their order; the store may be changed meanwhile."""
        start = _bytes(prefix)
        for key in sorted(self._index):
            if key.startswith(start) and self._place(key) is not None:
                yield key

    def items(self, first: Key = b"", last: Optional[Key] = None) -> List[Tuple[bytes, bytes]]:
        """Keys from first up to, but not including, last, with their values."""
        low, high = _bytes(first), None if last is None else _bytes(last)
        chosen = [key for key in self.keys() if key >= low and (high is None or key < high)]
        return [(key, self.get(key, b"")) for key in chosen]

    def change(self, key: Key, function: Callable[[Optional[bytes]], Optional[bytes]]) -> Optional[bytes]:
        """Replace a value by what the function makes of it, None meaning none; it keeps its time of expiry."""
        name = _bytes(key)
        place = self._place(name)
        value = function(self.get(name))
        if value is None:
            self.delete(name)
        else:
            left = place.expires - self.clock() if place is not None and place.expires else None
            self.put(name, value, left)
        return value

    def waste(self) -> float:
        """Share of the bytes on the disk that nobody can reach any more."""
        whole = sum(self._segments.path(number).stat().st_size for number in self._segments.numbers)
        used = sum(place.size for key, place in self._index.items() if self._place(key) is not None)
        return 1 - used / whole if whole else 0.0

    def compact(self) -> int:
        """Write what lives in the closed files anew, without the rest; how many records were dropped."""
        old = self._segments.numbers[:-1]
        if not old:
            return 0
        kept, dropped, gone = [], 0, []
        for number in old:
            for at, record in self._segments.replay(number):
                place = self._index.get(record.key)
                if place is not None and (place.number, place.at) == (number, at) and record.live(self.clock()):
                    kept.append(record)
                    continue
                dropped += 1
                if place is not None and (place.number, place.at) == (number, at):
                    gone.append(record.key)
        places = self._segments.replace(old, kept)
        for record in kept:
            number, at = places[record.key]
            self._note(record, number, at)
        for key in gone:
            self._index.pop(key)
            self.cache.drop(key)
        return dropped
