"""Questions asked of a dependency graph: nearness, reach, paths, impact, clusters, and a small language for them."""

from fixbot_analysis.graph.queries.ranking import WEIGHTS, Weights, rank

__all__ = ["WEIGHTS", "Weights", "rank"]
