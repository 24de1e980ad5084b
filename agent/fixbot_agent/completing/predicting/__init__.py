"""Completions by a model, as a library: the thread that holds the index prepares and finishes, any other predicts.

From outside: :func:`predictor_of` makes a :class:`Predictor` of settings; :class:`Cancel` ends a prediction from another thread.
"""

from fixbot_agent.completing.predicting.asked import Answer, Cancel, Extent, Heard, Limits, Prediction, Prepared
from fixbot_agent.completing.predicting.journal import Journal, Sent
from fixbot_agent.completing.predicting.making import Service, predictor_of
from fixbot_agent.completing.predicting.predictor import Predictor

__all__ = [
    "Answer",
    "Cancel",
    "Extent",
    "Heard",
    "Journal",
    "Limits",
    "Prediction",
    "Predictor",
    "Prepared",
    "Sent",
    "Service",
    "predictor_of",
]
