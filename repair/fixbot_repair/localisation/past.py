"""How prone to faults a definition is, told by how often fixes of the project's past changed it.

Source: Kim, Zimmermann, Whitehead, Zeller, "Predicting Faults from Cached History", ICSE 2007: what was faulty is again.
"""

from collections.abc import Callable, Mapping

from fixbot_analysis.history import ProjectHistory

Past = Callable[[str, str], float]  # path, qualified name -> 0..1
_DOUBT = 2.0  # fixes, at which half is believed


def prone(history: ProjectHistory) -> Past:
    """What `history` tells of definitions; nothing of a module's own code, which every fix touches that imports something."""

    def ask(path: str, name: str) -> float:
        fixes = history.churn(path, name).fixes if name else 0
        return fixes / (fixes + _DOUBT)

    return ask


def asked(past: Past | Mapping[str, float] | None) -> Past:
    """The same question, whatever the answers are kept in: a mapping tells of whole files, None of nothing."""
    if callable(past):
        return past
    by_path = past or {}
    return lambda path, _: by_path.get(path, 0.0)
