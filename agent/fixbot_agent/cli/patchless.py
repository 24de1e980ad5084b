"""Why a run has no patch that could be applied, and what to do about it."""

from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs import Kept

_CUT_SHORT = ("unfinished", "interrupted", "budget")  # how runs end that can be gone on with


def has_patch(kept: Kept) -> None:
    """Raises UsageFailure for a run that made no patch."""
    if kept.patch:
        return
    why, hint = "ended without one", f"look at it with 'fixbot runs show {kept.id}'"
    if kept.command in ("ask", "review"):
        why = "only answers"
    elif kept.status == "running":
        why, hint = "is still running", f"wait until it has ended; how far it is says 'fixbot runs show {kept.id}'"
    elif kept.status in _CUT_SHORT:
        why, hint = "was cut short before it had one", f"go on with it: fixbot {kept.command} --resume {kept.id}"
    raise UsageFailure(f"the run {kept.id} has no patch: this {kept.command} {why}", hint)
