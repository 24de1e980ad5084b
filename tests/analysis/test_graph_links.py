"""What a graph's links say of one node is what a walk over all edges says."""

from array import array
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from fixbot_analysis.graph.links import first, places
from fixbot_analysis.graph.model import KINDS
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
    links, edges = graph.links, list(graph.edges)
    assert len(edges) > 5
    for node in links.all_nodes():
        assert links[node.id] == node
        assert list(links.outgoing(node.id)) == [e for e in edges if e.source == node.id]
        assert sorted(links.incoming(node.id)) == sorted(e for e in edges if e.target == node.id)
        assert links.pointing_at(node.id) == len({e.source.partition("::")[0] for e in links.incoming(node.id)})
        for code, kind in enumerate(KINDS):
            sure = [e for e in edges if e.source == node.id and e.kind is kind and not e.guessed]
            assert list(links.outgoing(node.id, {code})) == sure
    for absent in ("shop.py::Nobody", "gone.py::make", "gone.py"):
        assert absent not in links
        assert links.get(absent) is None
        assert not [*links.outgoing(absent), *links.incoming(absent)]


@given(some.lists(some.sampled_from([0, 1, 256, 257, 65536, 65537, 16777216]), max_size=40), some.integers(0, 70000))
def test_a_number_is_found_where_it_stands_and_not_across_two_others(numbers: list[int], other: int) -> None:
    among = array("I", numbers)
    for number in {*numbers, other}:
        found = [at for at, each in enumerate(numbers) if each == number]
        assert list(places(number, among)) == found
        assert first(number, among) == (found[0] if found else -1)
