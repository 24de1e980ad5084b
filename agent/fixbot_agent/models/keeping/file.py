"""A small JSON document that several processes read and change in turn: private, locked while it changes, never half written."""

import json
import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from fixbot_analysis.errors import FixbotError

log = logging.getLogger(__name__)
T = TypeVar("T")
Document = dict[str, object]

VERSION = 1
_LIMIT = 1 << 20  # bytes
_PATIENCE = 1.0  # seconds that another process may hold it: one that was stopped in the midst must not stop us too
_PAUSE = 0.005  # seconds
_LARGEST = 1e15  # nothing that is kept is more: seconds since 1970, tokens, money
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class SharedFile:
    """One document. What cannot be read counts as empty; what cannot be written is kept in memory, for this process alone.

    The kernel lets go of the lock however its holder ends. Where the platform has no flock, processes do not wait for each
    other; the file is whole even then. For any thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._memory = ""  # JSON, where it could not be written
        self._has_told = False

    def read(self) -> Document:
        """Effect: reads the file. What it holds now, the caller's to change."""
        if self._memory:
            return _parsed(self._memory.encode())
        try:
            with os.fdopen(os.open(self.path, _READ), "rb") as source:
                info = os.fstat(source.fileno())
                if not stat.S_ISREG(info.st_mode) or info.st_size > _LIMIT:
                    return {}
                return _parsed(source.read(_LIMIT))
        except OSError:
            return {}

    def change(self, alter: Callable[[Document], T], *, durable: bool = False) -> T:
        """Effect: let `alter` change the document, and keep it; nobody else changes it meanwhile. Returns what `alter` did.

        A FixbotError that `alter` raises goes through, and nothing is changed; where it fails otherwise, what is kept is at fault, and it
        begins anew with nothing. `durable` where a power cut must not lose it: that takes milliseconds.
        """
        with self._lock, _held(self.path):
            document = self.read()
            try:
                result, text = _altered(document, alter)
            except FixbotError:
                raise
            except Exception as error:  # noqa: BLE001 - what anybody may have written there must not end a request, or us
                self._tell(error)
                result, text = _altered({}, alter)
            if text or self._memory:
                self._write(text or self._memory, durable=durable)
        return result

    def _tell(self, error: Exception) -> None:
        if not self._has_told:
            self._has_told = True
            log.warning("%s cannot be used as it is, and begins anew: %s: %s", self.path, type(error).__name__, error)

    def _write(self, text: str, *, durable: bool) -> None:
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as out:
                out.write(text)
                if durable:
                    out.flush()
                    os.fsync(out.fileno())
            fresh.replace(self.path)
            self._memory = ""
        except OSError:
            self._memory = text
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


def table(value: object) -> Document:
    """`value` where it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def number(value: object) -> float:
    """`value` where it is a number of at least 0 and at most 1e15, else 0."""
    return max(signed(value) or 0.0, 0.0)


def signed(value: object) -> float | None:
    """`value` where it is a number of at most 1e15 either way, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if -_LARGEST <= value <= _LARGEST else None  # a NaN is in no range


def _altered(document: Document, alter: Callable[[Document], T]) -> tuple[T, str]:
    """What `alter` did, and the text of the document after it; "" where it is as it was."""
    before = json.dumps(document)
    result = alter(document)
    is_same = json.dumps(document) == before
    return result, "" if is_same else json.dumps({"version": VERSION, "kept": document}, allow_nan=False)


def _parsed(data: bytes) -> Document:
    """What `data` holds. A number that nobody can have kept there is read as none: it must spoil no other entry."""
    try:
        text = data.decode("utf-8")
        stored = json.loads(text, parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return {}
    return table(stored.get("kept")) if isinstance(stored, dict) and stored.get("version") == VERSION else {}


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) < 17 and abs(int(digits)) <= _LARGEST else None


def _fraction(digits: str) -> float | None:
    return signed(float(digits))


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Effect: hold the lock beside `path`, or go on without it where that cannot be had in time."""
    try:
        import fcntl

        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path.with_name(f"{path.name}.lock"), flags, 0o600)
    except (ImportError, OSError):
        yield
        return
    deadline = time.monotonic() + _PATIENCE
    try:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
