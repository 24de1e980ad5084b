"""Which of several plausible patches to show first: what they do on further inputs, how much they change, what speaks against them."""

from fixbot_repair.choosing.asking import MAKERS, Field
from fixbot_repair.choosing.choose import SEEN, SIGNALS, Choice, choose

__all__ = ["MAKERS", "SEEN", "SIGNALS", "Choice", "Field", "choose"]
