"""Finding: queries, hits, BM25 over symbols, and what a text in natural language mentions."""

from fixbot_analysis.retrieval.lines import LineHit
from fixbot_analysis.retrieval.locate import FileHit, Located, locate
from fixbot_analysis.retrieval.mentions import FileMention, FrameMention, Mentions, NameMention, Where, mentions
from fixbot_analysis.retrieval.paths import is_test_code, matching
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.search import Hit, search

__all__ = [
    "FileHit", "FileMention", "FrameMention", "Hit", "LineHit", "Located", "Mentions", "NameMention", "Query", "Where",
    "is_test_code", "locate", "matching", "mentions", "search",
]  # fmt: skip
