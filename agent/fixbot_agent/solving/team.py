"""Who is asked in one solve: the models of each role, behind the answers that its run kept; one recorder and one purse for all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fixbot_agent.errors import UsageFailure
from fixbot_agent.models import DayLimits, Keeping, Purse, Terms, built_in, candidate, chain
from fixbot_agent.ordering import Asked, Orders, is_asked
from fixbot_agent.recording import Exchanges, Recorded, Recorder
from fixbot_agent.settings.keys import ModelSettings
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.job import Job
from fixbot_analysis.index import Index

SOLVE, JUDGE, TEST = "solve", "judge", "test"
_WARMEST = 1.0  # temperature of the last of several samples


class Team:
    """The models of one solve. Whoever is asked was said in the run; `account` pays for all, and hears who takes over."""

    def __init__(self, job: Job, account: Account) -> None:
        """Effect: reads what was kept."""
        settings = job.settings
        self._job, self._account = job, account
        self._kept = Exchanges.read(job.kept) if job.kept else Exchanges((), {})
        addresses = {name: model.base_url for name, model in settings.models.items()}
        self._recorder = Recorder(job.run, addresses, account.asked, account.recalled, self._kept.last + 1)
        keeping = Keeping(job.places.shared)
        limits = DayLimits(settings.max_cost_day, settings.max_tokens_day)
        self._terms = Terms(keeping, Purse(account.budget, keeping.ledger, limits, account.told), account.told)
        self._made: dict[str, Recorded | None] = {}
        self._names: list[str] | None = None
        self.solver = self._of(SOLVE, self.names)

    @property
    def names(self) -> list[str]:
        """Who is asked for patches: the model that was named, else those of the role, a candidate first where it is this run's turn."""
        if self._names is None:
            self._names = self._named() if not self._job.settings.no_model else []
        return self._names

    def of(self, role: str) -> Recorded | None:
        """The models of another role; None where there are none."""
        if role not in self._made:
            self._made[role] = self._of(role, self._others(role))
        return self._made[role]

    def differ(self, role: str) -> bool:
        """Whether others than those that write patches are asked for `role`: the first of each counts."""
        if self._job.replays:
            return any(ask.role == role for ask in self._kept.asks)
        others = self._others(role)
        return bool(others) and others[0] != (self.names[0] if self.names else "")

    def samples(self, count: int) -> Sequence[Recorded]:
        """`count` ways to ask for a patch, each for a thread of its own, the first as cool as is set and the last the warmest."""
        made = []
        for number in range(count):
            share = number / max(count - 1, 1)
            warm = {n: replace(m, temperature=_between(m, share)) for n, m in self._job.settings.models.items()}
            made.append(self._of(f"sample {number + 1}", self.names, warm, quiet=True))
        return [one for one in made if one is not None]

    def orders(self, index: Index) -> Orders:
        """Effect: reads what was kept. Who is asked in which order definitions of `index` fit the issue."""
        job, account = self._job, self._account
        asked = Asked(
            job.root, job.settings, self._terms, job.places.index, job.run.redact, account.asked, account.told
        )
        is_new = is_asked(job.settings) and not job.replays
        return Orders(index, asked if is_new else None, job.run, job.kept, account.recalled)

    def _others(self, role: str) -> list[str]:
        settings = self._job.settings
        return [] if settings.no_model else list(getattr(settings.roles, role))

    def _of(
        self, role: str, names: Sequence[str], models: Mapping[str, ModelSettings] | None = None, *, quiet: bool = False
    ) -> Recorded | None:
        """Effect: says in the run who is asked. Raises UsageFailure for a model that is not configured."""
        if self._job.replays:
            is_there = any(
                role in (ask.role, SOLVE) for ask in self._kept.asks
            )  # samples alone are somebody who was asked
            return Recorded(self._recorder, None, self._kept, role) if is_there else None
        settings = self._job.settings
        made = chain(
            models or settings.models, names, offline=settings.offline, asked=self._recorder.answered, role=role,
            terms=self._terms,
        )  # fmt: skip
        if made is None:
            self._lacks(role, names)
            return None
        if not quiet:
            self._job.run.event("routing", role=role, order=list(made.names))
        return Recorded(self._recorder, made, self._kept, role)

    def _lacks(self, role: str, names: Sequence[str]) -> None:
        if role == SOLVE and self._job.model:
            raise UsageFailure(
                f"the model '{self._job.model}' is not on this machine", "leave --offline out, or name another"
            )
        if names and role == SOLVE:
            self._account.told(built_in(f"offline is set, and no model of the role '{role}' is on this machine"))
        elif names:
            self._account.told(f"offline is set, and no model of the role '{role}' is on this machine")

    def _named(self) -> list[str]:
        job = self._job
        if job.model:
            return [job.model, *job.fallback]
        tried = candidate(job.settings.shares.get(SOLVE, {}), job.run.id, SOLVE)
        if tried and not job.replays:
            self._account.told(f"this run tries the model '{tried}' first: it has a share of the role '{SOLVE}'")
        return [*([tried] if tried else []), *job.settings.roles.solve, *job.fallback]


def _between(model: ModelSettings, share: float) -> float:
    """The model's own temperature, warmer by `share` (0..1) of the way."""
    return model.temperature + share * max(_WARMEST - model.temperature, 0.0)
