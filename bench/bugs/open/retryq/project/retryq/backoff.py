"""How long to wait before the next try. ``attempt`` counts from 1: the try that has just failed."""

from __future__ import annotations

from typing import Optional

from .timing import Duration, parse_duration


class Backoff:
    """Base of all back-offs: a raw delay, bounded by ``cap``."""

    def __init__(self, cap: Optional[Duration] = None) -> None:
        self.cap = None if cap is None else parse_duration(cap)

    def raw(self, attempt: int) -> float:
        raise NotImplementedError

    def delay(self, attempt: int) -> float:
        """Seconds to wait after failed try number ``attempt``."""
        if attempt < 1:
            raise ValueError("attempts count from 1")
        seconds = self.raw(attempt)
        return seconds if self.cap is None else min(seconds, self.cap)


class Constant(Backoff):
    def __init__(self, every: Duration, cap: Optional[Duration] = None) -> None:
        super().__init__(cap)
        self.every = parse_duration(every)

    def raw(self, attempt: int) -> float:
        return self.every


class Exponential(Backoff):
    """``base``, ``base * factor``, ``base * factor ** 2`` and so on."""

    def __init__(self, base: Duration = 1, factor: float = 2.0, cap: Optional[Duration] = "1h") -> None:
        super().__init__(cap)
        if factor < 1:
            raise ValueError("the factor must not be below 1")
        self.base = parse_duration(base)
        self.factor = float(factor)

    def raw(self, attempt: int) -> float:
        if self.base == 0:
            return 0.0
        try:
            return self.base * self.factor ** (attempt - 1)
        except OverflowError:
            return float("inf")
