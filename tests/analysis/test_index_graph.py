"""The dependency graph as the index keeps it: its questions, and what is redone after a change."""

from collections.abc import Mapping

import pytest

from fixbot_analysis.graph import DependencyGraph, Edge, EdgeKind
from fixbot_analysis.symbols import extract

FILES = {
    "a.py": "class A:\n    def only_here(self): pass\n\ndef f(x):\n    x.only_here()\n    g()\n\ndef g(): pass\n",
    "b.py": "from a import A\n\nclass B(A): pass\n",
}


@pytest.fixture
def graph() -> DependencyGraph:
    return build(FILES)


def build(files: Mapping[str, str]) -> DependencyGraph:
    return DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})


def test_guessed_callers_can_be_left_out(graph: DependencyGraph) -> None:
    assert graph.callers("a.py::A.only_here") == ("a.py::f",)
    assert graph.callers("a.py::A.only_here", guessed=False) == ()
    assert set(graph.callees("a.py::f")) - set(graph.callees("a.py::f", guessed=False)) == {"a.py::A.only_here"}


def test_neighbours_are_edges_of_the_kinds_and_direction_asked_for(graph: DependencyGraph) -> None:
    inherits = Edge("b.py::B", "a.py::A", EdgeKind.INHERITS)
    assert graph.neighbours("b.py::B", (EdgeKind.INHERITS,)) == (inherits,)
    assert inherits in graph.neighbours("a.py::A", outgoing=False)
    assert graph.neighbours("a.py::A", (EdgeKind.IMPORTS,), outgoing=False) == ()
    assert graph.neighbours("nowhere.py") == ()
    assert graph.resolver.scope("a.py").member("", "A") is not None
