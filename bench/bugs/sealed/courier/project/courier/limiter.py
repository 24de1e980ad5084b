"""So many calls per second, with short bursts: a bucket of tokens that fills up again."""
import asyncio

from .clock import Clock


class Limiter:
    def __init__(self, clock: Clock, rate: float, burst: int = 1) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("rate and burst must be more than nothing")
        self.clock = clock
        self.rate = rate
        self.burst = burst
        self._tokens = float(burst)
        self._seen = clock.now()
        self._turn = None

    def _fill(self) -> None:
        now = self.clock.now()
        self._tokens = min(self.burst, self._tokens + (now - self._seen) * self.rate)
        self._seen = now

    def try_take(self, tokens: int = 1) -> bool:
        self._fill()
        if self._tokens + 1e-9 < tokens:
            return False
        self._tokens -= tokens
        return True

    async def take(self, tokens: int = 1) -> float:
        """Wait until there are enough tokens; seconds that were waited. First come, first served."""
        if tokens > self.burst:
            raise ValueError(f"never more than {self.burst} at once")
        if self._turn is None:
            self._turn = asyncio.Lock()
        began = self.clock.now()
        async with self._turn:
            while not self.try_take(tokens):
                await self.clock.sleep((tokens - self._tokens) / self.rate)
        return self.clock.now() - began
