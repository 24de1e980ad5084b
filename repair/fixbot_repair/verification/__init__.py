"""Checking a candidate, cheapest question first, and saying how it was checked."""

from fixbot_repair.verification.verdict import Trial, Verdict
from fixbot_repair.verification.verifier import Verifier

__all__ = ["Trial", "Verdict", "Verifier"]
