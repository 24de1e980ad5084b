"""The completion service that the terminal and the language server share."""

from fixbot_agent.completing.completion import Completion, Inline, Item, ItemKind
from fixbot_agent.completing.service import MOST_ITEMS, complete

__all__ = ["MOST_ITEMS", "Completion", "Inline", "Item", "ItemKind", "complete"]
