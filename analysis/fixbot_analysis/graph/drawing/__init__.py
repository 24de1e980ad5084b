"""Pictures of a dependency graph: text, Mermaid, dot, SVG and a self-contained page."""

from fixbot_analysis.graph.drawing.markup import dot, mermaid, text
from fixbot_analysis.graph.drawing.page import html, svg
from fixbot_analysis.graph.drawing.picture import Box, Line, Picture, neighbourhood, overview

__all__ = ["Box", "Line", "Picture", "dot", "html", "mermaid", "neighbourhood", "overview", "svg", "text"]
