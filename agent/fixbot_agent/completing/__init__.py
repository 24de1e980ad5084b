"""The completion service that the terminal and the language server share."""

from fixbot_agent.completing.completion import Completion, Inline, Item, ItemKind

__all__ = ["Completion", "Inline", "Item", "ItemKind"]
