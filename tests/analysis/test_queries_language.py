"""The query language: what it reads, what it finds, and how it says what is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.errors import QueryError
from fixbot_analysis.graph import DependencyGraph, EdgeKind, queries
from fixbot_analysis.graph.queries import expressions as ex
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE
from fixbot_analysis.symbols import extract

FILES = {
    "app/__init__.py": "",
    "app/store.py": "class Store:\n    def save(self):\n        return pack(self)\n\n    def save_all(self):\n        return self.save()\n\n\ndef pack(x):\n    return x\n",
    "app/disk.py": "from app.store import Store\n\n\nclass Disk(Store):\n    def load(self):\n        return Store().save_all()\n\n\nclass Fast(Disk):\n    def load(self):\n        return 1\n",
    "app/web/__init__.py": "",
    "app/web/view.py": "from app.disk import Disk\n\n\ndef show():\n    return Disk().load()\n\n\ndef load():\n    return show()\n",
    "tests/test_store.py": "from app.store import Store\n\n\ndef test_save():\n    Store().save()\n",
    "tests/test_pack.py": "from app.store import pack\n\n\ndef test_pack():\n    pack(1)\n",
    "ring/a.py": "import ring.b\n",
    "ring/b.py": "import ring.a\n",
}


@pytest.fixture(scope="module")
def app() -> DependencyGraph:
    return DependencyGraph.build({path: extract(text.encode()) for path, text in FILES.items()})


def test_names_with_spaces_stand_in_quotes_of_either_kind() -> None:
    text = "class A:\n    def go(self): pass\n\ndef f(): A().go()\n"
    graph = DependencyGraph.build({"my app/it's.py": extract(text.encode()), "b.py": extract(b"def go(): pass\n")})
    for name in ('"my app/it\'s.py::A.go"', "'my app/it\\'s.py::A.go'"):
        assert short(queries.answer(graph, f"callers({name})").ids) == ["f"]
    for place in ('"my app"', "'my app/'", "'my app/*'"):
        assert short(queries.answer(graph, f"name:go in {place}").ids) == ["A.go"]
    assert short(queries.answer(graph, "name:'go' kind:method").ids) == ["A.go"]


@pytest.mark.parametrize("name", ["Cart::total", "src/cart.rs::Cart::total", "Cart.total", "src/cart.rs::Cart.total"])
def test_names_may_be_written_as_rust_and_cpp_write_them(name: str) -> None:
    text = "struct Cart {}\nimpl Cart { fn total(&self) {} }\nfn show(c: Cart) { c.total() }\n"
    graph = DependencyGraph.build({"src/cart.rs": extract(text.encode(), "rust")})
    assert short(queries.answer(graph, f"callers({name})").ids) == ["show"]


def short(ids: tuple[str, ...]) -> list[str]:
    return [i.rpartition("::")[2] for i in ids]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("callers(Store.save)", ["Store.save_all", "test_save"]),
        ("callers(Store.save) within 2", ["Store.save_all", "test_save", "Disk.load"]),
        ("callers of Store.save", ["Store.save_all", "test_save"]),
        ("callers(pack) and not is:test", ["Store.save"]),
        ("callees(load) in app/disk.py", []),
        ("callees(app.web.view.load)", ["show"]),
        ("class * < Store", ["Disk", "Fast"]),
        ("class Fast < *", ["Fast"]),
        ("class Store < *", []),
        ("bases(Fast)", ["Disk", "Store"]),
        ("subclasses(Store) within 1", ["Disk"]),
        ("kind:method name:save* in app/", ["Store.save", "Store.save_all"]),
        ("kind:method name:save* in app.store", ["Store.save", "Store.save_all"]),
        ("name:load and not kind:method", ["load"]),
        ("in app/web/*.py kind:function", ["show", "load"]),
        ("kind:class or name:pack", ["Disk", "Fast", "Store", "pack"]),
        ("(name:Disk or name:Store) and kind:class", ["Disk", "Store"]),
        ("members(Store)", ["Store.save", "Store.save_all"]),
        ("owners(Store.save)", ["Store"]),
        ("importers(app.disk)", ["app/web/view.py"]),
        ("imports(app/disk.py)", ["app/store.py"]),
        ("is:cyclic", ["ring/a.py", "ring/b.py"]),
        ("tests of pack", ["test_pack", "test_save"]),
        ("tests of app.web", []),
        ("Store.*", ["Store.save", "Store.save_all"]),
        ("app.web.view.?how", ["show"]),
        ('"app/web/view.py"', ["app/web/view.py"]),
        ("path from show to pack via calls", ["show", "Disk.load", "Store.save_all", "Store.save", "pack"]),
        ("path between pack and test_save via calls", ["pack", "Store.save", "test_save"]),
        ("name:nothing*", []),
        ("near(show) via calls", ["show", "Disk.load", "load", "Disk"][1:]),
    ],
)
def test_a_query_finds_what_it_says(app: DependencyGraph, query: str, expected: list[str]) -> None:
    found = short(queries.answer(app, query).ids)
    assert sorted(found) == sorted(expected)
    if query.startswith("path"):
        assert found == expected


def test_everything_but_is_everything_else(app: DependencyGraph) -> None:
    assert set(queries.answer(app, "not kind:module").ids) == {i for i in app.nodes if "::" in i}


def test_what_was_found_says_why(app: DependencyGraph) -> None:
    why = {f.id: f.why for f in queries.answer(app, "callers(pack) within 2 and not is:test").found}
    assert why["app/store.py::Store.save"] == "calls pack"
    assert why["app/store.py::Store.save_all"] == "calls Store.save"


def test_a_path_shows_only_its_own_edges_and_says_where_there_is_none(app: DependencyGraph) -> None:
    found = queries.answer(app, "path from show to pack via calls")
    assert {e.kind for e in found.edges} == {EdgeKind.CALLS}
    none = queries.answer(app, "path from pack to show")
    assert none.ids == ()
    assert "no path leads from pack to show" in none.notes


ABROAD = {
    "a.py": "import unittest\nfrom http import client as c\nclass Base(unittest.TestCase): pass\nclass Far(Base): pass\nclass Bad(ValueError): pass\nAlias = KeyError\n",
    "b.py": "import a\nclass Worse(a.Bad, Exception): pass\nclass Missing(a.Alias): pass\nclass Gone(a.c.HTTPException): pass\nclass Other(other.HTTPException): pass\nclass Plain: pass\n",
    "T.java": "class Worker extends java.lang.Thread {}\nclass Boss extends Worker {}\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("class * < unittest.TestCase", {"Base": 1, "Far": 2}),
        ("subclasses of TestCase within 1", {"Base": 1}),
        ("class Far < TestCase", {"Far": 2}),
        ("subclasses of Exception", {"Bad": 1, "Missing": 1, "Worse": 2}),
        ("subclasses(LookupError)", {"Missing": 1}),
        ("subclasses of http.client.HTTPException", {"Gone": 1}),
        ("subclasses of HTTPException", {"Gone": 1, "Other": 1}),
        ("class * < *.TestCase and not name:Far", {"Base": 1}),
        ("subclasses of Thread", {"Worker": 1, "Boss": 2}),
    ],
)
def test_classes_from_outside_are_asked_for_by_what_inherits_from_them(query: str, expected: dict[str, int]) -> None:
    graph = DependencyGraph.build(
        {p: extract(t.encode(), "java" if p == "T.java" else "python") for p, t in ABROAD.items()}
    )
    found = queries.answer(graph, query)
    assert {f.id.rpartition("::")[2]: f.distance for f in found.found} == expected
    several = [n for n in found.notes if "may be any of 2 classes from outside" in n]
    assert bool(several) is (query == "subclasses of HTTPException")
    why = {f.id: f.why for f in found.found}
    assert why.get("b.py::Missing", "inherits from KeyError") == "inherits from KeyError"


@pytest.mark.parametrize(
    ("query", "said", "hint"),
    [
        ("callers of TestCase", "which is a class from outside", "subclasses of TestCase"),
        ("subclasses of TestCas", "or a base from outside of one of its classes", ""),
        ("class * < object", "which names nothing", ""),
    ],
)
def test_an_unknown_class_from_outside_is_refused_with_what_could_be_asked(query: str, said: str, hint: str) -> None:
    graph = DependencyGraph.build({p: extract(t.encode()) for p, t in ABROAD.items() if p != "T.java"})
    with pytest.raises(QueryError) as caught:
        queries.answer(graph, query)
    assert said in str(caught.value)
    assert hint in caught.value.hint


def test_a_name_that_may_mean_several_is_said(app: DependencyGraph) -> None:
    found = queries.answer(app, "callers(Disk.load or load)")
    assert not found.notes
    several = queries.answer(app, "name:Fast or members(save)")
    assert several.ids
    assert not several.notes  # only one thing is called save


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("", 1, "a name, a filter or a function, found the end"),
        ("callers(pack", 13, 'expected ")"'),
        ("callers pack", 9, '"(" or "of"'),
        ("callers(pack) within x", 22, "a number of edges"),
        ("callers(pack) within 0", 22, "a number of edges"),
        ("callers(pack) within 9999999", 22, "a number of edges"),
        ("callers(pack) via calls", 15, 'no "via"'),
        ("near(pack) via calls,flies", 22, "one of imports, defines, calls"),
        ("kind:thing", 6, "one of module, class"),
        ("kind:variable", 6, "variables are not in the graph; ask for their module"),
        ("caller(pack)", 1, "did you mean callers?"),
        ("pack or Import of pack", 9, "did you mean imports?"),
        ("zzz(pack)", 1, "one of subclasses, bases, overriders"),
        ("is:odd", 4, "one of test, unused, cyclic"),
        ("name:", 6, "a name right behind"),
        ("pack )", 6, '"and", "or" or the end'),
        ("pack and", 9, "a name, a filter or a function"),
        ('callers("pack', 9, 'a " that closes'),
        ("path from pack", 15, 'expected "to"'),
        ("path pack", 6, '"from" or "between"'),
        ("class Disk", 11, 'expected "<"'),
        ("callers(nowhere)", 9, "which names nothing"),
        ("callers(within)", 9, "in quotes"),
        ("path from Disk.load to *", 24, "one thing"),
        ("(" * 80 + "pack" + ")" * 80, 51, "at most 50 parts"),
    ],
)
def test_an_error_points_at_the_column_and_says_what_was_expected(
    app: DependencyGraph, query: str, column: int, said: str
) -> None:
    with pytest.raises(QueryError) as caught:
        queries.answer(app, query)
    assert caught.value.column == column
    assert f"column {column}: " in caught.value.message
    assert said in caught.value.message
    lines = caught.value.message.splitlines()
    assert lines[-1].strip() == "^"
    assert caught.value.hint


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["Cart.total", "shop/cart.py::Cart", "not", "kind:a::b", "name::x", "kind:method", 'a"b', "x\\", "save*", "?", "<"]
)
names = st.builds(ex.Name, words)
kinds = st.lists(st.sampled_from(list(EdgeKind)), max_size=3, unique=True).map(tuple)
far = st.none() | st.integers(1, 999_999) | st.just(ANY_DISTANCE)
leaves = (
    names
    | st.builds(ex.Filter, st.just("kind"), st.sampled_from(ex.KINDS_OF))
    | st.builds(ex.Filter, st.sampled_from(["name", "in"]), words)
    | st.builds(ex.Filter, st.just("is"), st.sampled_from(ex.TRAITS))
    | st.builds(ex.Heir, names, names)
    | st.builds(ex.Path, names, names, st.booleans(), kinds)
)


def larger(inner: st.SearchStrategy[ex.Query]) -> st.SearchStrategy[ex.Query]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    along = st.builds(ex.Relation, st.sampled_from(["near", "dependents"]), inner, far, kinds, st.booleans())
    plain = st.builds(ex.Relation, st.sampled_from(sorted(ex.VERBS)), inner, far, st.just(()), st.booleans())
    return st.builds(ex.AllOf, parts) | st.builds(ex.AnyOf, parts) | st.builds(ex.Not, inner) | along | plain


@settings(max_examples=60)
@given(st.recursive(leaves, larger, max_leaves=8))
def test_a_printed_query_reads_as_itself(query: ex.Query) -> None:
    assert queries.parse(str(query)) == query


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "(",
                ")",
                "not",
                "and",
                "or",
                "callers",
                "of",
                "x",
                "*",
                "<",
                "in",
                '"a',
                "path",
                "from",
                "within",
                "2",
                "kind:method",
                ",",
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_any_text_is_read_or_refused_with_a_column(text: str) -> None:
    column, tree = 1, None
    try:
        tree = queries.parse(text)
    except QueryError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
    assert tree is None or queries.parse(str(tree)) == tree


def test_patterns_made_to_be_slow_are_not(app: DependencyGraph) -> None:
    assert queries.answer(app, "name:" + "*a" * 200 + "b").ids == ()
    assert queries.answer(app, "*" * 300).ids


def test_the_printed_form_is_readable() -> None:
    said = "callers(kind:method name:save*) within 2 known or not (x or class A < *) and path between a and b via calls,uses"
    tree = queries.parse(said)
    assert str(tree) == (
        "callers(kind:method and name:save*) within 2 known or not (x or class A < *) and path between a and b via calls,uses"
    )


def test_calls_on_unknown_receivers_are_counted_beside_what_is_known() -> None:
    files = {
        "a.py": "class A:\n    def fetch(self): ...\n\n\nclass B:\n    def fetch(self): ...\n",
        "b.py": (
            "import os\nfrom a import A, B\n\n\ndef clear():\n    A().fetch()\n    B().fetch()\n    os.fetch()\n\n\n"
            "def open_ended(x, y):\n    x.fetch()\n    y.items[0].fetch()\n    A().fetch()\n"
        ),
    }
    graph = DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})
    for query in ("callers(A.fetch)", "impact(A)", "tests(a.A)", "dependents(A.fetch)"):
        found = queries.answer(graph, query)
        assert found.unknown_calls == 2
        assert found.notes == ("and 2 more calls of this name whose receiver is not known: fetch",)
    assert short(queries.answer(graph, "callers(A.fetch)").ids) == ["clear", "open_ended"]
    none = queries.answer(graph, "callers(clear)")
    assert (none.unknown_calls, none.notes) == (0, ())
    assert queries.answer(graph, "callees(clear)").unknown_calls is None


def test_a_guessed_call_is_unknown_only_where_guesses_are_left_out() -> None:
    files = {"a.py": "class A:\n    def fetch(self): ...\n\n\ndef use(x):\n    x.fetch()\n"}
    graph = DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})
    assert queries.answer(graph, "callers(A.fetch)").unknown_calls == 0
    assert queries.answer(graph, "callers(A.fetch) known").unknown_calls == 1
