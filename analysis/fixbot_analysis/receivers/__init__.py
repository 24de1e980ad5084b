"""What stands before a dot in languages other than Python, and what it has: read from the open text, the project's facts and small tables."""

from fixbot_analysis.receivers.abroad import Abroad, abroad_of
from fixbot_analysis.receivers.holding import Held, Member
from fixbot_analysis.receivers.mending import NAME, mended
from fixbot_analysis.receivers.natives import GLOBALS

__all__ = ["GLOBALS", "NAME", "Abroad", "Held", "Member", "abroad_of", "mended"]
