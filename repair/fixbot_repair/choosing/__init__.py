"""Which of several plausible patches to show first: what they do on further inputs, how much they change, what speaks against them."""

from fixbot_repair.choosing.choose import SIGNALS, Choice, Field, choose

__all__ = ["SIGNALS", "Choice", "Field", "choose"]
