"""Filling a hole in code by a model: what is asked, the ways to ask it, which of them a model was seen to understand.

From outside: :class:`Hole` is what is asked, :class:`Filler` asks it, :class:`Ways` knows by which way, and why.
"""

from fixbot_agent.models.filling.filler import Filler, Filling
from fixbot_agent.models.filling.hole import Extra, Hole
from fixbot_agent.models.filling.known import Ways
from fixbot_agent.models.filling.probing import Finding, Way, find_way
from fixbot_agent.models.filling.requests import WAYS

__all__ = ["WAYS", "Extra", "Filler", "Filling", "Finding", "Hole", "Way", "Ways", "find_way"]
