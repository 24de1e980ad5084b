"""Which of several plausible patches to show first: what they do on further inputs, how much they change, what speaks against them."""

from fixbot_repair.choosing.asking import MAKERS, Field
from fixbot_repair.choosing.choose import SEEN, SIGNALS, Choice, choose
from fixbot_repair.choosing.confidence import Confidence, confidence

__all__ = ["MAKERS", "SEEN", "SIGNALS", "Choice", "Confidence", "Field", "choose", "confidence"]
