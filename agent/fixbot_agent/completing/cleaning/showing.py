"""Whether a cleaned suggestion is worth showing: the probability that it is accepted, from what is known before anybody sees it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fixbot_agent.completing.cleaning.showing_weights import BIAS, WEIGHTS

SHOWN = 0.35  # what is less likely to be accepted is not shown


class Before(StrEnum):
    """What became of the last suggestion in the file."""

    NONE = "none"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Where(StrEnum):
    """What the cursor stands behind."""

    START = "start"  # of a line
    VALUE = "value"  # an assignment's sign, a return
    ARGUMENT = "argument"  # an opening bracket or a comma
    MEMBER = "member"  # a dot
    WORD = "word"  # within a word
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Showing:
    """A suggestion before it is shown. `score` in 0..1 is the engine's own probability; lengths in characters.

    `head` and `rest` are the cursor's line before and after it. `pause` are seconds since the last keystroke, where known.
    """

    text: str
    score: float
    head: str
    rest: str
    before: Before = Before.NONE
    pause: float | None = None

    def signals(self) -> Mapping[str, float]:
        """What speaks for it or against it, by name."""
        score = min(max(self.score, 1e-3), 1 - 1e-3)
        return {
            "score": math.log(score / (1 - score)),
            "length": math.log1p(len(self.text)),
            "lines": float(self.text.count("\n")),
            "trailing": float(bool(self.rest.strip())),
            "pause": math.log1p(self.pause) if self.pause is not None else 0.0,
            f"where {where(self.head)}": 1.0,
            f"before {self.before}": 1.0,
        }


def where(head: str) -> Where:
    """What the cursor stands behind, by the text of its line before it."""
    told = head.rstrip()
    if not told:
        return Where.START
    if head[-1].isalnum() or head[-1] == "_":
        return Where.WORD
    if told.endswith("."):
        return Where.MEMBER
    if told.endswith(("(", "[", "{", ",")):
        return Where.ARGUMENT
    return Where.VALUE if told.endswith(("=", "return", ":")) else Where.OTHER


def acceptance(showing: Showing, weights: Mapping[str, float] = WEIGHTS, bias: float = BIAS) -> float:
    """The probability in 0..1 that the suggestion is accepted (logistic regression); a signal without a weight counts nothing."""
    total = bias + sum(weights.get(name, 0.0) * value for name, value in showing.signals().items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def is_worth_showing(showing: Showing) -> bool:
    """Whether the suggestion is likely enough to be accepted."""
    return acceptance(showing) >= SHOWN
