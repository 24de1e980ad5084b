"""Unified diffs as git writes and reads them, byte for byte; no I/O, no subprocess."""

from fixbot_repair.candidates.diff.reading import FileDiff, Hunk, apply, parse
from fixbot_repair.candidates.diff.writing import unified

__all__ = ["FileDiff", "Hunk", "apply", "parse", "unified"]
