"""The stored index of a project: facts by content, graph, search, kept true as files change."""

from fixbot_analysis.index.index import Index
from fixbot_analysis.index.quiet import settle
from fixbot_analysis.index.report import IndexReport
from fixbot_analysis.source import digest

__all__ = ["Index", "IndexReport", "digest", "settle"]
