"""A token bucket: what may be taken now when so much a minute is allowed, and how long to wait where it may not. Arithmetic only."""

from dataclasses import dataclass

_BURST = 0.1  # of a minute's worth that may be taken at once
_NOTHING = 1e-6  # what rounding leaves


@dataclass(frozen=True, slots=True)
class Bucket:
    """Fills steadily with `rate` a minute, up to a tenth of that, but room for one.

    `level` is below 0 where more was taken than was there: what is larger than the bucket may be taken when it is full,
    and what turned out larger than it was thought is taken later. Within any minute no more than `rate`, a tenth of it,
    and one taking is let through. `at` in seconds.
    """

    rate: float
    level: float
    at: float

    @classmethod
    def full(cls, rate: float, at: float) -> "Bucket":
        """One that nothing was taken of."""
        return cls(rate, max(rate * _BURST, 1.0), at)

    @property
    def most(self) -> float:
        """What it holds when it is full."""
        return max(self.rate * _BURST, 1.0)

    def filled(self, now: float) -> "Bucket":
        """As it is at `now`; where the clock was set back, as it was."""
        passed = max(now - self.at, 0.0)
        return Bucket(self.rate, min(self.level + passed * self.rate / 60, self.most), now)

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken."""
        lacking = min(amount, self.most) - self.filled(now).level
        return lacking * 60 / self.rate if lacking > _NOTHING else 0.0

    def less(self, amount: float, now: float) -> "Bucket":
        """As it is when `amount` was taken at `now`, or given back where it is below 0."""
        filled = self.filled(now)
        return Bucket(self.rate, min(filled.level - amount, self.most), now)
