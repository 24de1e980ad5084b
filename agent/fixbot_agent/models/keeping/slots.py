"""How many requests of an endpoint's model may be under way at once, over all processes."""

import hashlib
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.05  # seconds between two looks
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Slots:
    """`most` places by `key`, a file each in `folder` that is locked while its place is taken: the kernel frees it however its holder ends.

    Where no file can be locked, this process alone is kept to it. For any thread.
    """

    _here: Counter[str] = Counter()  # noqa: RUF012 - this process's, over all instances
    _lock = threading.Lock()

    def __init__(self, folder: Path, key: str, most: int) -> None:
        self._folder, self._most = folder, most
        self._key = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]

    @contextmanager
    def taken(self, deadline: float, pause: Callable[[float], object] = time.sleep) -> Iterator[bool]:
        """Effect: hold a place, waited for until `deadline` (monotonic clock); yields whether there was one. `pause` may raise to end the waiting."""
        place = self._place()
        while place is None and time.monotonic() < deadline:
            pause(random.uniform(_PAUSE / 2, _PAUSE))
            place = self._place()
        try:
            yield place is not None
        finally:
            if place is not None:
                self._left(place)

    def _place(self) -> int | None:
        """A place: a locked descriptor, -1 for one that no file stands for; None where all are taken."""
        with self._lock:
            if self._here[self._key] >= self._most:
                return None
            place = self._locked()
            if place is not None:
                self._here[self._key] += 1
            return place

    def _locked(self) -> int | None:
        try:
            import fcntl

            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except (ImportError, OSError):
            return -1
        for place in range(self._most):
            try:
                descriptor = os.open(self._folder / f"{self._key}.{place}", _FLAGS, 0o600)
            except OSError:
                return -1
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
            else:
                return descriptor
        return None

    def _left(self, place: int) -> None:
        if place >= 0:
            os.close(place)
        with self._lock:
            self._here[self._key] -= 1
