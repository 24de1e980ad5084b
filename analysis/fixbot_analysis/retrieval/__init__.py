"""Finding: queries, hits, BM25 over symbols, and what a text in natural language mentions."""

from fixbot_analysis.retrieval.elsewhere import owned
from fixbot_analysis.retrieval.frames import FrameMention
from fixbot_analysis.retrieval.fusing import LENT, from_files, lending, weigh
from fixbot_analysis.retrieval.lines import LineHit
from fixbot_analysis.retrieval.locate import Located, locate
from fixbot_analysis.retrieval.mentions import FileMention, Mentions, NameMention, Where, mentions
from fixbot_analysis.retrieval.opinions import Opinion, Opinions, agreed
from fixbot_analysis.retrieval.paths import common_end, is_test_code, matching
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.search import FileHit, Hit, search
from fixbot_analysis.retrieval.signals import Evidence, gather
from fixbot_analysis.retrieval.tables import Definition
from fixbot_analysis.retrieval.weights import DEFINITION_WEIGHTS, FILE_WEIGHTS, GIVEN_WEIGHTS

__all__ = [
    "DEFINITION_WEIGHTS", "FILE_WEIGHTS", "GIVEN_WEIGHTS", "LENT", "Definition", "Evidence", "FileHit", "FileMention", "FrameMention", "Hit", "LineHit", "Located",
    "Mentions", "NameMention", "Opinion", "Opinions", "Query", "Where",
    "agreed", "common_end", "from_files", "gather", "is_test_code", "lending", "locate", "matching", "mentions", "owned", "search", "weigh",
]  # fmt: skip
