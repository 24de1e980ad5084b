"""What was spent on models each day, by all processes of this user, and the limits that a day has."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.models.keeping.file import Document, SharedFile, number, table
from fixbot_agent.models.messages import Usage
from fixbot_agent.models.prices import Estimate
from fixbot_agent.models.tally import Spent

_DAYS = 31  # that are kept
_LATE = 60.0  # seconds after which a call whose end nobody told is not waited for
_MOST_HELD = 1000
_SUMS = ("calls", "tokens_in", "tokens_cached", "tokens_out", "cost", "unpriced")


@dataclass(frozen=True, slots=True)
class Day:
    """One day's account: what each model took, and the most that calls under way may take. `date` is the local one (ISO 8601)."""

    date: str
    spent: tuple[Spent, ...] = ()
    held_tokens: float = 0.0
    held_cost: float = 0.0

    @property
    def tokens(self) -> float:
        """Tokens read and written."""
        return sum(s.tokens_in + s.tokens_out for s in self.spent)

    @property
    def cost(self) -> float:
        """Money, as far as prices are known."""
        return sum(s.cost for s in self.spent)


@dataclass(frozen=True, slots=True)
class DayLimits:
    """What may be spent in a day; 0 is no limit."""

    cost: float = 0.0
    tokens: float = 0.0

    def check(self, day: Day, wanted: Estimate) -> None:
        """Raise BudgetSpent where a call of at most `wanted` might pass a limit."""
        costs = wanted.cost > 0 if wanted.is_priced else day.cost >= self.cost
        if self.cost and costs and day.cost + day.held_cost + wanted.cost > self.cost:
            said = f"{day.cost:.4g} of today's {self.cost:.4g} is spent, and the next answer may cost {wanted.cost:.4g}"
            raise BudgetSpent(said, "it begins anew at midnight; give more with max_cost_day")
        if self.tokens and day.tokens + day.held_tokens + wanted.tokens > self.tokens:
            said = f"{day.tokens:.0f} of today's {self.tokens:.0f} tokens are used, and the next answer may take {wanted.tokens}"
            raise BudgetSpent(said, "it begins anew at midnight; give more with max_tokens_day")


class Ledger:
    """The account of this user in `file`. Days begin at local midnight; `clock`: seconds since 1970. For any thread."""

    def __init__(self, file: SharedFile, clock: Callable[[], float] = time.time) -> None:
        self._file, self._clock = file, clock

    def today(self) -> Day:
        """Effect: reads the file. The account so far."""
        return _day(self._file.read(), self._date())

    def hold(self, name: str, wanted: Estimate, limits: DayLimits, seconds: float) -> str:
        """Effect: put `wanted` aside for a call of model `name` that is over within `seconds`; returns its number.

        Raises BudgetSpent where a limit might be passed, by what others have put aside too. Who is killed before :meth:`settle`
        is charged with all of it: what the endpoint did meanwhile nobody knows.
        """
        mark, now, date = secrets.token_hex(8), self._clock(), self._date()

        def held(kept: Document) -> None:
            self._book_lost(kept, now, date)
            limits.check(_day(kept, date), wanted)
            holds = kept["held"] = table(kept.get("held"))
            while len(holds) >= _MOST_HELD:
                del holds[next(iter(holds))]
            until = now + min(seconds, 86400.0) + _LATE
            holds[mark] = {
                "name": name, "tokens": wanted.tokens, "cost": wanted.cost, "is_priced": wanted.is_priced, "until": until,
            }  # fmt: skip

        self._file.change(held)
        return mark

    def settle(self, mark: str, name: str, usage: Usage, calls: int = 1, *, is_priced: bool = True) -> None:
        """Effect: book what the call `mark` took in the end, on the day that it is now."""
        date = self._date()

        def settled(kept: Document) -> None:
            table(kept.get("held")).pop(mark, None)
            _book(kept, date, name, usage, calls, is_priced=is_priced)

        self._file.change(settled, durable=True)

    def _date(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).astimezone().date().isoformat()

    def _book_lost(self, kept: Document, now: float, date: str) -> None:
        """Effect: charge calls whose end nobody told."""
        holds = table(kept.get("held"))
        for mark, value in list(holds.items()):
            hold = table(value)
            until = number(hold.get("until"))
            if now < until <= now + 2 * 86400:
                continue
            del holds[mark]
            if now - 2 * 86400 < until <= now:  # others are of a clock that was set since, or nobody's
                usage = Usage(int(number(hold.get("tokens"))), cost=number(hold.get("cost")))
                name, is_priced = str(hold.get("name"))[:64], hold.get("is_priced") is True
                _book(kept, date, name, usage, 1, is_priced=is_priced)


def _book(kept: Document, date: str, name: str, usage: Usage, calls: int, *, is_priced: bool) -> None:
    """Effect: add to a day's account."""
    days = kept["days"] = table(kept.get("days"))
    day = days[date] = table(days.get(date))
    sums = day[name] = table(day.get(name))
    more: Mapping[str, float] = {
        "calls": calls, "tokens_in": usage.tokens_in, "tokens_cached": usage.tokens_cached,
        "tokens_out": usage.tokens_out, "cost": usage.cost, "unpriced": 0 if is_priced else calls,
    }  # fmt: skip
    for key in _SUMS:
        sums[key] = number(sums.get(key)) + more[key]
    for old in sorted(days)[:-_DAYS]:
        del days[old]


def _day(kept: Document, date: str) -> Day:
    spent = []
    for name, value in table(table(kept.get("days")).get(date)).items():
        calls, tokens_in, cached, out, cost, unpriced = (number(table(value).get(key)) for key in _SUMS)
        spent.append(Spent(name, int(calls), int(tokens_in), int(cached), int(out), cost, int(unpriced)))
    holds = [table(h) for h in table(kept.get("held")).values()]
    tokens = sum(number(h.get("tokens")) for h in holds)
    return Day(date, tuple(spent), tokens, sum(number(h.get("cost")) for h in holds))
