"""What all processes of a user know together of endpoints: which rest, what may be asked of them now, what was spent.

From outside: :class:`Breaker`, :class:`Limits`, :class:`Slots` and :class:`Ledger`, each over a :class:`SharedFile` or folder.
"""

from fixbot_agent.models.keeping.breaker import Breaker
from fixbot_agent.models.keeping.file import SharedFile
from fixbot_agent.models.keeping.ledger import Day, DayLimits, Ledger
from fixbot_agent.models.keeping.limits import Limits
from fixbot_agent.models.keeping.slots import Slots

__all__ = ["Breaker", "Day", "DayLimits", "Ledger", "Limits", "SharedFile", "Slots"]
