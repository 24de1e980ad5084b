"""The typed tools that a model works with: view, search, edit, run_tests, finish, give_up.

From outside: a :class:`Toolbox` over a :class:`Desk` answers every call with an :class:`Outcome`, whatever the model wrote.
"""

from fixbot_agent.tools.desk import SCRATCH, Desk, Symbols, TestBench
from fixbot_agent.tools.outcome import End, Outcome
from fixbot_agent.tools.toolbox import Toolbox

__all__ = ["SCRATCH", "Desk", "End", "Outcome", "Symbols", "TestBench", "Toolbox"]
