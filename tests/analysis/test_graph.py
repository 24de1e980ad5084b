"""The dependency graph: what names mean across files, and the questions asked of it."""

import random
from collections.abc import Mapping

import pytest

from fixbot_analysis.graph import DependencyGraph, Edge, EdgeKind, is_test
from fixbot_analysis.symbols import extract


def graph(files: Mapping[str, str]) -> DependencyGraph:
    return DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})


def edges(g: DependencyGraph, kind: EdgeKind, guessed: bool | None = None) -> set[tuple[str, str]]:
    return {(e.source, e.target) for e in g.edges if e.kind is kind and guessed in (None, e.guessed)}


def calls(files: Mapping[str, str], source: str) -> set[str]:
    return {target for s, target in edges(graph(files), EdgeKind.CALLS) if s == source}


def test_nodes_and_definitions() -> None:
    g = graph({"shop/__init__.py": "", "shop/cart.py": "class Cart:\n    def total(self):\n        def line(): pass\n"})
    assert {i: (n.kind.value, n.line, n.name) for i, n in g.nodes.items()} == {
        "shop/__init__.py": ("module", 1, "shop"),
        "shop/cart.py": ("module", 1, "shop.cart"),
        "shop/cart.py::Cart": ("class", 1, "Cart"),
        "shop/cart.py::Cart.total": ("method", 2, "total"),
        "shop/cart.py::Cart.total.line": ("function", 3, "line"),
    }
    assert edges(g, EdgeKind.DEFINES) == {
        ("shop/cart.py", "shop/cart.py::Cart"),
        ("shop/cart.py::Cart", "shop/cart.py::Cart.total"),
        ("shop/cart.py::Cart.total", "shop/cart.py::Cart.total.line"),
    }


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("import pkg.sub.deep", "pkg/sub/deep.py"),
        ("import pkg.sub.deep as d", "pkg/sub/deep.py"),
        ("from pkg import sub", "pkg/sub/__init__.py"),
        ("from pkg.sub import deep", "pkg/sub/deep.py"),
        ("from pkg.sub.deep import f", "pkg/sub/deep.py"),
        ("from pkg.sub import name_of_nothing", "pkg/sub/__init__.py"),
        ("from . import sub", "pkg/sub/__init__.py"),
        ("from .sub.deep import *", "pkg/sub/deep.py"),
        ("from .plain import x", "pkg/plain/x.py"),
        ("import pkg.plain.x", "pkg/plain/x.py"),
        ("import os.path", None),
        ("from .... import far", None),
        ("from .sub import", None),
        ("import pkg.main", None),
    ],
)
def test_an_import_leads_to_the_module_it_loads(statement: str, target: str | None) -> None:
    g = graph(
        {
            "src/pkg/__init__.py": "", "src/pkg/main.py": statement, "src/pkg/sub/__init__.py": "",
            "src/pkg/sub/deep.py": "def f(): pass", "src/pkg/plain/x.py": "",
        }
    )  # fmt: skip
    found = {t for s, t in edges(g, EdgeKind.IMPORTS) if s == "src/pkg/main.py"}
    assert found == ({f"src/{target}"} if target else set())


def test_modules_are_named_by_their_outermost_package() -> None:
    g = graph(
        dict.fromkeys(["src/a/__init__.py", "src/a/b.py", "src/ns/c.py", "script.py", "tests/unit/test_x.py"], "")
    )
    names = {p: g.module_of(p) for p in g.nodes}
    assert names == {
        "src/a/__init__.py": "a", "src/a/b.py": "a.b", "src/ns/c.py": "ns.c", "script.py": "script",
        "tests/unit/test_x.py": "tests.unit.test_x",
    }  # fmt: skip
    assert {p: g.path_of(n) for p, n in names.items()} == {p: p for p in names}
    assert g.path_of("nothing") is None
    assert g.module_of("nothing.py") == ""


def test_of_two_packages_of_one_name_the_nearer_is_meant() -> None:
    files = dict.fromkeys(["one/pkg/__init__.py", "two/pkg/__init__.py"], "")
    g = graph({**files, "one/use.py": "import pkg", "two/use.py": "import pkg"})
    assert edges(g, EdgeKind.IMPORTS) == {("one/use.py", "one/pkg/__init__.py"), ("two/use.py", "two/pkg/__init__.py")}


def test_a_script_imports_its_neighbour() -> None:
    g = graph({"tools/run.py": "import helper\nhelper.go()", "tools/helper.py": "def go(): pass"})
    assert edges(g, EdgeKind.IMPORTS) == {("tools/run.py", "tools/helper.py")}
    assert edges(g, EdgeKind.CALLS) == {("tools/run.py", "tools/helper.py::go")}


def test_a_module_of_a_package_does_not_hide_the_standard_library_from_its_neighbour() -> None:
    g = graph({"pkg/__init__.py": "", "pkg/json.py": "", "pkg/use.py": "import json\n"})
    assert edges(g, EdgeKind.IMPORTS) == set()


LIBRARY = {
    "lib/__init__.py": "from .core import make as build\nfrom .stars import *\n",
    "lib/core.py": "def make(): pass\nclass Tool:\n    def use(self): pass\n    @classmethod\n    def new(cls): return cls()\n",
    "lib/stars.py": "from .core import Tool\n__all__ = ['public', 'Tool']\ndef public(): pass\ndef secret(): pass\n",
}


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("import lib\nlib.build()", {"lib/core.py::make"}),
        ("from lib import build as b\nb()", {"lib/core.py::make"}),
        ("from lib import *\npublic()\nbuild()", {"lib/stars.py::public", "lib/core.py::make"}),
        ("from lib import secret\nsecret()", set()),
        ("import lib.core\nlib.core.make()", {"lib/core.py::make"}),
        ("import lib.core as c\nc.Tool.new()", {"lib/core.py::Tool.new"}),
        ("from lib import Tool\nTool().use()", {"lib/core.py::Tool", "lib/core.py::Tool.use"}),
        ("from lib import Tool\nt = Tool()\nt.use()", {"lib/core.py::Tool", "lib/core.py::Tool.use"}),
        ("from lib import core\nalias = core.make\nalias()", {"lib/core.py::make"}),
        ("import os\nos.make()\nmake()", set()),
        ("from lib import *\nfrom lib import *\ndef public(): pass\npublic()", {"use.py::public"}),
    ],
)
def test_calls_through_imports_and_re_exports(body: str, targets: set[str]) -> None:
    assert calls({**LIBRARY, "use.py": body}, "use.py") == targets


@pytest.mark.parametrize(
    ("body", "scope", "targets"),
    [
        ("def f(make):\n    make()\ndef make(): pass", "f", set()),
        ("def make(): pass\ndef f():\n    make = other\n    make()", "f", set()),
        ("def f():\n    def make(): pass\n    make()\ndef make(): pass", "f", {"f.make"}),
        ("def f():\n    def g():\n        h()\n    def h(): pass", "f.g", {"f.h"}),
        ("class A:\n    def m(self): m()\ndef m(): pass", "A.m", {"m"}),
        ("class A:\n    def m(self): self.n()\n    def n(self): pass", "A.m", {"A.n"}),
        ("class A:\n    @classmethod\n    def m(cls): cls.n()\n    def n(self): pass", "A.m", {"A.n"}),
        ("class A:\n    @staticmethod\n    def m(x): x.nnn()\nclass B:\n    def nnn(self): pass", "A.m", {"B.nnn"}),
        ("class A:\n    def n(self): pass\nclass B(A):\n    def m(self): self.n()", "B.m", {"A.n"}),
        ("class A:\n    def m(self): pass\nclass B(A):\n    def m(self): super().m()", "B.m", {"A.m"}),
        ("class A:\n    def __init__(self): pass\ndef f(): A()", "f", {"A", "A.__init__"}),
        ("class A:\n    def go(self): pass\nclass B:\n    def __init__(self): self.a = A()\n    def m(self): self.a.go()", "B.m", {"A.go"}),
        ("class A:\n    def go(self): pass\ndef f(a: 'A | None'): a.go()", "f", {"A.go"}),
        ("class A:\n    def go(self): pass\ndef g() -> A: pass\ndef f(): g().go()", "f", {"A.go", "g"}),
        ("class A:\n    def go(self): pass\nclass B:\n    @property\n    def a(self) -> A: pass\n    def m(self): self.a.go()", "B.m", {"A.go"}),
        ("class A(A): pass\ndef f(): A().m()", "f", {"A"}),
        ("class A(B):\n    def x(self): self.y()\nclass B(A): pass", "A.x", set()),
        ("a = b\nb = a\ndef f(): a()", "f", set()),
        ("def f():\n    x = x.y()\n    x.y()", "f", set()),
    ],
)  # fmt: skip
def test_calls_within_one_file(body: str, scope: str, targets: set[str]) -> None:
    assert calls({"a.py": body}, f"a.py::{scope}") == {f"a.py::{t}" for t in targets}


def test_a_call_on_an_unknown_receiver_is_linked_only_where_one_method_can_be_meant() -> None:
    files = {
        "a.py": "class A:\n    def settle(self): pass\n    def append(self): pass\n    def twice(self): pass\n",
        "b.py": "class B:\n    def twice(self): pass\n",
        "use.py": "import requests\ndef f(x):\n    x.settle(); x.append(); x.twice(); requests.get(1).settle(); settle()\n",
    }
    g = graph(files)
    assert edges(g, EdgeKind.CALLS, guessed=True) == {("use.py::f", "a.py::A.settle")}
    assert edges(g, EdgeKind.CALLS, guessed=False) == set()


def test_inheritance_across_files() -> None:
    g = graph(
        {
            "base.py": "class Base: pass\n",
            "use.py": "import base\nfrom base import Base as B\nclass A(base.Base): pass\nclass C(B, Generic[T]): pass\nclass D(A['x']): pass\n",
        }
    )
    assert edges(g, EdgeKind.INHERITS) == {
        ("use.py::A", "base.py::Base"), ("use.py::C", "base.py::Base"), ("use.py::D", "use.py::A"),
    }  # fmt: skip


def test_an_overload_or_setter_does_not_hide_the_function() -> None:
    g = graph({"a.py": "@overload\ndef f(): ...\n@overload\ndef f(): ...\ndef f():\n    pass\n"})
    assert g.nodes["a.py::f"].line == 5
    g = graph({"a.py": "class A:\n    @property\n    def p(self): pass\n    @p.setter\n    def p(self, v): pass\n"})
    assert g.nodes["a.py::A.p"].line == 2


APP = {
    "app/__init__.py": "", "app/a.py": "def f(): g()\ndef g(): pass\n", "app/b.py": "from app.a import f\n", "app/lonely.py": "",
    "tests/conftest.py": "import app.b\n", "tests/test_b.py": "import helper\n", "tests/helper.py": "",
    "other/test_a.py": "from app import a\n", "other/test_none.py": "x = 1\n",
}  # fmt: skip


def test_questions() -> None:
    g = graph(APP)
    assert g.callers("app/a.py::g") == ("app/a.py::f",)
    assert g.callees("app/a.py::f") == ("app/a.py::g",)
    assert g.within("app/a.py::g", 1) == {"app/a.py::g": 0, "app/a.py": 1, "app/a.py::f": 1}
    assert g.within("nothing", 3) == {}
    assert g.importers("app/a.py") == ("app/b.py", "other/test_a.py")
    assert "tests/test_b.py" in g.importers("app/a.py", transitive=True)
    assert g.resolve("f", "app/b.py") == "app/a.py::f"
    assert g.resolve("app.a.g") == "app/a.py::g"
    assert g.resolve("app.a") == "app/a.py"
    assert g.resolve("app.a.nothing") is None
    assert g.resolve("os.path", "app/b.py") is None
    assert g.find("g") == ("app/a.py::g",)
    assert g.find("app/a.py") == ("app/a.py",)
    assert g.find("nope") == ()


def test_tests_are_reached_through_imports_packages_and_conftest() -> None:
    g = graph(APP)
    assert g.tests_reaching(["app/a.py"]) == ("other/test_a.py", "tests/helper.py", "tests/test_b.py")
    assert g.tests_reaching(["app/lonely.py"]) == ()
    assert g.tests_reaching(["app/__init__.py"]) == ("other/test_a.py", "tests/helper.py", "tests/test_b.py")
    assert g.tests_reaching(["other/test_none.py", "gone.py"]) == ("other/test_none.py",)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("test_a.py", True), ("a_test.py", True), ("x/tests/models.py", True), ("tests.py", True), ("tests/conftest.py", False),
     ("contest.py", False), ("tests/data.txt", False), ("latest/a.py", False)],
)  # fmt: skip
def test_which_files_are_tests(path: str, expected: bool) -> None:
    assert is_test(path) is expected


def test_a_graph_survives_being_stored_and_damage_is_noticed() -> None:
    facts = {path: extract(text.encode()) for path, text in {**APP, **LIBRARY}.items()}
    g = DependencyGraph.build(facts)
    again = DependencyGraph.decode(g.encode(), facts.__getitem__)
    assert again.nodes == g.nodes
    assert again.edges == g.edges
    assert again.resolve("f", "app/b.py") == "app/a.py::f"
    with pytest.raises(ValueError, match="damaged"):
        DependencyGraph.decode(g.encode()[:-1] + b"!", facts.__getitem__)


def test_the_order_in_which_files_come_does_not_matter() -> None:
    files = list({**APP, **LIBRARY}.items())
    first = graph(dict(files))
    random.Random(1).shuffle(files)
    assert graph(dict(files)).edges == first.edges


def test_edges_are_a_sequence_of_values() -> None:
    g = graph({"a.py": "def f(): pass\n"})
    assert list(g.edges) == [Edge("a.py", "a.py::f", EdgeKind.DEFINES)]
    assert g.edges[0:1] == [g.edges[0]]
