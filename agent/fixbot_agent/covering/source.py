"""The seam for whoever else proposes calls to try: a model, say. Nobody does so far."""

from collections.abc import Sequence
from typing import Protocol

from fixbot_agent.covering.goals import Goal, Goals
from fixbot_agent.covering.probe import Probe
from fixbot_agent.covering.targets import Target


class ProposalSource(Protocol):
    """Proposes probes for goals that the search does not reach; they are tried, judged and refused like its own."""

    def propose(self, source: str, targets: Sequence[Target], goals: Goals, left: frozenset[Goal]) -> Sequence[Probe]:
        """Effect: may ask somebody. Probes for some of the goals that are `left`."""
        ...
