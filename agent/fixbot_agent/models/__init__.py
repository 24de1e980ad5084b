"""The only place that talks to a model: clients, routing, budgets.

From outside: :class:`Model` is what everything above is written against; :func:`chain` makes one of configured endpoints.
"""

from fixbot_agent.models.budget import Budget
from fixbot_agent.models.calls import Call, Told, Try
from fixbot_agent.models.messages import Image, Message, Reply, ToolCall, ToolSpec, Usage
from fixbot_agent.models.model import Endpoint, Model
from fixbot_agent.models.routing import Chain, chain, usable
from fixbot_agent.models.tally import Spent, Tally

__all__ = [
    "Budget",
    "Call",
    "Chain",
    "Endpoint",
    "Image",
    "Message",
    "Model",
    "Reply",
    "Spent",
    "Tally",
    "Told",
    "ToolCall",
    "ToolSpec",
    "Try",
    "Usage",
    "chain",
    "usable",
]
