"""Syntax trees, parsed once and edited incrementally, and the languages that can be parsed."""

from tree_sitter import Node

from fixbot_analysis.syntax.grammars import DEPTH_LIMIT, matches
from fixbot_analysis.syntax.pieces import Edited, Pieces
from fixbot_analysis.syntax.tree import ERRORS, SyntaxTree

__all__ = ["DEPTH_LIMIT", "ERRORS", "Edited", "Node", "Pieces", "SyntaxTree", "matches"]
