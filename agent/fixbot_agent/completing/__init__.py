"""The completion service that the terminal and the language server share."""

from typing import TYPE_CHECKING

from fixbot_agent.completing.completion import Completion, Inline, Item, ItemKind

if TYPE_CHECKING:
    from fixbot_agent.completing.service import MOST_ITEMS, complete, member_setting

__all__ = ["MOST_ITEMS", "Completion", "Inline", "Item", "ItemKind", "complete", "member_setting"]


def __getattr__(name: str) -> object:
    """Effect: load the service when it is first asked for; a server's loop needs the shapes alone (PEP 562)."""
    if name not in ("MOST_ITEMS", "complete", "member_setting"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fixbot_agent.completing import service

    return getattr(service, name)
