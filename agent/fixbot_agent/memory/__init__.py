"""What is remembered of a repository: verified fixes, facts and how-tos, as plain files, each tied to the code that it is about.

From outside: a :class:`Memory` of one repository keeps and gives :class:`Entry`; :func:`holds` says whether one still does.
"""

from fixbot_agent.memory.entry import KINDS, About, Entry
from fixbot_agent.memory.holding import about, holds
from fixbot_agent.memory.store import Memory

__all__ = ["KINDS", "About", "Entry", "Memory", "about", "holds"]
