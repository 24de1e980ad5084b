"""Clocks, and durations as people write them: ``90``, ``"1m30s"``, ``"250ms"``."""

from __future__ import annotations

import math
import re
import time
from typing import Union

Duration = Union[int, float, str]

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")


def parse_duration(value: Duration) -> float:
    """Seconds as a float. Plain numbers, also as text, are seconds."""
    if isinstance(value, bool):
        raise TypeError("a duration is a number or a text, not a bool")
    if isinstance(value, (int, float)):
        seconds = float(value)
    else:
        seconds = _parse_text(value)
    if math.isnan(seconds) or seconds < 0:
        raise ValueError("not a duration: %r" % (value,))
    return seconds


def _parse_text(text: str) -> float:
    lowered = text.strip().lower()
    if not lowered:
        raise ValueError("not a duration: %r" % (text,))
    try:
        return float(lowered)
    except ValueError:
        pass
    total = 0.0
    at = 0
    while at < len(lowered):
        part = _PART.match(lowered, at)
        if part is None:
            raise ValueError("not a duration: %r" % (text,))
        total += float(part.group(1)) * _UNITS[part.group(2)]
        at = part.end()
    return total


class Clock:
    """What the queue needs of a clock: seconds since some fixed moment, and a way to wait."""

    def now(self) -> float:
        raise NotImplementedError

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError


class SystemClock(Clock):
    """The time of day, so that times survive a restart."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class ManualClock(Clock):
    """A clock that stands still until it is told to move. Sleeping moves it."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = float(start)

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("a clock does not run backwards")
        self._now += seconds

    def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
