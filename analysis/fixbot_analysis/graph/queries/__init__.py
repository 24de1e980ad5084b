"""Questions asked of a dependency graph: nearness, reach, paths, impact, clusters, and a small language for them."""

from fixbot_analysis.graph.queries.answering import answer
from fixbot_analysis.graph.queries.clusters import Cluster, clusters
from fixbot_analysis.graph.queries.impact import impact, symbols_at
from fixbot_analysis.graph.queries.modules import module_links, module_paths
from fixbot_analysis.graph.queries.naming import alike, called, is_pattern, not_a_node
from fixbot_analysis.graph.queries.parsing import parse
from fixbot_analysis.graph.queries.paths import Step, paths
from fixbot_analysis.graph.queries.ranking import WEIGHTS, Weights, rank
from fixbot_analysis.graph.queries.selection import (
    WORDS,
    Found,
    Selection,
    edges_among,
    given,
    in_order,
    in_tests,
    label,
    linking,
)
from fixbot_analysis.graph.queries.soundness import import_cycles, unused
from fixbot_analysis.graph.queries.unknown import not_known, unknown_calls, unknown_sites
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE, Direction, around, flow, hierarchy, reached

__all__ = [
    "ANY_DISTANCE",
    "WEIGHTS",
    "WORDS",
    "Cluster",
    "Direction",
    "Found",
    "Selection",
    "Step",
    "Weights",
    "alike",
    "answer",
    "around",
    "called",
    "clusters",
    "edges_among",
    "flow",
    "given",
    "hierarchy",
    "impact",
    "import_cycles",
    "in_order",
    "in_tests",
    "is_pattern",
    "label",
    "linking",
    "module_links",
    "module_paths",
    "not_a_node",
    "not_known",
    "parse",
    "paths",
    "rank",
    "reached",
    "symbols_at",
    "unknown_calls",
    "unknown_sites",
    "unused",
]
