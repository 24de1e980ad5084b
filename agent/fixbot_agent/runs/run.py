"""One run as it is written: a folder with events, report and patch, private to the user."""

import errno
import hashlib
import json
import os
import secrets
import shutil
import stat
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.schemas import Json

EVENTS, BLOBS = "events.jsonl", "blobs.jsonl"
_MOST_BLOBS = 48 << 20  # characters that the contents of one run may take on disk
_SYNCED_EVERY = 1.0  # seconds; of events that come by the hundred, a crash of the machine may lose so many
# What a crash of the machine may take of these is asked, tried or said again.
_FREQUENT = ("trial", "searching", "ask", "message", "recalled")


class Run:
    """A run that is being written. Every write is redacted; a folder that cannot be written costs a warning, not the run.

    `id` sorts by time. `folder` is where it is kept, None when it is kept in memory only, with the reason in `lost`.
    """

    def __init__(self, folder: Path, redact: Redactor, warn: Callable[[str], None]) -> None:
        self.id = folder.name
        self.redact = redact
        self.lost = ""
        self.files: dict[str, str] = {}  # what could not be written
        self._folder = folder
        self._warn = warn
        self._held: int | None = None
        self._is_older = False  # than this process
        self._synced = 0.0
        self.kinds: set[str] = set()  # of the events so far
        self._blobs: set[str] = set()  # names of those that are kept
        self._room = _MOST_BLOBS
        self._lock = threading.RLock()

    @classmethod
    def start(cls, runs: Path, redact: Redactor, warn: Callable[[str], None], forbidden: Path | None = None) -> "Run":
        """Effect: make the folder of a new run below `runs`.

        `warn` is told once when the run cannot be kept on disk, also when `runs` lies inside `forbidden` (the repository).
        """
        now = datetime.now(UTC)
        run = cls(runs / f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{secrets.token_hex(3)}", redact, warn)
        if forbidden is not None and runs.resolve().is_relative_to(forbidden.resolve()):
            run._lose(f"{runs} lies inside the repository")
            return run
        try:
            runs.mkdir(parents=True, exist_ok=True, mode=0o700)
            run._folder.mkdir(mode=0o700)
            run._held = held(run._folder)
        except OSError as error:
            run._lose(f"{runs}: {error.strerror}")
        return run

    @classmethod
    def unkept(cls, redact: Redactor) -> "Run":
        """A run that is kept in memory only, and nobody is warned of it."""
        run = cls(Path("unkept"), redact, lambda _: None)
        run.lost = "it is not meant to be kept"
        return run

    @classmethod
    def resume(cls, folder: Path, redact: Redactor, warn: Callable[[str], None]) -> "Run":
        """Effect: go on writing the run in `folder`. Raises UsageFailure where another process is at it, or it cannot be written."""
        run = cls(folder, redact, warn)
        run._is_older = True
        if is_held(folder):
            raise UsageFailure(f"the run {folder.name} is still going on", "wait for it, or end it first")
        try:
            run._held = held(folder)
            for name in (EVENTS, BLOBS):
                _put(folder / name, _line_end(folder / name), os.O_APPEND)
            kept = _kept_blobs(folder / BLOBS)
            run._blobs, run._room = set(kept), _MOST_BLOBS - sum(kept.values())
        except OSError as error:
            raise UsageFailure(
                f"the run {folder.name} cannot be written: {error.strerror}",
                f"make room and {folder} writable, or begin anew without --resume",
            ) from error
        return run

    @property
    def folder(self) -> Path | None:
        """Where the run is kept; None when it is in memory only."""
        return None if self.lost else self._folder

    def event(self, kind: str, **values: Json) -> None:
        """Effect: append one event and see it safely on disk; frequent ones once a second. From any thread."""
        with self._lock:
            self.kinds.add(kind)
            now = time.monotonic()
            sync = kind not in _FREQUENT or now - self._synced > _SYNCED_EVERY
            self._synced = now if sync else self._synced
            record = {"at": round(time.time(), 3), "kind": kind, **values}
            self._write(EVENTS, json.dumps(self.clean(record), ensure_ascii=False) + "\n", os.O_APPEND, sync=sync)

    def blobs(self, contents: Sequence[Json], *, sync: bool = False) -> list[str]:
        """Effect: keep each of `contents` once, whatever number of events name it; returns their names, digests of what is kept.

        With `sync` all that were kept so far are safely on disk before this returns. Where a run's contents take too much room
        only their names are kept.
        """
        with self._lock:
            new: dict[str, str] = {}
            names = []
            for content in contents:
                text = json.dumps(self.clean(content), ensure_ascii=False, sort_keys=True)
                name = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
                names.append(name)
                if name not in self._blobs and len(text) <= self._room:
                    self._blobs.add(name)
                    self._room -= len(text)
                    new[name] = text
            if new:
                lines = "".join(f'{{"id": "{name}", "value": {text}}}\n' for name, text in new.items())
                self._write(BLOBS, lines, os.O_APPEND, sync=sync)
            return names

    def keep(self, name: str, content: Json) -> None:
        """Effect: write the file `name` of the run anew: a string as it is, anything else as JSON."""
        clean = self.clean(content)
        self._write(name, clean if isinstance(clean, str) else json.dumps(clean, ensure_ascii=False), os.O_TRUNC)

    def forget(self, *names: str) -> None:
        """Effect: remove files of the run that will be written anew."""
        for name in names if self.folder is not None else ():
            (self._folder / name).unlink(missing_ok=True)

    def discard(self) -> None:
        """Effect: leave nothing of a run that did not get as far as doing something; one that is gone on with stays as it was."""
        if self._is_older:
            return
        if self.folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self.lost = self.lost or "discarded"

    def close(self) -> None:
        """Effect: let go of the folder, so that others may go on with the run. Safe to call twice."""
        descriptor, self._held = self._held, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        """Effect: let go of the folder."""
        self.close()

    def clean(self, value: Json) -> Json:
        """`value` with every string redacted; before it becomes JSON, whose escapes would hide a key of several lines."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return {self.redact(name): self.clean(part) for name, part in value.items()}
        if isinstance(value, Sequence):
            return [self.clean(part) for part in value]
        return value

    def _write(self, name: str, text: str, how: int, *, sync: bool = True) -> None:
        if not self.lost:
            try:
                _put(self._folder / name, _bytes(text), how, sync=sync)
            except (OSError, UnicodeEncodeError) as error:
                self._lose(f"{self._folder}: {error}")
            else:
                return
        self.files[name] = self.files.get(name, "") + text if how == os.O_APPEND else text

    def _lose(self, why: str) -> None:
        self.lost = why
        self._warn(f"this run is not kept: {why}")


def held(folder: Path) -> int | None:
    """Effect: hold `folder` for as long as this process lives, or until the descriptor is closed.

    None where another run holds it; Raises OSError when it cannot be opened. Where the platform has
    no such locks nothing is held.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return None
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def is_held(folder: Path) -> bool:
    """Effect: whether a living process writes the run in `folder`."""
    try:
        descriptor = held(folder)
    except OSError:
        return False
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None and hasattr(os, "O_DIRECTORY")


def opened(path: Path, how: int) -> int:
    """Effect: a descriptor of the file at `path`, opened as `how` says, private when it is made.

    Raises OSError; for a pipe too, which might keep its reader or writer waiting for ever.
    """
    descriptor = os.open(path, how | getattr(os, "O_NONBLOCK", 0), 0o600)
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "a pipe, not a file", str(path))
    return descriptor


def _kept_blobs(path: Path) -> dict[str, int]:
    """Effect: names and sizes of the contents that are kept whole in a file of them."""
    kept = {}
    with os.fdopen(opened(path, os.O_RDONLY), "rb") as source:
        for line in source:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue  # cut short by a crash: it is written again
            kept[str(row.get("id"))] = len(line)
    return kept


def _line_end(path: Path) -> bytes:
    """Effect: read the end of a file. What it lacks so that its last line, cut short by a crash or a full disk, takes no other with it."""
    if not path.is_file():
        return b""
    with os.fdopen(opened(path, os.O_RDONLY), "rb") as source:
        size = source.seek(0, os.SEEK_END)
        source.seek(max(size - 1, 0))
        return b"" if source.read(1) in (b"", b"\n") else b"\n"


def _bytes(text: str) -> bytes:
    """`text` as it is written: what bytes no text could say become those bytes, other lone surrogates a mark."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _put(path: Path, data: bytes, how: int, *, sync: bool = True) -> None:
    descriptor = opened(path, os.O_WRONLY | os.O_CREAT | how)
    with os.fdopen(descriptor, "ab" if how == os.O_APPEND else "wb") as out:
        out.write(data)
        out.flush()
        if sync:
            os.fsync(out.fileno())
