"""Source files as bytes and text: documents, places in them, and the tree of a project with open buffers laid over it."""

from fixbot_analysis.source.document import Document, Position, Span
from fixbot_analysis.source.tree import Skipped, SourceTree

__all__ = ["Document", "Position", "Skipped", "SourceTree", "Span"]
