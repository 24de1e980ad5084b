"""Packing what matters about a place or an issue into a budget of tokens."""

from fixbot_analysis.context.build import BUDGET, Context
from fixbot_analysis.context.place import Focus
from fixbot_analysis.context.snippet import CHARACTERS_PER_TOKEN, Snippet, tokens_in

__all__ = ["BUDGET", "CHARACTERS_PER_TOKEN", "Context", "Focus", "Snippet", "tokens_in"]
