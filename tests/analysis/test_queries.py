"""Queries over the graph: nearness, surroundings, impact, paths, cycles, unused, clusters."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.graph import DependencyGraph, Edge, EdgeKind, Edges, Node, queries
from fixbot_analysis.graph.model import GUESSED, KINDS
from fixbot_analysis.graph.queries.adjacency import Adjacency
from fixbot_analysis.graph.queries.communities import communities
from fixbot_analysis.source import language_of
from fixbot_analysis.symbols import SymbolKind, extract

SHOP = {
    "shop/__init__.py": "",
    "shop/tax.py": "def rate(c):\n    return 1\n\n\nBASE = rate('x')\n",
    "shop/cart.py": (
        "from shop.tax import rate\n\n\n"
        "class Cart:\n    def total(self):\n        return rate(1)\n\n    def show(self):\n        return self.total()\n\n\n"
        "class Big(Cart):\n    def total(self):\n        return 2\n"
    ),
    "shop/web.py": "from shop.cart import Big, Cart\n\n\ndef page(cart: Cart):\n    return cart.show()\n\n\ndef idle():\n    return 1\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_total():\n    assert Cart().total() == 1\n",
}


def graph(files: Mapping[str, str]) -> DependencyGraph:
    return DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})


@dataclass(frozen=True, eq=False)
class Drawn:
    """As much of a graph as walks need."""

    nodes: Mapping[str, Node]
    edges: Edges


def drawn(count: int, links: list[tuple[int, int, EdgeKind]], guessed: frozenset[int] = frozenset()) -> DependencyGraph:
    """A graph of numbered functions with just those edges."""
    ids = [f"m.py::f{i:03}" for i in range(count)]
    nodes = {i: Node(i, SymbolKind.FUNCTION, "m.py", n + 1, n + 1, i[6:]) for n, i in enumerate(ids)}
    found = sorted({(s, t, KINDS.index(k), n in guessed) for n, (s, t, k) in enumerate(links)})
    kinds = bytes(k | GUESSED if g else k for _, _, k, g in found)
    edges = Edges(ids, [s for s, *_ in found], [t for _, t, *_ in found], kinds)

    return cast("DependencyGraph", Drawn(nodes, edges))


@st.composite
def graphs(draw: st.DrawFn) -> DependencyGraph:
    count = draw(st.integers(1, 12))
    link = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(KINDS))
    return drawn(count, draw(st.lists(link, max_size=40)), draw(st.frozensets(st.integers(0, 39), max_size=5)))


@pytest.fixture(scope="module")
def shop() -> DependencyGraph:
    return graph(SHOP)


def power_iteration(g: DependencyGraph, seeds: Mapping[str, float], restart: float) -> dict[str, float]:
    """The same walk by brute force over the whole graph."""
    weights = queries.WEIGHTS
    out: dict[str, list[tuple[str, float]]] = {i: [] for i in g.nodes}
    for e in g.edges:
        factor = weights.guessed if e.guessed else 1.0
        out[e.source].append((e.target, weights.forward[e.kind] * factor))
        out[e.target].append((e.source, weights.backward[e.kind] * factor))
    total = sum(seeds.values())
    walkers = {i: seeds.get(i, 0.0) / total for i in g.nodes}
    scores = dict.fromkeys(g.nodes, 0.0)
    for _ in range(400):
        following = dict.fromkeys(g.nodes, 0.0)
        for node, mass in walkers.items():
            whole = sum(w for _, w in out[node])
            scores[node] += mass * restart if whole else mass
            for other, weight in out[node]:
                following[other] += mass * (1 - restart) * weight / whole
        walkers = following
    return scores


@given(graphs(), st.sampled_from([0.15, 0.5]), st.integers(0, 5))
def test_nearness_is_that_of_a_walk_over_the_whole_graph(g: DependencyGraph, restart: float, salt: int) -> None:
    some = random.Random(salt).sample(sorted(g.nodes), min(2, len(g.nodes)))
    seeds = {s: float(n + 1) for n, s in enumerate(some)}
    exact = power_iteration(g, seeds, restart)
    found = queries.rank(g, seeds, restart=restart, precision=1e-7)
    missing = 1 - sum(found.values())
    for node, score in exact.items():
        assert -1e-9 <= score - found.get(node, 0.0) <= missing + 1e-9
    assert missing < 1e-3
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_nearness_looks_at_the_surroundings_only_and_says_what_is_nearest() -> None:
    chain = [(i, i + 1, EdgeKind.CALLS) for i in range(999)]
    g = drawn(1000, chain)
    found = queries.rank(g, ["m.py::f500"])
    assert len(found) < 60
    assert list(found)[:2] == ["m.py::f500", "m.py::f501"]
    assert queries.rank(g, ["m.py::nowhere"]) == {}
    with pytest.raises(ValueError, match="between 0 and 1"):
        queries.rank(g, ["m.py::f500"], precision=0)


def test_guesses_count_for_less() -> None:
    links = [(0, 1, EdgeKind.CALLS), (0, 2, EdgeKind.CALLS)]
    found = queries.rank(drawn(3, links, frozenset({1})), ["m.py::f000"])
    assert found["m.py::f001"] > 2 * found["m.py::f002"]


@given(graphs())
def test_adjacency_holds_every_edge_both_ways(g: DependencyGraph) -> None:
    near = Adjacency.of(g)
    whole = sorted(g.edges)
    for outgoing in (True, False):
        assert sorted(near.edge(n, a, outgoing) for n in range(len(near.ids)) for a in near.arcs(n, outgoing)) == whole
    assert Adjacency.of(g) is near


@given(graphs(), st.integers(0, 4), st.sampled_from([None, {EdgeKind.CALLS, EdgeKind.USES}]))
def test_what_is_reached_is_the_shortest_way_there(g: DependencyGraph, far: int, kinds: set[EdgeKind] | None) -> None:
    start = min(g.nodes)
    expected = {start: 0}
    for _ in range(far):
        for e in g.edges:
            if e.source in expected and expected[e.source] < far and (kinds is None or e.kind in kinds):
                expected[e.target] = min(expected.get(e.target, 99), expected[e.source] + 1)
    found = queries.reached(g, [start], kinds, within=far)
    assert {i: d for i, (d, _) in found.items()} == expected
    for i, (d, edge) in found.items():
        assert (edge is None) == (d == 0)
        if edge:
            assert edge.target == i
            assert found[edge.source][0] == d - 1


def test_surroundings_are_the_two_cones(shop: DependencyGraph) -> None:
    found = queries.around(shop, ["shop/cart.py::Cart.total"], 1, {EdgeKind.CALLS})
    assert {f.id: f.distance for f in found.found} == {
        "shop/cart.py::Cart.total": 0,
        "shop/tax.py::rate": 1,
        "shop/cart.py::Cart.show": -1,
        "tests/test_cart.py::test_total": -1,
    }
    why = {f.id: f.why for f in found.found}
    assert why["shop/cart.py::Cart.show"] == "calls Cart.total"
    assert why["shop/tax.py::rate"] == "called by Cart.total"
    only = queries.around(shop, ["shop/cart.py::Cart.total"], 1, {EdgeKind.CALLS}, queries.Direction.IN)
    assert "shop/tax.py::rate" not in only.ids
    assert only.edges == tuple(sorted(only.edges))


def test_impact_puts_tests_first_then_goes_by_distance(shop: DependencyGraph) -> None:
    found = queries.impact(shop, ["shop/tax.py::rate"])
    assert found.ids[0] == "shop/tax.py::rate"
    assert found.ids[1] == "tests/test_cart.py::test_total"
    rest = {f.id: f.distance for f in found.found[2:]}
    assert rest["shop/cart.py::Cart.total"] == 1
    assert rest["shop/cart.py::Cart.show"] == 2
    assert "shop/web.py::idle" not in rest
    assert queries.impact(shop, ["shop/tax.py::rate"], within=1).ids[1:] == ("shop/cart.py::Cart.total", "shop/tax.py")


def test_a_changed_module_reaches_what_imports_it_and_a_changed_function_does_not(shop: DependencyGraph) -> None:
    assert "shop/web.py" in queries.impact(shop, ["shop/tax.py"]).ids
    assert "shop/web.py" not in queries.impact(shop, ["shop/tax.py::rate"]).ids


def test_callers_of_an_overridden_method_are_affected_too() -> None:
    links = [(0, 1, EdgeKind.OVERRIDES), (2, 1, EdgeKind.CALLS), (3, 2, EdgeKind.CALLS)]
    found = {f.id[-1]: f.distance for f in queries.impact(drawn(5, links), ["m.py::f000"]).found}
    assert found == {"0": 0, "2": 1, "3": 2}


def test_changed_lines_name_the_innermost_definitions(shop: DependencyGraph) -> None:
    def at(*ranges: tuple[int, int]) -> list[str]:
        return [i.partition("::")[2] for i in queries.symbols_at(shop, "shop/cart.py", ranges)]

    assert at((6, 6)) == ["Cart.total"]
    assert at((4, 4)) == ["Cart"]
    assert at((1, 2)) == [""]
    assert at((6, 9), (13, 13)) == ["Cart.total", "Cart", "Cart.show", "Big.total"]
    assert at((500, 900)) == [""]
    assert queries.symbols_at(shop, "nothing.py", [(1, 2)]) == ()


def test_paths_say_their_edges_shortest_first() -> None:
    links = [(0, 1, EdgeKind.CALLS), (1, 4, EdgeKind.IMPORTS), (0, 2, EdgeKind.CALLS), (2, 3, EdgeKind.CALLS)]
    links += [(3, 4, EdgeKind.CALLS), (0, 5, EdgeKind.USES), (4, 6, EdgeKind.CALLS)]
    g = drawn(7, links)
    a, b = "m.py::f000", "m.py::f004"
    found = queries.paths(g, a, b)
    assert [[s.to[-1] for s in p] for p in found] == [["1", "4"], ["2", "3", "4"]]
    assert [s.edge.kind for s in found[0]] == [EdgeKind.CALLS, EdgeKind.IMPORTS]
    assert [[s.to[-1] for s in p] for p in queries.paths(g, a, b, {EdgeKind.CALLS})] == [["2", "3", "4"]]
    assert queries.paths(g, b, a) == ()
    back = queries.paths(g, b, a, count=1, directed=False)
    assert [(s.to[-1], s.forwards) for s in back[0]] == [("1", False), ("0", False)]
    assert queries.paths(g, a, a) == queries.paths(g, a, "m.py::nowhere") == ()


@given(graphs(), st.integers(1, 6), st.booleans())
def test_paths_are_whole_simple_and_in_order(g: DependencyGraph, count: int, directed: bool) -> None:
    a, b = min(g.nodes), max(g.nodes)
    found = queries.paths(g, a, b, count=count, directed=directed)
    assert len(found) <= count
    assert [len(p) for p in found] == sorted(len(p) for p in found)
    known = set(g.edges)
    for path in found:
        here = a
        for step in path:
            assert step.edge in known
            assert (step.edge.source if step.forwards else step.edge.target) == here
            assert step.forwards or not directed
            here = step.to
        assert here == b
        assert len({a, *(s.to for s in path)}) == len(path) + 1
    near = queries.reached(g, [a])
    if directed and a != b:
        assert bool(found) == (b in near)
        assert not found or len(found[0]) == near[b][0]


def test_a_graph_full_of_circles_does_not_hold_anybody_up() -> None:
    links = [(i, j, EdgeKind.CALLS) for i in range(60) for j in range(60) if i != j]
    found = queries.paths(drawn(61, [*links, (0, 60, EdgeKind.CALLS)]), "m.py::f000", "m.py::f060", count=50)
    assert found[0][0].to == "m.py::f060"


def test_import_circles_are_found_and_long_ones_too() -> None:
    ring = {f"r{i}.py": f"import r{(i + 1) % 1500}\n" for i in range(1500)}
    g = graph({**ring, "a.py": "import b\n", "b.py": "import a, r0\n", "c.py": "import a\n"})
    found = queries.import_cycles(g)
    assert found[0] == ("a.py", "b.py")
    assert [len(c) for c in found] == [2, 1500]


def test_unused_are_candidates_that_nothing_leans_on(shop: DependencyGraph) -> None:
    assert "shop/web.py::idle" in queries.unused(shop)
    assert not {"shop/tax.py::rate", "tests/test_cart.py::test_total", "shop/cart.py::Cart"} & set(queries.unused(shop))
    itself = graph({"a.py": "def f():\n    f()\n"})
    assert queries.unused(itself) == ("a.py::f",)


def test_clusters_are_what_belongs_together_and_have_names() -> None:
    files = {"app/__init__.py": ""}
    for part, word in (("billing", "invoice"), ("mail", "letter")):
        files[f"app/{part}/__init__.py"] = ""
        files[f"app/{part}/base.py"] = (
            f"class {word.title()}:\n    pass\n\n\ndef draft_{word}():\n    return {word.title()}()\n"
        )
        for i in range(6):
            files[f"app/{part}/{word}_{i}.py"] = (
                f"from app.{part}.base import {word.title()}\n\n\nclass {word.title()}{i}({word.title()}):\n    pass\n"
            )
    files["app/mail/letter_0.py"] += "import app.billing.base\n"
    found = queries.clusters(graph(files))
    assert [c.package for c in found] == ["app.billing", "app.mail"]
    assert not any("mail" in m for m in found[0].modules)
    assert found[0].name.startswith("app.billing: Invoice")
    assert found[1].words[0] == "letter"
    assert queries.clusters(graph(dict(reversed(files.items())))) == found


def test_clusters_have_names_of_their_own() -> None:
    files = {"app/__init__.py": ""}
    for part in "AB":
        files[f"app/{part.lower()}.py"] = f"class {part}: ...\n"
        for i in range(6):
            files[f"app/{part.lower()}{i}.py"] = (
                f"from app.{part.lower()} import {part}\n\n\nclass {part}{i}({part}): ...\n"
            )
    found = queries.clusters(graph(files))
    assert {c.package for c in found} == {"app"}
    assert {c.title for c in found} == {"app · A", "app · B"}


def test_what_leans_on_nothing_is_no_bag_of_languages_nor_of_what_was_brought_along() -> None:
    texts = {f"lone{i}.py": "" for i in range(4)} | {f"_vendor/more{i}.py": "" for i in range(4)}
    texts |= {"native/a/only.c": ""}
    texts |= {f"src/deep/part{i}.go": "package deep\n" for i in range(4)} | {f"web/one{i}.js": "" for i in range(4)}
    facts = {p: extract(t.encode(), language_of(p) or "") for p, t in texts.items()}
    found = queries.clusters(DependencyGraph.build(facts), 2)
    assert {c.modules for c in found} == {
        tuple(sorted(p for p in texts if p.startswith(begin))) for begin in ("lone", "_vendor", "src", "web", "native")
    }
    assert {c.title for c in found} == {"mixed", "_vendor", "src/deep", "web", "native/a"}


def test_a_project_without_imports_still_has_an_overview() -> None:
    found = queries.clusters(graph({f"m{i}.py": "" for i in range(40)}))
    assert sum(len(c.modules) for c in found) == 40
    assert queries.clusters(graph({})) == ()
    assert queries.clusters(graph({"a.py": ""}))[0].name == "a"


@given(st.integers(1, 14), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13), st.integers(1, 5)), max_size=40))
def test_communities_part_the_nodes_into_connected_groups(count: int, links: list[tuple[int, int, int]]) -> None:
    rows: list[dict[int, float]] = [{} for _ in range(count)]
    for a, b, weight in links:
        if a < count and b < count and a != b:
            rows[a][b] = rows[b][a] = float(weight)
    found = communities(rows)
    assert sorted(n for group in found for n in group) == list(range(count))
    for group in found:
        reached, todo = {group[0]}, [group[0]]
        while todo:
            fresh = set(rows[todo.pop()]) & set(group) - reached
            reached |= fresh
            todo += fresh
        assert reached == set(group)


def test_two_cliques_with_one_bridge_are_two_communities() -> None:
    rows: list[dict[int, float]] = [{m: 1.0 for m in range(10) if m != n and m // 5 == n // 5} for n in range(10)]
    rows[4][5] = rows[5][4] = 1.0
    assert communities(rows) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_edges_among_are_sorted_and_of_the_wanted_kinds(shop: DependencyGraph) -> None:
    ids = ["shop/cart.py::Big", "shop/cart.py::Cart", "shop/cart.py"]
    found = queries.edges_among(shop, ids, {EdgeKind.INHERITS})
    assert found == (Edge("shop/cart.py::Big", "shop/cart.py::Cart", EdgeKind.INHERITS),)


def test_a_member_may_be_named_by_the_class_that_inherits_it() -> None:
    shop = graph(SHOP)
    assert queries.called(shop, "Big.show") == queries.called(shop, "Cart.show") == ("shop/cart.py::Cart.show",)
    assert queries.called(shop, "Big.total") == ("shop/cart.py::Big.total",)
    assert queries.called(shop, "Big.nothing") == ()


def test_what_seems_unused_is_said_to_seem_so() -> None:
    found = queries.answer(graph(SHOP), "is:unused")
    assert "shop/web.py::idle" in [f.id for f in found.found]
    assert any("receivers that are not known" in note for note in found.notes)
