"""What is to be solved, with what, and who is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.models import DayLimits, Keeping, Purse, Terms, built_in, candidate, chain
from fixbot_agent.recording import Exchanges, Recorded, Recorder
from fixbot_agent.runs import Kept, Run
from fixbot_agent.settings import Places, Settings
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.ground import Plot
from fixbot_agent.solving.report import Report
from fixbot_agent.solving.resuming import Stood
from fixbot_agent.solving.taking_back import Since
from fixbot_analysis.ports import Progress, Silent

_ROLE = "solve"


def _nothing() -> None:
    """Go on clearing up."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to solve and with what. `text` is the issue's, None when failing tests are the issue.

    `model` is asked before the search is tried; without it, the models of the role "solve" are asked after the search.
    `fallback` are asked when those have failed.
    """

    root: Path
    text: str | None
    settings: Settings
    places: Places
    run: Run
    base: str = ""
    trusted: bool = False
    model: str = ""
    fallback: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Silent)
    stood: Stood | None = None  # what the run stood on when it was cut short
    overrun: Callable[[Report], None] | None = None  # ends the process where something hangs for good
    buffers: Mapping[str, bytes] = field(
        default_factory=dict
    )  # path from the repository's top -> text of an open document
    only: tuple[str, ...] = ()  # of the tests that fail, mend these; without, all
    since: tuple[Since, ...] = ()  # what files were while the tests passed, the newest first: what changed is suspected
    kept: Kept | None = None  # the run that is gone on with, or gone through again
    replays: bool = False  # ask nobody: what `kept` has no answer to ends it
    at_once: Callable[[], None] = _nothing  # ends it when somebody asks for the second time

    @property
    def plot(self) -> Plot:
        """Where it is to be worked."""
        return Plot(self.root, self.base, self.settings, self.trusted, self.places.index, self.buffers)

    @property
    def go_on(self) -> str:
        """How to go on when it is cut short; "" where nothing of it is kept."""
        run = self.run
        return f"go on with: fixbot solve --resume {run.id}" if run.folder else ""

    def models(self, account: Account) -> Recorded | None:
        """The models to ask, in order, behind the answers that the run kept; None when there are none.

        Effect: reads what was kept, and says in the run who is asked. `account` pays, and is told of every call and of who takes
        over. Raises UsageFailure for a model that is not configured.
        """
        settings = self.settings
        kept = Exchanges.read(self.kept) if self.kept else Exchanges((), {})
        addresses = {name: model.base_url for name, model in settings.models.items()}
        recorder = Recorder(self.run, addresses, account.asked, account.recalled, kept.last + 1)
        if self.replays:
            return Recorded(recorder, None, kept, _ROLE) if kept.asks else None
        if settings.no_model:
            return None
        keeping = Keeping(self.places.shared)
        limits = DayLimits(settings.max_cost_day, settings.max_tokens_day)
        terms = Terms(keeping, Purse(account.budget, keeping.ledger, limits, account.told), account.told)
        names = self._names(account.told)
        made = chain(settings.models, names, offline=settings.offline, asked=recorder.answered, role=_ROLE, terms=terms)
        if made is None and self.model:
            raise UsageFailure(
                f"the model '{self.model}' is not on this machine", "leave --offline out, or name another"
            )
        if made is None and names:
            account.told(built_in(f"offline is set, and no model of the role '{_ROLE}' is on this machine"))
        if made is None:
            return None
        self.run.event("routing", role=_ROLE, order=list(made.names))
        return Recorded(recorder, made, kept, _ROLE)

    def _names(self, tell: Callable[[str], None]) -> list[str]:
        """Who is to be asked: the model that was named, else those of the role, a candidate first where it is this run's turn."""
        if self.model:
            return [self.model, *self.fallback]
        tried = candidate(self.settings.shares.get(_ROLE, {}), self.run.id, _ROLE)
        if tried:
            tell(f"this run tries the model '{tried}' first: it has a share of the role '{_ROLE}'")
        return [*([tried] if tried else []), *self.settings.roles.solve, *self.fallback]
