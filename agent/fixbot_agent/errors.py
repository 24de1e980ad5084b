"""Errors of the mind.

FixbotError
└── AgentError
    ├── UsageFailure          the command line or a file it names cannot be used
    │   └── SettingsError     a settings file or variable has an unknown key or a bad value
    ├── ModelError            a model did not answer usefully
    │   └── AllModelsFailed   nobody is left to ask
    ├── BudgetSpent           tokens, money, calls, steps or seconds ran out
    ├── InternalError         a bug in fixbot itself
    ├── Interrupted           somebody asked fixbot to stop
    └── RunNotFound           no run of that name in the audit trail
"""

from dataclasses import dataclass

from fixbot_analysis.errors import FixbotError


class AgentError(FixbotError):
    """Raised by the mind; never raised itself, only its children."""

    kind = "agent"


class UsageFailure(AgentError):
    """Raised when the command line, or a file or folder it names, cannot be used."""

    kind = "usage"


class SettingsError(UsageFailure):
    """Raised when a settings file or FIXBOT_* variable has an unknown key or a bad value."""

    kind = "settings"


@dataclass(frozen=True, slots=True)
class Try:
    """One request to an endpoint: `why` it failed ("" where it was answered), seconds, tokens and money that it took all the same."""

    why: str
    seconds: float
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


class ModelError(AgentError):
    """Raised when a model cannot be reached, refuses, or answers with nothing usable. `tries` are the requests that were made."""

    kind = "model"
    tries: tuple[Try, ...] = ()


class AllModelsFailed(ModelError):
    """Raised when every model of a role has failed."""

    kind = "models"


class BudgetSpent(AgentError):
    """Raised when tokens, money, calls, steps or seconds have run out."""

    kind = "budget"


class InternalError(AgentError):
    """Raised when fixbot itself broke: any exception that nobody expected, at the command line's edge."""

    kind = "internal"


class Interrupted(AgentError):
    """Raised when Ctrl-C, or a signal that ends processes, came before the work was done."""

    kind = "interrupted"


class RunNotFound(AgentError):
    """Raised when the audit trail holds no run of the name asked for."""

    kind = "run-not-found"
