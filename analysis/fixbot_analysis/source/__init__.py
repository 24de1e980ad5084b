"""Source files as bytes and text: documents, places in them, and the tree of a project with open buffers laid over it."""

from fixbot_analysis.source.decoding import LINE_LIMIT, SIZE_LIMIT, digest
from fixbot_analysis.source.document import Document, Position, Span
from fixbot_analysis.source.ignore import RULE_FILES
from fixbot_analysis.source.languages import is_documentation, language_of
from fixbot_analysis.source.tree import SourceTree
from fixbot_analysis.source.walk import FileStat, Skipped

__all__ = [
    "LINE_LIMIT", "RULE_FILES", "SIZE_LIMIT", "Document", "FileStat", "Position", "Skipped", "SourceTree", "Span",
    "digest", "is_documentation", "language_of",
]  # fmt: skip
