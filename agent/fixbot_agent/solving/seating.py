"""Who is asked in a run that is no solve: the models of a role, behind the answers that it kept, on the terms of its budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixbot_agent.errors import UsageFailure
from fixbot_agent.models import Chain, DayLimits, Keeping, Purse, Terms, candidate, chain
from fixbot_agent.recording import Exchanges, Recorded, Recorder
from fixbot_agent.runs import Kept, Run
from fixbot_agent.settings import Places, Settings
from fixbot_agent.solving.account import Account


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask. `model` comes first, with `fallback`; without it those of `role`. `kept` is the run that is gone through again (`replays`): then nobody is asked."""

    role: str
    settings: Settings
    places: Places
    run: Run
    model: str = ""
    fallback: tuple[str, ...] = ()
    kept: Kept | None = None
    replays: bool = False
    say: Callable[[str], None] = lambda _: None

    @property
    def names(self) -> list[str]:
        """Who is asked, in order."""
        if self.model:
            return [self.model, *self.fallback]
        tried = candidate(self.settings.shares.get(self.role, {}), self.run.id, self.role)
        configured: Sequence[str] = getattr(self.settings.roles, self.role)
        return [*([tried] if tried and not self.replays else []), *configured, *self.fallback]


@dataclass(frozen=True, slots=True)
class Seating:
    """What a run kept, who writes into it what is asked, and who is asked for the rest: nobody in a replay, or where nobody may be."""

    role: str
    recorder: Recorder
    kept: Exchanges
    chain: Chain | None

    def answering(self, kept: Exchanges) -> Recorded:
        """Who answers from `kept`, else by being asked."""
        return Recorded(self.recorder, self.chain, kept, self.role)


def seating(asking: Asking, account: Account) -> Seating:
    """Effect: reads what was kept, and says in the run who is asked. Raises UsageFailure for a model that is not configured, or may not be asked."""
    kept = Exchanges.read(asking.kept) if asking.kept else Exchanges((), {})
    addresses = {name: model.base_url for name, model in asking.settings.models.items()}
    recorder = Recorder(asking.run, addresses, account.asked, account.recalled, kept.last + 1)
    return Seating(asking.role, recorder, kept, None if asking.replays else _chained(asking, account, recorder))


def seated(asking: Asking, account: Account) -> Recorded | None:
    """Effect: as :func:`seating`. Who answers; None where nobody may be asked."""
    found = seating(asking, account)
    return found.answering(found.kept) if found.chain is not None or asking.replays else None


def _chained(asking: Asking, account: Account, recorder: Recorder) -> Chain | None:
    settings, keeping = asking.settings, Keeping(asking.places.shared)

    def told(line: str) -> None:
        account.told(line)
        asking.say(line)

    limits = DayLimits(settings.max_cost_day, settings.max_tokens_day)
    terms = Terms(keeping, Purse(account.budget, keeping.ledger, limits, told), told)
    made = chain(
        settings.models, asking.names, offline=settings.offline, asked=recorder.answered, role=asking.role, terms=terms
    )
    if made is None and asking.model:
        raise UsageFailure(f"the model '{asking.model}' is not on this machine", "leave --offline out")
    if made is not None:
        asking.run.event("routing", role=asking.role, order=list(made.names))
    return made
