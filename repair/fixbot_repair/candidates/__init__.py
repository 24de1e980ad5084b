"""Changing code: byte-span edits, patches, the templates that propose them, and what became of each."""

from fixbot_repair.candidates.edit import Candidate, Edit, Patch

__all__ = ["Candidate", "Edit", "Patch"]
