"""How sure it is that a suggested line is exactly right: its signals, weighed and added up (logistic regression)."""

import math
from collections.abc import Mapping

from fixbot_agent.completing.lines.sure_weights import SURE_BIAS, SURE_WEIGHTS

SHOWN = 0.28  # a line less sure than this is not shown
SHOWN_BEGINNING = 0.5  # nor is a beginning
BLOCK_SHOWN = 0.6  # nor are further lines, all together


def sureness(
    signals: Mapping[str, float], weights: Mapping[str, float] = SURE_WEIGHTS, bias: float = SURE_BIAS
) -> float:
    """The probability in 0..1 that a line with these signals is what will be written; a signal without a weight counts nothing."""
    total = bias + sum(weights.get(name, 0.0) * value for name, value in signals.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
