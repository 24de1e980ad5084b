"""What a solve asks of models and what that takes, told to its run as it happens."""

from collections.abc import Callable

from fixbot_agent.models import Budget, Call, Tally, priced
from fixbot_agent.runs import Run
from fixbot_agent.settings import Settings


class Account:
    """One solve's. `say` hears what the report is to say of who was asked."""

    def __init__(self, settings: Settings, run: Run, say: Callable[[str], None]) -> None:
        limits = settings.max_steps, settings.max_cost, settings.timeout, settings.max_tokens, settings.max_calls
        self.budget = Budget(*limits)
        self.tally = Tally()
        self._models, self._run, self._say = settings.models, run, say

    def told(self, line: str) -> None:
        """Effect: keep `line`, on who is asked now and why, in the run and for the report."""
        self._say(line)
        self._run.event("routing", role="solve", said=line)

    def asked(self, call: Call) -> None:
        """Effect: count a call, and keep in the run what it took; what it cost was paid already."""
        usage, endpoint = call.usage, self._models.get(call.name)
        self.tally.add(call.name, usage, max(len(call.tries), 1), is_priced=endpoint is None or priced(endpoint))
        tokens = {"tokens_in": usage.tokens_in, "tokens_cached": usage.tokens_cached, "tokens_out": usage.tokens_out}
        self._run.event("model", name=call.name, cost=usage.cost, error=call.error, **tokens)
