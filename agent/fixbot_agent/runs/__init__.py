"""The audit trail: one folder a run, events written as they happen.

From outside: :class:`Run` is written while work goes on, :class:`Trail` reads what was kept, :class:`Redactor` takes keys out;
:func:`fixbot_agent.runs.secrets.redactor` makes one that knows this user's.
"""

from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.runs.run import Run
from fixbot_agent.runs.trail import Kept, Trail

__all__ = ["Kept", "Redactor", "Run", "Trail"]
