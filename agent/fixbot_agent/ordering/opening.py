"""Who is asked about the order of hits: those that the settings name, on the terms of the day."""

import os
from collections.abc import Callable
from pathlib import Path

from fixbot_agent.models import Budget, DayLimits, Keeping, Purse, Terms
from fixbot_agent.ordering.asking import Asked, Ordering
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.settings import Places, Settings
from fixbot_analysis.index import Index


def ordering(
    index: Index, settings: Settings, places: Places, root: Path, tell: Callable[[str], None]
) -> Ordering | None:
    """Effect: reads where keys of this user lie. The models of the roles ``embed`` and ``rerank``; None where none is configured.

    `tell` hears in a line why one is not asked, and how much one counts.
    """
    if not is_asked(settings):
        return None
    keeping = Keeping(places.shared)
    limits = DayLimits(settings.max_cost_day, settings.max_tokens_day)
    budget = Budget(settings.max_steps, settings.max_cost, settings.timeout, settings.max_tokens, settings.max_calls)
    terms = Terms(keeping, Purse(budget, keeping.ledger, limits, tell), tell)
    clean = redactor(settings.key_names, os.environ, root)
    return Ordering(index, Asked(root, settings, terms, places.index, clean, note=tell))


def is_asked(settings: Settings) -> bool:
    """Whether any model is configured for the order of hits."""
    return not settings.no_model and bool(settings.roles.embed or settings.roles.rerank)
