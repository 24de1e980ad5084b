"""What a completion of one model must pass before it is asked for: its limits a minute, its places, and what a day may cost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.models import Budget, DayLimits, Keeping, Purse, Usage
from fixbot_agent.models.model import Endpoint
from fixbot_agent.models.prices import cost, estimate
from fixbot_agent.models.retrying import Crowded

_AGAIN = 60.0  # seconds after which a spent day is looked at again: it may have been given more, or be another


@dataclass(slots=True)
class Bill:
    """What a completion took; who asked says it before the end."""

    usage: Usage = field(default_factory=Usage)


class Gate:
    """One model's. Nobody waits here: a completion that comes late is none. For any thread."""

    def __init__(self, endpoint: Endpoint, keeping: Keeping, limits: DayLimits) -> None:
        self._endpoint = endpoint
        self._limits, self._slots = keeping.limits(endpoint), keeping.slots(endpoint)
        self._purse = Purse(Budget(), keeping.ledger, limits)
        self._until, self._why = 0.0, ""

    @property
    def closed(self) -> str:
        """Why nothing may be asked now; "" where something may."""
        return self._why if time.monotonic() < self._until else ""

    @contextmanager
    def passed(self, tokens_in: int, most: int, seconds: float) -> Iterator[Bill]:
        """Effect: book one completion: about `tokens_in` read, at most `most` written, within `seconds`. Raises Crowded where it may not be asked for."""
        if wait := self._limits.take(tokens_in + most):
            raise self._shut(f"the limits of model '{self._endpoint.name}' are used up for {wait:.0f} s", wait)
        if self._slots is None:
            with self._paid(tokens_in, most, seconds) as bill:
                yield bill
            return
        with self._slots.taken(0.0) as is_ours:
            if not is_ours:
                raise self._shut(f"model '{self._endpoint.name}' is asked as often at once as it may be", 0.0)
            with self._paid(tokens_in, most, seconds) as bill:
                yield bill

    @contextmanager
    def _paid(self, tokens_in: int, most: int, seconds: float) -> Iterator[Bill]:
        wanted = estimate(self._endpoint, tokens_in)
        dearest = Usage(tokens_in, 0, most)
        wanted = replace(wanted, tokens=tokens_in + most, cost=cost(self._endpoint, dearest))
        try:
            held = self._purse.hold(self._endpoint.name, wanted, seconds)
        except BudgetSpent as error:
            raise self._shut(error.message, _AGAIN) from error
        bill = Bill()
        try:
            yield bill
        finally:
            self._purse.settle(held, replace(bill.usage, cost=cost(self._endpoint, bill.usage)))
            self._limits.settle(bill.usage.tokens_in + bill.usage.tokens_out - tokens_in - most)

    def _shut(self, why: str, seconds: float) -> Crowded:
        self._until, self._why = time.monotonic() + seconds, why
        return Crowded(why, "see [models.NAME], max_cost_day and max_tokens_day in your settings", seconds)
