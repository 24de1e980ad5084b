"""What is done to a raw suggestion before it is shown: trimmed, balanced, parsed, its names looked up, insecure patterns kept out."""

from fixbot_agent.completing.cleaning.clean import STEPS, clean
from fixbot_agent.completing.cleaning.draft import Cleaned, Draft, Reason

__all__ = ["STEPS", "Cleaned", "Draft", "Reason", "clean"]
