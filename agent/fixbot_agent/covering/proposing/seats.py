"""Who is asked for tests: the models of the role "test", behind the answers that the run kept, on the terms of its budget."""

from collections.abc import Callable
from dataclasses import dataclass

from fixbot_agent.errors import UsageFailure
from fixbot_agent.models import Budget, Chain, DayLimits, Keeping, Purse, Terms, candidate, chain
from fixbot_agent.recording import Exchanges, Recorded, Recorder
from fixbot_agent.runs import Kept, Run
from fixbot_agent.settings import Places, Settings
from fixbot_agent.solving.account import Account

ROLE = "test"
ABOUT = "Write tests for `{}`:"  # what a conversation begins with, by which it is known again


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask. `model` comes first, with `fallback`; without it those of the role. `kept` is the run that is gone on with, or through again (`replays`)."""

    settings: Settings
    places: Places
    run: Run
    model: str = ""
    fallback: tuple[str, ...] = ()
    kept: Kept | None = None
    replays: bool = False
    say: Callable[[str], None] = lambda _: None


class Seats:
    """The models of one run. `notes` are what the report is to say of who was asked."""

    def __init__(self, asking: Asking) -> None:
        """Effect: reads what was kept, and says in the run who is asked. Raises UsageFailure for a model that is not configured."""
        settings = asking.settings
        self.notes: list[str] = []
        self.run, self.say, self.replays = asking.run, asking.say, asking.replays
        self.account = Account(settings, asking.run, self.notes.append, ROLE)
        if asking.replays:  # nobody is paid
            self.account.budget = Budget()
        self._kept = Exchanges.read(asking.kept) if asking.kept else Exchanges((), {})
        addresses = {name: model.base_url for name, model in settings.models.items()}
        self._recorder = Recorder(asking.run, addresses, self.account.asked, self.account.recalled, self._kept.last + 1)
        self._made: list[Recorded] = []
        self._chain = None if asking.replays else self._chained(asking)

    def _chained(self, asking: Asking) -> Chain | None:
        settings, keeping = asking.settings, Keeping(asking.places.shared)

        def told(line: str) -> None:
            self.account.told(line)
            asking.say(line)

        limits = DayLimits(settings.max_cost_day, settings.max_tokens_day)
        terms = Terms(keeping, Purse(self.account.budget, keeping.ledger, limits, told), told)
        made = chain(
            settings.models,
            _names(asking),
            offline=settings.offline,
            asked=self._recorder.answered,
            role=ROLE,
            terms=terms,
        )
        if made is None and asking.model:
            raise UsageFailure(f"the model '{asking.model}' is not on this machine", "leave --offline out")
        if made is not None:
            asking.run.event("routing", role=ROLE, order=list(made.names))
        return made

    @property
    def is_empty(self) -> bool:
        """Whether nobody can be asked."""
        return self._chain is None and not self.replays

    @property
    def name(self) -> str:
        """Who is asked next."""
        return self._chain.name if self._chain is not None else "the run"

    def of(self, function: str) -> Recorded | None:
        """Who answers for one function, from what the run kept about it first; None in a replay of a run that kept nothing."""
        answered = {a.messages for a in self._kept.asks if a.reply is not None}
        about = tuple(
            a
            for a in self._kept.asks
            if self._is_about(a.messages, function) and (a.reply is not None or a.messages not in answered)
        )  # what failed and was answered later, in a run that was gone on with, counts as answered
        if self.replays and not about:
            return None
        self._made.append(
            Recorded(self._recorder, self._chain, Exchanges(about, self._kept.blobs, self._kept.last), ROLE)
        )
        return self._made[-1]

    @property
    def recalled(self) -> int:
        """How many answers came from what was kept."""
        return sum(each.recalled for each in self._made)

    def _is_about(self, messages: tuple[str, ...], function: str) -> bool:
        return len(messages) > 1 and ABOUT.format(function) in self._kept.message(messages[1]).text


def _names(asking: Asking) -> list[str]:
    if asking.model:
        return [asking.model, *asking.fallback]
    tried = candidate(asking.settings.shares.get(ROLE, {}), asking.run.id, ROLE)
    return [*([tried] if tried else []), *asking.settings.roles.test, *asking.fallback]
