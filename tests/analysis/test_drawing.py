"""Pictures of the graph: what is in them, where it is put, and that nothing gets out of them."""

import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.graph import DependencyGraph, EdgeKind, drawing, queries
from fixbot_analysis.graph.drawing.coordinates import _rising
from fixbot_analysis.graph.drawing.layers import depths, turned
from fixbot_analysis.graph.drawing.layout import Layout, lay_out
from fixbot_analysis.graph.drawing.sizes import cells, shortened, size
from fixbot_analysis.graph.kinds import TRAITS
from fixbot_analysis.symbols import extract

SHOP = {
    "shop/__init__.py": "",
    "shop/tax.py": "def rate(c):\n    '''The rate.'''\n    return 1\n",
    "shop/cart.py": (
        "from shop.tax import rate\n\n\nclass Cart:\n    def total(self):\n        return rate(1)\n\n"
        "    def show(self):\n        return self.total()\n\n\nclass Big(Cart):\n    pass\n\n\ndef make():\n    return Cart()\n"
    ),
    "shop/web.py": "from shop.cart import Cart, make\n\n\ndef page():\n    return make().show(), Cart()\n",
    "tests/test_cart.py": "from shop.cart import make\n\n\ndef test_make():\n    assert make()\n",
}
HOSTILE = 'x"><script>alert(1)</script>\u2028&amp;\x1b'
FORMS = ("text", "mermaid", "dot", "svg", "html")


def graph(files: Mapping[str, str]) -> DependencyGraph:
    return DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})


@pytest.fixture(scope="module")
def shop() -> DependencyGraph:
    return graph(SHOP)


def many(count: int, links: list[tuple[int, int]]) -> drawing.Picture:
    boxes = tuple(drawing.Box(str(i), f"box {i}", "class", "a.py:1") for i in range(count))
    lines = tuple(drawing.Line(str(a), str(b), "calls") for a, b in sorted(set(links)) if a < count and b < count)
    return drawing.Picture("picture", boxes, lines)


pictures = st.builds(many, st.integers(0, 14), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=30))


def overlaps(layout: Layout) -> list[tuple[str, str]]:
    places = sorted(layout.places.items())
    return [
        (a, b)
        for at, (a, p) in enumerate(places)
        for b, q in places[:at]
        if p.x < q.x + q.width and q.x < p.x + p.width and p.y < q.y + q.height and q.y < p.y + p.height
    ]


@given(pictures)
def test_boxes_never_overlap_and_lie_within_the_picture(picture: drawing.Picture) -> None:
    layout = lay_out(picture)
    assert set(layout.places) == {b.id for b in picture.boxes}
    assert not overlaps(layout)
    for place in layout.places.values():
        assert 0 <= place.x <= place.x + place.width <= layout.width
        assert 0 <= place.y <= place.y + place.height <= layout.height
    assert lay_out(picture) == layout


def numbers(way: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", way)]


@given(pictures)
def test_lines_go_from_box_to_box(picture: drawing.Picture) -> None:
    layout = lay_out(picture)
    for i, line in enumerate(picture.lines):
        source, target = layout.places[line.source], layout.places[line.target]
        found = numbers(layout.ways[i])
        x, y = found[:2]
        assert x == pytest.approx(source.x, abs=0.2) or x == pytest.approx(source.x + source.width, abs=0.2)
        assert source.y <= y <= source.y + source.height
        if line.source != line.target:
            x, y = found[-2:]
            assert x == pytest.approx(target.x, abs=0.2) or x == pytest.approx(target.x + target.width, abs=0.2)
            assert target.y <= y <= target.y + target.height


def test_a_long_line_passes_between_the_boxes_that_it_skips() -> None:
    picture = many(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    layout = lay_out(picture)
    long = next(layout.ways[i] for i, line in enumerate(picture.lines) if (line.source, line.target) == ("0", "3"))
    levels = [float(y) for y in re.findall(r" (-?\d+\.?\d*)(?=H)", long)]
    assert len(levels) == 2
    for y in levels:
        for middle in ("1", "2"):
            place = layout.places[middle]
            assert not place.y <= y <= place.y + place.height


@given(st.integers(1, 10), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_layers_go_forwards_once_circles_are_broken(count: int, links: list[tuple[int, int]]) -> None:
    known = {(a, b): 1.0 for a, b in links if a < count and b < count and a != b}
    back = turned(count, known)
    straight = sorted({(b, a) if (a, b) in back else (a, b) for a, b in known})
    depth = depths(count, straight)
    assert all(depth[a] < depth[b] for a, b in straight)
    assert len(back) <= len(known) / 2


def test_a_picture_without_circles_turns_no_line_round() -> None:
    assert turned(4, {(0, 1): 1, (1, 2): 1, (0, 3): 1, (3, 2): 1}) == frozenset()


@given(st.lists(st.integers(-20, 20), max_size=12))
def test_the_fitted_sequence_never_falls_and_keeps_its_mean(values: list[int]) -> None:
    fitted = _rising([float(v) for v in values], [1.0] * len(values))
    assert all(a <= b + 1e-9 for a, b in pairwise(fitted))
    assert sum(fitted) == pytest.approx(sum(values))


def test_labels_fit_into_their_boxes() -> None:
    for label in ("short", "a" * 200, "解析日期" * 30, ""):
        box = drawing.Box("a", label, "class", "some/where/" * 12, rows=("row " * 40,))
        width, _ = size(box)
        assert cells(shortened(label)) * 7.35 < width
        assert width < 420


@pytest.mark.parametrize("form", FORMS)
def test_every_form_shows_what_is_there(form: str, shop: DependencyGraph) -> None:
    draw = getattr(drawing, form)
    whole = draw(drawing.whole(shop).draw(60, None))
    assert "shop.cart" in whole
    near = draw(drawing.surroundings(shop, "shop/tax.py::rate").draw(60, None))
    assert "Cart.total" in near
    assert "calls" in near


@pytest.mark.parametrize("form", FORMS)
def test_names_stay_text_whatever_they_hold(form: str) -> None:
    box = drawing.Box(HOSTILE, HOSTILE, "class", HOSTILE, True, rows=(HOSTILE,), inside=(HOSTILE,))
    box2 = drawing.Box("b", "b", "class", detail=drawing.Detail(HOSTILE, HOSTILE))
    picture = drawing.Picture(
        HOSTILE, (box, box2), (drawing.Line(HOSTILE, "b", "calls"),), more=(box,), notes=(HOSTILE,)
    )
    said = getattr(drawing, form)(picture)
    if form in ("svg", "html"):
        assert "<script>alert" not in said
        assert said.count("</script>") == (2 if form == "html" else 0)
    if form == "svg":
        ET.fromstring(said)
    if form == "mermaid":
        assert "<" not in said
    if form == "dot":
        assert said.count('"') % 2 == 0
        assert '\\"><script' in said


PIECES = [
    '"',
    "'",
    "<",
    ">",
    "&",
    "]]>",
    "</script>",
    "<!--",
    "-->",
    "\\",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u2028",
    "\udc80",
    "é",
    "a b",
    "#",
    ";",
    "%%",
    "{",
    "}",
]
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
DOT = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*"|[\w.]+|->|[][{},;=]|//[^\n]*)')


def boxes_named(names: list[str]) -> drawing.Picture:
    boxes = [drawing.Box(n, n, "class", n, detail=drawing.Detail(n, n), rows=(n,), inside=(n,)) for n in names]
    lines = tuple(drawing.Line(a, b, "calls") for a, b in pairwise(names))
    return drawing.Picture(names[0], tuple(boxes), lines, more=tuple(boxes[:1]), notes=(names[0],))


class Page(HTMLParser):
    """What a browser would see: elements, their attributes, and the text of each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data


@settings(max_examples=30, deadline=None)
@given(st.lists(hostile, min_size=2, max_size=4, unique=True))
def test_whatever_files_are_called_each_form_can_be_read_back(names: list[str]) -> None:
    picture, plain = boxes_named(names), boxes_named([f"n{at}" for at in range(len(names))])
    root, usual = (ET.fromstring(drawing.svg(p)) for p in (picture, plain))
    assert [e.tag for e in root.iter()] == [e.tag for e in usual.iter()]
    page, other = Page(drawing.html(picture)), Page(drawing.html(plain))
    assert (page.tags, page.attributes, len(page.scripts)) == (other.tags, other.attributes, len(other.scripts))
    assert page.scripts[1:] == other.scripts[1:]
    assert [n["label"] for n in json.loads(page.scripts[0])["nodes"][: len(names)]] == names
    dot = drawing.dot(picture)
    assert "".join(m[0] for m in DOT.finditer(dot)).strip() == dot.strip()
    ids = [m[1] for m in re.finditer(r'^  ("(?:[^"\\]|\\.)*") \[label', dot, re.MULTILINE)]
    assert [json.loads(i) for i in ids] == names
    nodes = [line for line in drawing.mermaid(picture).split("\n") if "[" in line]
    assert all(re.fullmatch(r'  n\d+\["[^"<>\[\]{}]*"\]', line) for line in nodes)
    assert len(nodes) == len(names)
    assert len(drawing.text(picture).splitlines()) == len(drawing.text(plain).splitlines())


@pytest.mark.parametrize("make", [drawing.whole, lambda g: drawing.surroundings(g, "sh\nop/cart.py::Cart")])
def test_a_line_feed_in_a_files_name_breaks_no_line(make: Callable[[DependencyGraph], drawing.View]) -> None:
    files = {path: text for path, text in SHOP.items() if path.startswith("shop/")}
    broken = graph({path.replace("shop/", "sh\nop/"): text for path, text in files.items()})
    assert all(line.isprintable() for line in make(broken).write(50).split("\n"))


@pytest.mark.parametrize("form", ["svg", "html"])
def test_a_picture_loads_nothing(form: str, shop: DependencyGraph) -> None:
    said = getattr(drawing, form)(drawing.whole(shop).draw(60, None))
    rest = said.replace("http://www.w3.org/2000/svg", "")
    assert "://" not in rest
    assert not re.search(r"(?:src|href)\s*=", rest)


def data(page: str) -> dict[str, list[dict[str, object]]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_a_page_carries_what_it_does_not_draw(shop: DependencyGraph) -> None:
    view = drawing.surroundings(shop, "shop/cart.py::Cart", 2)
    picture = view.draw(3, lambda i: drawing.Detail(f"class {i}", "It </script> holds."))
    page = drawing.html(picture)
    assert page.count('<g class="box') == 3
    held = data(page)["nodes"]
    assert {n["id"] for n in held} == {b.id for b in (*picture.boxes, *picture.more)}
    assert len(held) > 3
    assert held[0]["doc"] == "It </script> holds."
    assert f"and {picture.omitted} more" in page


def test_only_the_pages_own_script_may_run(shop: DependencyGraph) -> None:
    import base64
    import hashlib

    page = drawing.html(drawing.whole(shop).draw(60, None))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    sums = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert f"script-src 'sha256-{sums[0]}'" in policy[1]
    assert "unsafe" not in policy[1]
    for sheet in re.findall(r"<style>(.*?)</style>", page, re.DOTALL):
        assert base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() in policy[1]


def test_what_leads_to_it_is_on_the_left_and_what_it_leads_to_on_the_right(shop: DependencyGraph) -> None:
    places = lay_out(drawing.surroundings(shop, "shop/cart.py::Cart.total").draw(60, None)).places
    here = places["shop/cart.py::Cart.total"]
    assert places["shop/cart.py::Cart.show"].x + places["shop/cart.py::Cart.show"].width < here.x
    assert places["shop/tax.py::rate"].x > here.x + here.width


def test_what_a_class_holds_is_in_its_box_unless_it_is_asked_for(shop: DependencyGraph) -> None:
    folded = drawing.surroundings(shop, "shop/cart.py::Cart").draw(60, None)
    assert folded.boxes[0].rows == ("show", "total")
    assert "shop/cart.py::Cart.total" not in {b.id for b in folded.boxes}
    asked = drawing.surroundings(shop, "shop/cart.py::Cart", 1, {EdgeKind.DEFINES}).draw(60, None)
    assert "shop/cart.py::Cart.total" in {b.id for b in asked.boxes}


def test_a_base_stands_left_of_its_heirs(shop: DependencyGraph) -> None:
    view = drawing.hierarchy(shop, "shop/cart.py::Cart")
    places = lay_out(view.draw(60, None)).places
    assert places["shop/cart.py::Cart"].x < places["shop/cart.py::Big"].x
    assert view.write(50).splitlines() == [
        "hierarchy of Cart",
        "Cart  shop/cart.py:4",
        "└─ base of Big  shop/cart.py:12",
    ]


def test_a_call_flow_is_a_tree_that_names_repeats_only(shop: DependencyGraph) -> None:
    files = {"a.py": "def f():\n    g()\n    h()\n\n\ndef g():\n    h()\n    f()\n\n\ndef h():\n    pass\n"}
    view = drawing.flow(graph(files), "a.py::f", 3)
    text = view.write(50)
    assert text.count("a.py:11") == 1
    assert "↑ above" in text
    assert text.splitlines()[1] == "f  a.py:1"


def test_a_module_is_seen_from_inside(shop: DependencyGraph) -> None:
    picture = drawing.module(shop, "shop/cart.py").draw(60, None)
    found = {b.label: b for b in picture.boxes}
    assert {"Cart", "Big", "make", "shop.web", "shop.tax"} <= found.keys()
    assert found["Cart"].rows == ("show", "total")
    lines = {(line.source, line.target, line.kind) for line in picture.lines}
    assert ("shop/cart.py::make", "shop/cart.py::Cart", "calls") in lines
    assert ("shop/cart.py::Cart", "shop/tax.py", "calls") in lines


def test_a_big_project_is_drawn_as_clusters() -> None:
    files = {f"p{p}/__init__.py": "" for p in range(5)}
    for p in range(5):
        for i in range(20):
            files[f"p{p}/m{i}.py"] = f"import p{p}.m{(i + 1) % 20}\nimport p{p}.m{(i * 7) % 20}\n"
    files["p0/m0.py"] += "import p1.m0\n"
    picture = drawing.whole(graph(files)).draw(60, None)
    assert sorted(b.label for b in picture.boxes) == [f"p{p}" for p in range(5)]
    assert {b.kind for b in picture.boxes} == {"cluster"}
    assert all(len(b.inside) == 21 for b in picture.boxes)
    assert [(line.kind, line.count) for line in picture.lines] == [("imports", 1)]


def test_what_does_not_fit_is_said(shop: DependencyGraph) -> None:
    view = drawing.surroundings(shop, "shop/cart.py::Cart", 2)
    left_out = len(view.selection.found) - 2
    assert f"… and {left_out} more" in view.write(2)
    picture = view.draw(2, None)
    for form in ("mermaid", "dot", "svg"):
        assert f"and {picture.omitted} more" in getattr(drawing, form)(picture)


def test_impact_lists_tests_under_a_heading(shop: DependencyGraph) -> None:
    lines = drawing.consequences(shop, ["shop/cart.py::make"]).write(50).splitlines()
    assert lines[0] == "what a change of make may reach: 3 found"
    assert lines.index("in tests") < lines.index("elsewhere")


def test_a_connection_says_when_it_leads_the_other_way(shop: DependencyGraph) -> None:
    there = drawing.connection(shop, "shop/web.py::page", "shop/tax.py::rate", {EdgeKind.CALLS})
    text = there.write(9)
    assert text.startswith("1. page  shop/web.py:4\n")
    assert "   calls rate  shop/tax.py:1\n" in text
    assert "note" not in text
    back = drawing.connection(shop, "shop/tax.py::rate", "shop/web.py::page", {EdgeKind.CALLS}).write(9)
    assert "no path leads from" in back
    assert "leads back" in back
    either = drawing.connection(shop, "shop/web.py::page", "tests/test_cart.py::test_make", {EdgeKind.CALLS})
    assert "edges were followed either way" in either.write(9)
    none = drawing.connection(graph({"a.py": "", "b.py": ""}), "a.py", "b.py")
    assert none.selection.ids == ()
    assert "no path leads from a.py to b.py" in none.write(9)
    drawing.html(none.draw(9, None))


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_project_is_drawn_as_such(form: str) -> None:
    assert "0 modules" in getattr(drawing, form)(drawing.whole(graph({})).draw(60, None)) or form in ("mermaid", "dot")


def test_thousands_of_boxes_are_laid_out() -> None:
    links = [(i, (i * 7 + 3) % 900) for i in range(900)] + [(i, i // 2) for i in range(900)]
    assert not overlaps(lay_out(many(900, links)))


def test_a_query_that_finds_nothing_is_drawn_as_nothing(shop: DependencyGraph) -> None:
    view = drawing.answered(shop, "name:nothing*")
    assert view.write(9) == "name:nothing*: 0 found\n"
    assert queries.parse(view.selection.title)
    drawing.svg(view.draw(9, None))


@pytest.mark.parametrize("kind", EdgeKind)
def test_every_kind_of_edge_reads_weighs_is_asked_for_and_is_drawn_by_its_row(kind: EdgeKind) -> None:
    from fixbot_analysis.graph.drawing.vector import style

    trait = TRAITS[kind]
    assert queries.WORDS[kind] == trait.words
    assert (queries.WEIGHTS.forward[kind], queries.WEIGHTS.backward[kind]) == (trait.forward, trait.backward)
    text = style()
    assert text.count(f"--{kind.value}: {trait.light}") == 1
    assert text.count(f"--{kind.value}: {trait.dark}") == 2
    assert f".line.{kind.value}," in text
    files = {"a.py": "class A:\n    def f(self): pass\n", "b.py": "import a\nclass B(a.A):\n    def f(self): a.A()\n"}
    graph = DependencyGraph.build({p: extract(t.encode()) for p, t in files.items()})
    for verb in trait.verbs:
        assert str(queries.parse(f"{verb.name}(B)")) == f"{verb.name}(B)"
        far = {
            queries.WORDS[f.edge.kind][not verb.forwards]
            for f in queries.answer(graph, f"{verb.name}(a.py or b.py::B.f or B)").found
            if f.edge
        }
        assert far <= {trait.words[not verb.forwards]}
