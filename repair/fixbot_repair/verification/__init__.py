"""Checking a candidate, cheapest question first, and saying how it was checked."""

from fixbot_repair.verification.record import Record, digest_of_environment, digest_of_files
from fixbot_repair.verification.verdict import Trial, Verdict
from fixbot_repair.verification.verifier import Verifier

__all__ = ["Record", "Trial", "Verdict", "Verifier", "digest_of_environment", "digest_of_files"]
