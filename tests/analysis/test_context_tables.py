"""What the context looks up in its tables is what the graph says."""

from pathlib import Path

from fixbot_analysis.context.entries import USING
from fixbot_analysis.context.tables import Tables
from fixbot_analysis.index import Index

SHOP = """
from lib import Base, helper, helper as other

class Cart(Base):
    def total(self):
        return helper(self.items) + self.tax()

    def tax(self):
        def rate():
            return helper(1)
        return rate()

def make():
    return Cart()
"""


def test_nodes_and_edges_are_those_of_the_graph(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "lib.py").write_text("class Base:\n    items = ()\n\ndef helper(x):\n    return helper(x)\n")
    graph = Index.open(tmp_path).graph
    tables, seen = Tables(graph.links), 0
    for node in graph.nodes:
        sure = [e for e in graph.neighbours(node, USING) if not e.guessed]
        assert list(tables.sure(node, USING)) == sure
        if "::" in node:
            assert tables.node(node) == graph.nodes[node]
            seen += len(sure)
    assert seen > 5
    assert tables.node("shop.py::Nobody") is None
    assert tables.node("gone.py::make") is None
    assert not list(tables.sure("gone.py::make", USING))
