"""The dependency graph of modules and symbols, resolved lazily from facts."""

from fixbot_analysis.graph.dependency_graph import GRAPH_VERSION, DependencyGraph
from fixbot_analysis.graph.model import Edge, EdgeKind, Edges, Node
from fixbot_analysis.graph.reach import is_test

__all__ = ["GRAPH_VERSION", "DependencyGraph", "Edge", "EdgeKind", "Edges", "Node", "is_test"]
