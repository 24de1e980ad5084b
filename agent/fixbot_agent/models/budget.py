"""What one piece of work may spend: steps, calls, tokens, money, seconds; asked before each call, with the most that it may take."""

import math
import threading
import time
from dataclasses import dataclass, field

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.models.messages import Usage
from fixbot_agent.models.prices import Estimate


@dataclass(slots=True)
class Budget:
    """Counts down while work goes on. 0 is no limit; `seconds` run from the start of the work. For any thread.

    `steps` are useful answers, `calls` are requests, failed ones too; `tokens` are those read and those written.
    """

    steps: int = 0
    cost: float = 0.0
    seconds: float = math.inf
    tokens: int = 0
    calls: int = 0
    began: float = field(default_factory=time.monotonic)
    steps_used: int = 0
    cost_used: float = 0.0
    tokens_used: int = 0
    calls_used: int = 0
    _held: list[Estimate] = field(default_factory=list)  # what calls under way may take
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def remaining(self) -> float:
        """Seconds left, never below 0; infinite without a limit."""
        return max(self.seconds - self.elapsed, 0.0)

    def charge(self, cost: float, tokens: int = 0, calls: int = 1) -> None:
        """Add what was spent, whether or not what came back was of use."""
        with self._lock:
            self.cost_used += cost
            self.tokens_used += tokens
            self.calls_used += calls

    def check(self) -> None:
        """Raise BudgetSpent when anything has run out."""
        if self.steps and self.steps_used >= self.steps:
            raise BudgetSpent(f"{_counted(self.steps, 'step')} used up", "give more with --max-steps")
        if self.calls and self.calls_used >= self.calls:
            raise BudgetSpent(f"{_counted(self.calls, 'call')} used up", "give more with --max-calls")
        if self.tokens and self.tokens_used >= self.tokens:
            raise BudgetSpent(f"{self.tokens_used} of {self.tokens} tokens are used", "give more with --max-tokens")
        if self.cost and self.cost_used >= self.cost:
            raise BudgetSpent(f"{self.cost_used:.4g} of {self.cost:.4g} is spent", "give more with --max-cost")
        if self.remaining <= 0:
            raise BudgetSpent(f"{self.seconds:g} seconds are over", "give more with --timeout")

    def step(self) -> None:
        """Take one step. Raises BudgetSpent when there is none left, or anything else has run out."""
        self.check()
        self.steps_used += 1

    def hold(self, wanted: Estimate) -> None:
        """Put aside what one call may take. Raises BudgetSpent where it might pass a limit, together with those under way."""
        with self._lock:
            calls = self.calls_used + len(self._held)
            if self.calls and calls >= self.calls:
                raise BudgetSpent(f"{calls} of {_counted(self.calls, 'call')} made", "give more with --max-calls")
            tokens = self.tokens_used + sum(h.tokens for h in self._held)
            if self.tokens and tokens + wanted.tokens > self.tokens:
                said = f"{tokens} of {self.tokens} tokens are used, and the next answer may take {wanted.tokens}"
                raise BudgetSpent(said, "give more with --max-tokens, or lower max_tokens in [models.NAME]")
            cost = self.cost_used + sum(h.cost for h in self._held)
            costs = wanted.cost > 0 if wanted.is_priced else cost >= self.cost
            if self.cost and costs and cost + wanted.cost > self.cost:
                said = f"{cost:.4g} of {self.cost:.4g} is spent, and the next answer may cost {wanted.cost:.4g}"
                raise BudgetSpent(said, "give more with --max-cost, or lower max_tokens in [models.NAME]")
            self._held.append(wanted)

    def settle(self, wanted: Estimate, usage: Usage, calls: int = 1) -> None:
        """Charge what a call took in the end that `wanted` was put aside for."""
        with self._lock:
            self._held.remove(wanted)
        self.charge(usage.cost, usage.tokens_in + usage.tokens_out, calls)


def _counted(count: int, noun: str) -> str:
    """So many of them, with the verb."""
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"
