"""Tests that models write for what the search does not reach: told what is open, proven as the search's own are.

From outside: :class:`ModelSource`, a :class:`fixbot_agent.covering.source.ProposalSource`, over :class:`Seats`.
"""

from fixbot_agent.covering.proposing.asking import ModelSource
from fixbot_agent.covering.proposing.seats import Seats

__all__ = ["ModelSource", "Seats"]
