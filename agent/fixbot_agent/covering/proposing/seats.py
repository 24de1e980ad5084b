"""Who is asked for tests: the models of the role "test", behind the answers that the run kept, on the terms of its budget."""

from fixbot_agent.models import Budget
from fixbot_agent.recording import Exchanges, Recorded
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.seating import Asking, seating

ROLE = "test"
ABOUT = "Write tests for `{}`:"  # what a conversation begins with, by which it is known again


class Seats:
    """The models of one run. `notes` are what the report is to say of who was asked."""

    def __init__(self, asking: Asking) -> None:
        """Effect: reads what was kept, and says in the run who is asked. Raises UsageFailure for a model that is not configured."""
        self.notes: list[str] = []
        self.run, self.say, self.replays = asking.run, asking.say, asking.replays
        self.account = Account(asking.settings, asking.run, self.notes.append, asking.role)
        if asking.replays:  # nobody is paid
            self.account.budget = Budget()
        self._seating = seating(asking, self.account)
        self._made: list[Recorded] = []

    @property
    def is_empty(self) -> bool:
        """Whether nobody can be asked."""
        return self._seating.chain is None and not self.replays

    @property
    def name(self) -> str:
        """Who is asked next."""
        return self._seating.chain.name if self._seating.chain is not None else "the run"

    def of(self, function: str) -> Recorded | None:
        """Who answers for one function, from what the run kept about it first; None in a replay of a run that kept nothing."""
        kept = self._seating.kept
        answered = {a.messages for a in kept.asks if a.reply is not None}
        about = tuple(
            a
            for a in kept.asks
            if self._is_about(a.messages, function) and (a.reply is not None or a.messages not in answered)
        )  # what failed and was answered later, in a run that was gone on with, counts as answered
        if self.replays and not about:
            return None
        self._made.append(self._seating.answering(Exchanges(about, kept.blobs, kept.last)))
        return self._made[-1]

    @property
    def recalled(self) -> int:
        """How many answers came from what was kept."""
        return sum(each.recalled for each in self._made)

    def _is_about(self, messages: tuple[str, ...], function: str) -> bool:
        return len(messages) > 1 and ABOUT.format(function) in self._seating.kept.message(messages[1]).text
