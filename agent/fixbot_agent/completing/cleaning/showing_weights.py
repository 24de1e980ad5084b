"""What each signal of a suggestion weighs for its being accepted: data, to be learnt by ``fixbot bench showing``."""

# Nothing is learnt yet: the engine's own probability counts as it is, and no other signal.
BIAS = 0.0
WEIGHTS: dict[str, float] = {"score": 1.0}
