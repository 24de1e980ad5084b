"""What a solve, or a question, asks of models and what that takes, told to its run as it happens."""

import threading
from collections.abc import Callable

from fixbot_agent.models import Budget, Call, Tally, priced
from fixbot_agent.runs import Run
from fixbot_agent.settings import Settings


class Account:
    """One run's, for the role `role`. `say` hears what the report is to say of who was asked; `live` the same, for whoever watches."""

    def __init__(
        self,
        settings: Settings,
        run: Run,
        say: Callable[[str], None],
        role: str = "solve",
        live: Callable[[str], None] = lambda _: None,
    ) -> None:
        limits = settings.max_steps, settings.max_cost, settings.timeout, settings.max_tokens, settings.max_calls
        self.budget = Budget(*limits)
        self.tally = Tally()
        self._models, self._run, self._say, self._role = settings.models, run, say, role
        self._live, self._latest = live, ""
        self._lock = threading.Lock()  # samples are asked at once
        self._blind: set[str] = set()  # models that were asked about pictures and do not see

    def told(self, line: str) -> None:
        """Effect: keep `line`, on who is asked now and why, in the run and for the report."""
        self._say(line)
        self._run.event("routing", role=self._role, said=line)
        with self._lock:  # samples that are asked at once meet the same
            is_new, self._latest = line != self._latest, line
        if is_new:
            self._live(line)

    def asked(self, call: Call) -> None:
        """Count a call; what it cost was paid already."""
        endpoint = self._models.get(call.name)
        is_priced = endpoint is None or priced(endpoint)
        is_blind = call.reply is not None and call.reply.unread and call.name not in self._blind
        if is_blind:
            self._blind.add(call.name)
            self.told(f"the model '{call.name}' does not see: it was given the text without its pictures")
        with self._lock:
            self.tally.add(call.name, call.usage, max(len(call.tries), 1), is_priced=is_priced)

    def recalled(self, call: Call) -> None:
        """Count a call that was made before the run was cut short: what it took is part of what the run may take."""
        usage = call.usage
        self.budget.charge(usage.cost, usage.tokens_in + usage.tokens_out, max(len(call.tries), 1))
        self.asked(call)
