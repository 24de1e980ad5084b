"""Answers by a model that looks at the project with read-only tools; what it cites is checked before it is shown.

From outside: :func:`inquire` with an :class:`Inquiry`; :func:`past_of` gives the conversation that an earlier run kept.
"""

from fixbot_agent.asking.conversing.inquiry import Inquiry, Told, inquire
from fixbot_agent.asking.conversing.past import past_of

__all__ = ["Inquiry", "Told", "inquire", "past_of"]
