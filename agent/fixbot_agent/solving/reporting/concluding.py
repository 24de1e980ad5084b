"""What was tried so far, and what that comes to: status and exit code by the contract's table."""

from dataclasses import dataclass

from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.solving.reporting.report import Disputed, Failure, Status
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates import Candidate
from fixbot_repair.choosing import Choice, Confidence
from fixbot_repair.issue import Oracle
from fixbot_repair.localisation import Localisation
from fixbot_repair.verification import Trial

OK, NO_PATCH, UNVERIFIED, BUDGET, MODELS, INTERRUPTED = 0, 1, 3, 4, 5, 130  # the contract's exit codes


@dataclass(slots=True)
class Tried:
    """A solve as far as it has come. `best` passed everything; `unverified` was not refused, and that is all.

    `disputed` passed everything but the tests of `disputes`, which a model holds to be wrong; `refused` is what a model left in the end that
    did not hold. `said` are a model's last words. `found` are the seconds at which plausible candidates were met.
    """

    localisation: Localisation
    best: Trial | None = None
    choices: tuple[Choice, ...] = ()  # the best of a search and the others that held, in their order
    unverified: Candidate | None = None
    disputed: Trial | None = None
    disputes: tuple[Disputed, ...] = ()
    refused: Trial | None = None
    said: str = ""
    faulty: Trial | None = None  # the verdict on `unverified`, where it breaks what passed before
    accepted: tuple[
        str, ...
    ] = ()  # tests that another model wrote from the issue, which failed before and pass with the patch
    own_tests: tuple[str, ...] = ()  # tests of a model's own that failed before its patch and pass with it
    candidates: int = 0
    trials: int = 0
    stopped: FixbotError | None = None
    interrupted: bool = False
    found: tuple[float, ...] = ()
    confidence: Confidence | None = None  # of a search in its best
    plan: tuple[str, ...] = ()  # of the model that was asked last
    learned: tuple[str, ...] = ()  # what it says to be worth remembering
    assumed: tuple[str, ...] = ()  # what it took for granted where the issue is silent

    @property
    def candidate(self) -> Candidate | None:
        """What there is to show."""
        trial = self.best or self.disputed
        return trial.candidate if trial else self.unverified


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How a solve ends."""

    status: Status
    exit_code: int
    failure: Failure | None = None


def conclude(tried: Tried, held_against: Oracle, go_on: str = "") -> Conclusion:
    """How a solve ends that has come as far as `tried`; `go_on` says how to go on with one that was cut short."""
    if tried.interrupted:
        failure = Failure("interrupted", "interrupted before a patch was verified", go_on)
        return Conclusion(Status.ERROR, INTERRUPTED, failure)
    if tried.best and held_against is not Oracle.NONE:
        return Conclusion(Status.PLAUSIBLE, OK)
    if tried.best or tried.disputed:
        return Conclusion(Status.UNVERIFIED, UNVERIFIED)
    if isinstance(tried.stopped, BudgetSpent):
        return Conclusion(Status.BUDGET, BUDGET, _failure(tried.stopped, go_on))
    if isinstance(tried.stopped, AllModelsFailed):
        return Conclusion(Status.ERROR, MODELS, _failure(tried.stopped, go_on))
    if tried.unverified and held_against is Oracle.NONE:  # with an oracle it was refused
        return Conclusion(Status.UNVERIFIED, UNVERIFIED)
    if held_against is Oracle.NONE:
        return Conclusion(Status.NEEDS_INFO, NO_PATCH)
    return Conclusion(Status.NONE, NO_PATCH)


def _failure(error: FixbotError, go_on: str) -> Failure:
    return Failure(error.kind, error.message, "; ".join(said for said in (error.hint, go_on) if said))
