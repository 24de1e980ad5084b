"""How each kind of edge looks: the one table that a new kind needs a row in, besides its colours in ``drawing.css``."""

from dataclasses import dataclass

from fixbot_analysis.graph.model import EdgeKind


@dataclass(frozen=True, slots=True)
class Look:
    """An arrow of Mermaid, a line style of dot, and whether the edge leads to what it is built upon.

    The target of such an edge stands first (a class is right of its base), and its head is hollow.
    """

    arrow: str
    style: str
    upon: bool = False


# By how much they tell: of several edges between the same two nodes the first is drawn.
LOOKS = {
    EdgeKind.INHERITS: Look("==>", "bold", upon=True),
    EdgeKind.OVERRIDES: Look("==>", "bold", upon=True),
    EdgeKind.TESTS: Look("-.->", "dashed"),
    EdgeKind.CALLS: Look("-->", "solid"),
    EdgeKind.USES: Look("-.->", "dashed"),
    EdgeKind.IMPORTS: Look("-->", "solid"),
    EdgeKind.DEFINES: Look("---", "dotted"),
}
TELLING = {kind: at for at, kind in enumerate(LOOKS)}


def look(kind: str) -> Look:
    """How edges of `kind` look."""
    return LOOKS[EdgeKind(kind)]
