"""Running the project's code where it can do no harm: one seam, several back ends, the same tests for all."""

from fixbot_repair.sandbox.choosing import KINDS, Probe, choose, survey
from fixbot_repair.sandbox.policy import Completed, Limits, Policy, Promise, Sandbox, Session, Stop

__all__ = [
    "KINDS",
    "Completed",
    "Limits",
    "Policy",
    "Probe",
    "Promise",
    "Sandbox",
    "Session",
    "Stop",
    "choose",
    "survey",
]
