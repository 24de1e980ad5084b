"""Who pays for calls: the budget of the work and the limits of the day, asked before each call and told after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixbot_agent.errors import BudgetSpent, ModelError
from fixbot_agent.models.budget import Budget
from fixbot_agent.models.calls import Call, answered, failed
from fixbot_agent.models.keeping import DayLimits, Ledger
from fixbot_agent.models.messages import Message, Reply, ToolSpec, Usage
from fixbot_agent.models.model import Endpoint, Listen, Model, Schema
from fixbot_agent.models.prices import Estimate, priced

_UNPRICED = "no price is set for '{0}' (price_in and price_out in [models.{0}]): what it costs is not counted"


@dataclass(frozen=True, slots=True)
class Held:
    """What was put aside for one call of the model `name`; `mark` is its number in the day's account, "" where none is kept."""

    name: str
    wanted: Estimate
    mark: str = ""


class Purse:
    """A budget, and the account of the day where one is kept. `tell` hears once of each model without a price where money is limited."""

    def __init__(
        self,
        budget: Budget | None = None,
        ledger: Ledger | None = None,
        limits: DayLimits | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.budget = Budget() if budget is None else budget
        self._ledger, self._limits, self._tell = ledger, limits or DayLimits(), tell
        self._unpriced: set[str] = set()

    def hold(self, name: str, wanted: Estimate, seconds: float) -> Held:
        """Effect: put aside what a call may take that is over within `seconds`. Raises BudgetSpent where a limit might be passed."""
        self.budget.hold(wanted)
        try:
            mark = self._ledger.hold(name, wanted, self._limits, seconds) if self._ledger else ""
        except BudgetSpent:
            self.budget.settle(wanted, Usage(), 0)
            raise
        if not wanted.is_priced and (self.budget.cost or self._limits.cost) and name not in self._unpriced:
            self._unpriced.add(name)
            self._tell(_UNPRICED.format(name))
        return Held(name, wanted, mark)

    def settle(self, held: Held, usage: Usage, calls: int = 1) -> None:
        """Effect: book what it took in the end; `calls` is 0 where nothing was sent."""
        self.budget.settle(held.wanted, usage, calls)
        if self._ledger:
            self._ledger.settle(held.mark, held.name, usage, calls, is_priced=held.wanted.is_priced)


class Booked:
    """`model`, with what it takes put on the account of the day. No limit is asked: somebody asked for it by hand."""

    def __init__(self, model: Model, endpoint: Endpoint, ledger: Ledger) -> None:
        self._model, self._endpoint, self._ledger = model, endpoint, ledger

    @property
    def name(self) -> str:
        """The configured name."""
        return self._model.name

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: as the model's own."""
        call = Call(self.name)
        try:
            reply = self._model.complete(messages, tools, timeout, schema=schema, listen=listen)
            call = answered(call, reply)
        except ModelError as error:
            call = failed(call, error)
            raise
        finally:
            made = max(len(call.tries), 1)
            self._ledger.settle("", self.name, call.usage, made, is_priced=priced(self._endpoint))
        return reply
