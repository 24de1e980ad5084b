"""A small JSON document that several processes read and change in turn: private, locked while it changes, never half written."""

import json
import math
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Document = dict[str, object]

VERSION = 1
_LIMIT = 1 << 20  # bytes
_PATIENCE = 1.0  # seconds that another process may hold it: one that was stopped in the midst must not stop us too
_PAUSE = 0.005  # seconds
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

    def read(self) -> Document:
        """Effect: reads the file. What it holds now, the caller's to change."""
        if self._memory:
            return _parsed(self._memory.encode())
        try:
            descriptor = os.open(self.path, _READ)
        except OSError:
            return {}
        with os.fdopen(descriptor, "rb") as source:
            info = os.fstat(descriptor)
            if not stat.S_ISREG(info.st_mode) or info.st_size > _LIMIT:
                return {}
            return _parsed(source.read(_LIMIT))

    def change(self, alter: Callable[[Document], T], *, durable: bool = False) -> T:
        """Effect: let `alter` change the document, and keep it; nobody else changes it meanwhile. Returns what `alter` did.

        What `alter` raises goes through, and nothing is changed. `durable` where a power cut must not lose it: that takes milliseconds.
        """
        with self._lock, _held(self.path):
            document = self.read()
            before = json.dumps(document)
            result = alter(document)
            if json.dumps(document) != before or self._memory:
                self._write(json.dumps({"version": VERSION, "kept": document}, allow_nan=False), durable=durable)
        return result

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
    """`value` where it is a finite number of at least 0, else 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0.0
    return float(value) if math.isfinite(value) and value >= 0 else 0.0


def _parsed(data: bytes) -> Document:
    try:
        stored = json.loads(data.decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError):
        return {}
    return table(stored.get("kept")) if isinstance(stored, dict) and stored.get("version") == VERSION else {}


def _refused(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


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
