"""Where a symbol is named: every way to name it, and nothing else that has its name."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.references import Occurrence, references
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import extract

SHOP = {
    "shop/__init__.py": "from .cart import Cart, tax as vat\n__all__ = ['Cart', 'vat', 'total']\n",
    "shop/cart.py": (
        "LIMIT = 3\n"
        "class Cart:\n"
        "    size = 0\n"
        "    def __init__(self): self.items = []\n"
        "    def total(self): return self.total() + LIMIT\n"
        "    @property\n"
        "    def price(self): pass\n"
        "    @price.setter\n"
        "    def price(self, value): self.items = value\n"
        "def tax(cart: 'Cart | None', total=1): return cart.total(total=2)\n"
        "class Other:\n"
        "    def total(self): return self.total()\n"
    ),
    "use.py": (
        "import shop\nfrom shop import Cart, vat\n"
        "def f(x, cart: 'shop.Cart'):\n"
        "    total = x.total()\n"
        "    é = shop.Cart().total, Cart.total\n"
        "    cart.price = cart.items\n"
        "    return total, vat(cart).total, Cart.size\n"
    ),
    "notes.md": "total\n",
}


def occurrences(symbol: str, files: Mapping[str, str] = SHOP) -> list[str]:
    """``path:line:column`` (from 1 and from 0), an asterisk where it is declared."""
    facts = {p: extract(t.encode()) for p, t in files.items() if p.endswith(".py")}
    resolver = Resolver(ModuleMap(facts), facts.__getitem__)
    found = references(resolver, lambda p: Document(p, files[p].encode()), files, symbol)
    return [f"{o.path}:{o.line + 1}:{o.column}{'*' * o.declares}" for o in found]


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("shop/cart.py::Cart.total", ["shop/cart.py:5:8*", "shop/cart.py:5:33", "shop/cart.py:10:51", "use.py:5:20", "use.py:5:32"]),
        ("shop/cart.py::Other.total", ["shop/cart.py:12:8*", "shop/cart.py:12:33"]),
        ("shop/cart.py::Cart", ["shop/__init__.py:1:18", "shop/__init__.py:2:12", "shop/cart.py:2:6*", "shop/cart.py:10:15", "use.py:2:17", "use.py:3:21", "use.py:5:13", "use.py:5:27", "use.py:7:35"]),
        ("shop/cart.py::tax", ["shop/__init__.py:1:24", "shop/cart.py:10:4*"]),
        ("shop/cart.py::LIMIT", ["shop/cart.py:1:0", "shop/cart.py:5:43"]),
        ("shop/cart.py::Cart.size", ["shop/cart.py:3:4", "use.py:7:40"]),
        ("shop/cart.py::Cart.items", ["shop/cart.py:4:29", "shop/cart.py:9:33", "use.py:6:22"]),
        ("shop/cart.py::Cart.price", ["shop/cart.py:7:8*", "shop/cart.py:8:5", "shop/cart.py:9:8*", "use.py:6:9"]),
        ("shop/cart.py::nothing", []),
        ("shop/cart.py", []),
    ],
)  # fmt: skip
def test_where_a_symbol_is_named(symbol: str, expected: list[str]) -> None:
    assert sorted(occurrences(symbol)) == sorted(expected)


@pytest.mark.parametrize(
    ("use", "columns"),
    [
        ("def g(go): go()", []),
        ("def g():\n go = 1\n go", []),
        ("lambda go: go", []),
        ("[go for go in x]", []),
        ("f(go=go)", [5]),
        ("x: 'list[go]' = 'go'", [9]),
        ("def g(a: 'm.go', b='go'): pass", [12]),
        ("cast('go', x)", [6]),
        ("cast(int, 'go'); TypeVar('go'); NewType('go', 'go')", [47]),
        ("TypeVar('T', bound='go | m.go')", [20, 27]),
        ("x: Literal['go']", []),
        ("x: 'Literal[12] | List[\"go\"] | go'", [24, 31]),
        ("x: Annotated['go', 'go']", [14]),
        ("x: 'é.go | go'", [11]),
        ("print('go')", []),
        ("{}['go']; x = List['go']", []),
        ("from typing import List\nx = List['go']", [10]),
        ("@go\ndef g(): pass", [1]),
        ("class A(go, m.go): pass", [8, 14]),
        ("class go: pass", []),
        ("import go", []),
        ("from go import x", []),
        ("# go", []),
        ("gone = ongo = go_", []),
        ("x.go; m.x.go", []),
    ],
)
def test_what_only_has_the_name_is_left_out(use: str, columns: list[int]) -> None:
    files = {"m.py": "def go(): pass\n", "u.py": f"{use}\n", "v.py": "from m import go\nimport m\n" + use + "\n"}
    found = occurrences("m.py::go", files)
    assert not [f for f in found if f.startswith("u.py")]
    here = [int(f.rsplit(":")[2]) for f in found if f.startswith("v.py") and not f.startswith("v.py:1:")]
    assert here == columns or "class go" in use or "import" in use or "go(): pass" in use


def test_a_file_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def go(): pass\ngo()\n")
    (tmp_path / "b.py").write_text("from a import go\n")
    with Index.open(tmp_path) as index:
        found = references(index.graph.resolver, index.tree.read, index.paths, "a.py::go")
        assert found == (Occurrence("a.py", 0, 4, declares=True), Occurrence("a.py", 1, 0), Occurrence("b.py", 0, 14))

        def refuse(path: str) -> Document:
            if path == "b.py":
                raise SourceError("b.py is gone", "")
            return index.tree.read(path)

        assert len(references(index.graph.resolver, refuse, index.paths, "a.py::go")) == 2


@pytest.mark.parametrize(
    "receiver", ["f" + "(1)" * 600, "(" + "+".join("a" * 900) + ")", "a" + ".b" * 900, "not " * 400 + "a"]
)
def test_however_deep_the_receiver_it_is_looked_at(receiver: str) -> None:
    files = {"m.py": "def go(): pass\n", "v.py": f"import m\n({receiver}).go()\nm.go()\n"}
    assert occurrences("m.py::go", files) == ["m.py:1:4*", "v.py:3:2"]


def test_a_long_way_of_names_comes_to_an_end() -> None:
    lines = [f"class C{n}(C{n + 1}):\n    a{n} = C{n + 1}().a{n + 1}\n" for n in range(400)]
    text = "".join(lines) + "class C400:\n    def a400(self): pass\nC0().a0.go\n"
    assert occurrences("m.py::C400.a400", {"m.py": text})
