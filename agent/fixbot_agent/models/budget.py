"""What one piece of work may spend: steps, money, seconds."""

import math
import time
from dataclasses import dataclass, field

from fixbot_agent.errors import BudgetSpent


@dataclass(slots=True)
class Budget:
    """Counts down while work goes on. 0 for `steps` or `cost` is no limit; `seconds` run from the start of the work."""

    steps: int = 0
    cost: float = 0.0
    seconds: float = math.inf
    began: float = field(default_factory=time.monotonic)
    steps_used: int = 0
    cost_used: float = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def remaining(self) -> float:
        """Seconds left, never below 0; infinite without a limit."""
        return max(self.seconds - self.elapsed, 0.0)

    def charge(self, cost: float) -> None:
        """Add money that was spent, whether or not what came back was of use."""
        self.cost_used += cost

    def check(self) -> None:
        """Raise BudgetSpent when anything has run out."""
        if self.steps and self.steps_used >= self.steps:
            raise BudgetSpent(f"{self.steps} steps are used up", "give more with --max-steps")
        if self.cost and self.cost_used >= self.cost:
            raise BudgetSpent(f"{self.cost_used:.4g} of {self.cost:.4g} is spent", "give more with --max-cost")
        if self.remaining <= 0:
            raise BudgetSpent(f"{self.seconds:g} seconds are over", "give more with --timeout")

    def step(self) -> None:
        """Take one step. Raises BudgetSpent when there is none left, or anything else has run out."""
        self.check()
        self.steps_used += 1
