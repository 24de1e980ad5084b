"""Questions asked of a dependency graph: nearness, reach, paths, impact, clusters, and a small language for them."""

from fixbot_analysis.graph.queries.answering import answer
from fixbot_analysis.graph.queries.clusters import Cluster, clusters
from fixbot_analysis.graph.queries.impact import impact, symbols_at
from fixbot_analysis.graph.queries.naming import called
from fixbot_analysis.graph.queries.parsing import parse
from fixbot_analysis.graph.queries.paths import Step, paths
from fixbot_analysis.graph.queries.ranking import WEIGHTS, Weights, rank
from fixbot_analysis.graph.queries.selection import Found, Selection, edges_among, label
from fixbot_analysis.graph.queries.soundness import import_cycles, unused
from fixbot_analysis.graph.queries.walking import Direction, around, reached

__all__ = [
    "WEIGHTS",
    "Cluster",
    "Direction",
    "Found",
    "Selection",
    "Step",
    "Weights",
    "answer",
    "around",
    "called",
    "clusters",
    "edges_among",
    "impact",
    "import_cycles",
    "label",
    "parse",
    "paths",
    "rank",
    "reached",
    "symbols_at",
    "unused",
]
