"""Every call of a model kept in its run, and answered from there again: after a crash, and to look at what happened.

From outside: :class:`Recorder` writes calls, :class:`Exchanges` reads them, :class:`Recorded` is the model that answers from them first.
"""

from fixbot_agent.recording.divergence import Divergence
from fixbot_agent.recording.exchanges import Answer, Ask, Exchanges
from fixbot_agent.recording.recorded import Recorded
from fixbot_agent.recording.recorder import Recorder

__all__ = ["Answer", "Ask", "Divergence", "Exchanges", "Recorded", "Recorder"]
