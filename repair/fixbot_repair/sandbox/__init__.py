"""Running the project's code where it can do no harm: one seam, several back ends, the same tests for all."""

from fixbot_repair.sandbox.policy import Completed, Limits, Policy, Promise, Sandbox, Session

__all__ = ["Completed", "Limits", "Policy", "Promise", "Sandbox", "Session"]
