"""Going through a kept run again, whichever command it was of, while nobody can be reached."""

from typing import TYPE_CHECKING

from fixbot_agent.cli import asking_again, covering_again, replaying, reviewing_again
from fixbot_agent.cli.unplugged import unplugged

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept

_WAYS = {"ask": asking_again.replayed, "cover": covering_again.replayed, "review": reviewing_again.replayed}


def gone_through(kept: "Kept", trust: bool = False) -> replaying.Replayed:
    """Effect: do again what the run did, from the answers that it holds; this process talks to nobody meanwhile.

    Raises UsageFailure for a run that kept too little, and as its command does.
    """
    with unplugged():
        return _WAYS.get(kept.command, replaying.replayed)(kept, trust)
