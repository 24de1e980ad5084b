"""Going through a kept run again, whichever command it was of, while nobody can be reached."""

from typing import TYPE_CHECKING

from fixbot_agent.cli import asking_again, covering_again, replaying, reviewing_again
from fixbot_agent.cli.unplugged import unplugged
from fixbot_analysis.errors import FixbotError

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept

_WAYS = {"ask": asking_again.replayed, "cover": covering_again.replayed, "review": reviewing_again.replayed}


def gone_through(kept: "Kept", trust: bool = False) -> replaying.Replayed:
    """Effect: do again what the run did, from the answers that it holds; this process talks to nobody meanwhile.

    Raises UsageFailure for a run that kept too little, and as its command does.
    """
    try:
        return _replayed(kept, trust)
    except FixbotError as error:
        if "--python" in error.hint:  # an option that a replay does not have
            error.hint = "a replay takes the interpreter that the run was given: it must be where it was, as it was"
        raise


def _replayed(kept: "Kept", trust: bool) -> replaying.Replayed:
    with unplugged():
        return _WAYS.get(kept.command, replaying.replayed)(kept, trust)
