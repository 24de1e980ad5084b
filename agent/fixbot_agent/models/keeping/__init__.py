"""What all processes of a user know together of endpoints: which rest, what may be asked of them now, what was spent.

From outside: :class:`Keeping`, which makes the others of a folder's files for a configured model.
"""

from fixbot_agent.models.keeping.breaker import Breaker
from fixbot_agent.models.keeping.file import SharedFile
from fixbot_agent.models.keeping.journal import Figures, Journal
from fixbot_agent.models.keeping.keeping import Keeping
from fixbot_agent.models.keeping.ledger import Day, DayLimits, Ledger
from fixbot_agent.models.keeping.limits import Limits
from fixbot_agent.models.keeping.slots import Slots

__all__ = ["Breaker", "Day", "DayLimits", "Figures", "Journal", "Keeping", "Ledger", "Limits", "SharedFile", "Slots"]
