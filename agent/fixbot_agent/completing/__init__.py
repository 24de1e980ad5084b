"""The completion service that the terminal and the language server share."""

import importlib
from typing import TYPE_CHECKING

from fixbot_agent.completing.completion import MOST_ITEMS, MOST_MEMBERS, Completion, Inline, Item, ItemKind

if TYPE_CHECKING:
    from fixbot_agent.completing.explaining import explain
    from fixbot_agent.completing.importing.edits import import_edits
    from fixbot_agent.completing.importing.elsewhere import prepare
    from fixbot_agent.completing.service import complete, member_setting

__all__ = [
    "MOST_ITEMS",
    "MOST_MEMBERS",
    "Completion",
    "Inline",
    "Item",
    "ItemKind",
    "complete",
    "explain",
    "import_edits",
    "member_setting",
    "prepare",
]


_HOMES = {
    "complete": "service", "member_setting": "service", "prepare": "importing.elsewhere", "import_edits": "importing.edits",
    "explain": "explaining",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Effect: load the service when it is first asked for; a server's loop needs the shapes alone (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
