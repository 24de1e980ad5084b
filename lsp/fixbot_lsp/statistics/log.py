"""The log of events: one file a month in the state folder, private to the user, capped."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from fixbot_lsp.statistics.events import Event, decode, encode

_NAME = re.compile(r"\d{4}-\d{2}\.jsonl")
_MONTHS = 13  # kept: a year can be compared with the one before
_LARGEST = 32 << 20  # bytes of one month; what comes after is not counted
_LONGEST = 1 << 20  # bytes of a line
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # absent on Windows


class Log:
    """Appends to and reads the events below `folder`. A folder that cannot be written loses events and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, event: Event) -> bool:
        """Effect: append one event; returns whether it was kept. Several processes may append: a line is one write."""
        name = f"{datetime.fromtimestamp(event.at, UTC):%Y-%m}.jsonl"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.folder / name, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NOFOLLOW, 0o600)
        except OSError:
            return False
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
                return False
            # A line that a full disk cut short must not take the next one with it.
            line = b"\n" * _is_cut(handle, found.st_size) + encode(event)
            return os.write(handle, line) == len(line)
        except OSError:
            return False
        finally:
            os.close(handle)

    def read(self, since: float = 0) -> Iterator[Event]:
        """Effect: yield what was kept from `since` (seconds since the epoch) on, oldest month first; damaged lines are passed over.

        Raises OSError where the folder is there and cannot be read.
        """
        first = f"{datetime.fromtimestamp(since, UTC):%Y-%m}"
        for file in self._files():
            if file.stem < first:
                continue
            with file.open("rb") as lines:
                for line in iter(lambda lines=lines: lines.readline(_LONGEST), b""):  # type: ignore[misc]
                    event = decode(line)
                    if event is not None and event.at >= since:
                        yield event

    def prune(self) -> None:
        """Effect: delete the months that are too old, as far as they can be."""
        with suppress(OSError):
            for file in self._files()[:-_MONTHS]:
                file.unlink(missing_ok=True)

    def clear(self) -> int:
        """Effect: delete everything; returns how many files that were. Raises OSError where one cannot be deleted."""
        files = self._files()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _files(self) -> list[Path]:
        try:
            return sorted(
                p for p in self.folder.iterdir() if _NAME.fullmatch(p.name) and p.is_file() and not p.is_symlink()
            )
        except FileNotFoundError:
            return []


def _is_cut(handle: int, size: int) -> bool:
    """Whether the last line of the file has no end."""
    if not size:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"
