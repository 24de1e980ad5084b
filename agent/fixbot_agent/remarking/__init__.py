"""Remarks of a model on a change, beside those that checks make; each is held against what a program can tell before it is shown.

From outside: :func:`remark` with a :class:`Task` and the change; what came of it is a :class:`Told`.
"""

from fixbot_agent.remarking.asking import Task, Told, remark

__all__ = ["Task", "Told", "remark"]
