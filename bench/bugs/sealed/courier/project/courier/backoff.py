"""How long to wait before another attempt."""
import random
from dataclasses import dataclass
from typing import Iterator, Optional


@dataclass(frozen=True)
class Backoff:
    first: float = 0.5
    factor: float = 2.0
    longest: float = 30.0
    attempts: int = 5  # in all, the first one included
    jitter: float = 0.0  # share by which a wait may be shorter

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError("at least one attempt")
        if not 0 <= self.jitter <= 1:
            raise ValueError("jitter is a share")

    def waits(self, dice: Optional[random.Random] = None) -> Iterator[float]:
        """Seconds before the second attempt, the third, and so on."""
        wait = self.first
        for _ in range(self.attempts - 1):
            share = (dice or random).random() if self.jitter else 0.0
            yield min(wait, self.longest) * (1 - self.jitter * share)
            wait *= self.factor


def retry_after(headers, now: float = 0.0) -> Optional[float]:
    """Seconds that a service asks us to wait: Retry-After (seconds) or X-Reset (a moment); None where it does not ask."""
    folded = {name.lower(): value for name, value in headers.items()}
    for name, offset in (("retry-after", 0.0), ("x-reset", now)):
        if name in folded:
            try:
                return max(0.0, float(folded[name]) - offset)
            except ValueError:
                continue
    return None
