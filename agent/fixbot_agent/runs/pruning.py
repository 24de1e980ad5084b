"""Deleting runs that nobody needs any more."""

import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs.run import held, is_held
from fixbot_agent.runs.trail import Kept

_UNITS = {"h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_AGE = re.compile(r"(\d{1,6})([hdw])\Z")


@dataclass(frozen=True, slots=True)
class Pruned:
    """A run that is deleted, or would be, and the bytes that it takes."""

    id: str
    bytes: int


def age(text: str) -> float:
    """Seconds that `text` says: "12h", "30d", "8w". Raises UsageFailure."""
    found = _AGE.match(text)
    if found is None:
        raise UsageFailure(f"'{text}' is no time", "write 12h, 30d or 8w")
    return int(found[1]) * _UNITS[found[2]]


def chosen(runs: Sequence[Kept], keep: int | None, older: float | None, now: float | None = None) -> list[Kept]:
    """Of `runs` (the newest first) those that may go: beyond the `keep` newest, older than `older` seconds; none that is going on."""
    now = time.time() if now is None else now
    beyond = runs[keep or 0 :]
    return [r for r in beyond if (older is None or now - begun(r.id) > older) and not is_held(r.folder)]


def begun(name: str) -> float:
    """When the run of that id was begun, in seconds since 1970."""
    return datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()


def size_of(kept: Kept) -> int:
    """Effect: the bytes of a run's files."""
    total = 0
    for place, _, names in os.walk(kept.folder):
        for name in names:
            try:
                total += (Path(place) / name).lstat().st_size
            except OSError:
                continue
    return total


def prune(runs: Sequence[Kept]) -> list[Pruned]:
    """Effect: delete `runs`, but for those that somebody has gone on with meanwhile. Raises OSError for one that cannot be deleted."""
    gone = []
    for kept in runs:
        descriptor = held(kept.folder)
        if descriptor is None and hasattr(os, "O_DIRECTORY"):
            continue
        try:
            told = Pruned(kept.id, size_of(kept))
            shutil.rmtree(kept.folder)
            gone.append(told)
        finally:
            if descriptor is not None:
                os.close(descriptor)
    return gone
