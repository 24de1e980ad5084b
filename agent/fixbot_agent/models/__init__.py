"""The only place that talks to a model: clients, routing, budgets.

From outside: :class:`Model` is what everything above is written against; :func:`chain` makes one of configured endpoints.
"""

from fixbot_agent.models.budget import Budget
from fixbot_agent.models.calls import Call, Told, Try
from fixbot_agent.models.keeping import Day, DayLimits, Keeping
from fixbot_agent.models.messages import Image, Message, Reply, ToolCall, ToolSpec, Usage
from fixbot_agent.models.model import Endpoint, Model
from fixbot_agent.models.prices import priced
from fixbot_agent.models.purse import Purse
from fixbot_agent.models.routing import Chain, Terms, built_in, chain, usable
from fixbot_agent.models.shares import candidate
from fixbot_agent.models.tally import Spent, Tally

__all__ = [
    "Budget",
    "Call",
    "Chain",
    "Day",
    "DayLimits",
    "Endpoint",
    "Image",
    "Keeping",
    "Message",
    "Model",
    "Purse",
    "Reply",
    "Spent",
    "Tally",
    "Terms",
    "Told",
    "ToolCall",
    "ToolSpec",
    "Try",
    "Usage",
    "built_in",
    "candidate",
    "chain",
    "priced",
    "usable",
]
