"""Pictures of a dependency graph: text, Mermaid, dot, SVG and a self-contained page."""

from fixbot_analysis.graph.drawing.markup import dot, mermaid, text
from fixbot_analysis.graph.drawing.page import html
from fixbot_analysis.graph.drawing.picture import BOXES, Box, Describe, Detail, Line, Picture
from fixbot_analysis.graph.drawing.vector import svg
from fixbot_analysis.graph.drawing.views import (
    View,
    answered,
    connection,
    consequences,
    flow,
    hierarchy,
    module,
    surroundings,
    whole,
)

__all__ = [
    "BOXES",
    "Box",
    "Describe",
    "Detail",
    "Line",
    "Picture",
    "View",
    "answered",
    "connection",
    "consequences",
    "dot",
    "flow",
    "hierarchy",
    "html",
    "mermaid",
    "module",
    "surroundings",
    "svg",
    "text",
    "whole",
]
