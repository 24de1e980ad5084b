"""Facts of one file: definitions, imports, calls, references, bindings and words."""

import ast
import inspect
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.symbols import Call, FileFacts, Import, Symbol, SymbolKind, extract, split_words

SHOP = b'''\
"""A shop.

More of it.
"""
from __future__ import annotations
import os.path, json as j
from ..tax import rate as r
from . import (helpers,
    other as o)

__all__ = ["Cart"]
LIMIT: int = 10
a, b = 1, 2

@register(name="cart")
class Cart(Base, Generic[T], metaclass=Meta):
    """Things   to buy."""

    size = 3

    def __init__(self, owner: "Owner | None", *, items=(),  # the things
                 **more: int) -> None:
        self.items = Items(items)
        self.owner: Owner = owner
        for self.x in more: pass

    @property
    def total(self) -> Money:
        def line(item): return item.price * r
        return sum(line(i) for i in self.items.all())

async def main(argv=None, /):
    cart = Cart(None)
    cart.total.show(); get(1).name[0].run(); super().main(); (await cart.pay)()
    xs[0]()
'''


@pytest.fixture(scope="module")
def shop() -> FileFacts:
    return extract(SHOP)


def named(facts: FileFacts, qualname: str) -> Symbol:
    return next(s for s in facts.symbols if s.qualname == qualname)


def test_definitions_with_their_kinds_and_places(shop: FileFacts) -> None:
    kinds = {s.qualname: s.kind.value for s in shop.symbols}
    assert kinds == {
        "": "module", "__all__": "variable", "LIMIT": "variable", "a": "variable", "b": "variable", "Cart": "class",
        "Cart.size": "variable", "Cart.__init__": "method", "Cart.items": "variable", "Cart.owner": "variable",
        "Cart.total": "method", "Cart.total.line": "function", "main": "function",
    }  # fmt: skip
    cart = named(shop, "Cart")
    lines = SHOP.decode().splitlines()
    assert lines[cart.line - 1].startswith("@register")
    assert lines[cart.end_line - 1].startswith("        return sum")
    assert SHOP[cart.name_span.start : cart.name_span.end] == b"Cart"
    assert SHOP[cart.body.start : cart.body.end].startswith(b'"""Things')
    assert cart.span.covers(named(shop, "Cart.total.line").span)
    assert named(shop, "").end_line == len(lines)


def test_headers_are_taken_apart(shop: FileFacts) -> None:
    cart, init, main = named(shop, "Cart"), named(shop, "Cart.__init__"), named(shop, "main")
    assert cart.bases == ("Base", "Generic[T]")
    assert cart.decorators == ('register(name="cart")',)
    assert cart.doc == "Things to buy."
    assert named(shop, "").doc == "A shop."
    assert init.parameters == ("self", "owner", "items", "more")
    assert init.signature == 'def __init__(self, owner: "Owner | None", *, items=(), **more: int) -> None'
    assert named(shop, "Cart.total").returns == "Money"
    assert main.signature == "async def main(argv=None, /)"
    assert main.parameters == ("argv",)
    assert named(shop, "LIMIT").signature == "LIMIT: int = 10"
    assert named(shop, "Cart.total.line").parent == "Cart.total"


def test_imports_as_written() -> None:
    source = b"import os.path, json as j\nfrom ..tax import rate as r\nfrom . import (a,\n  b as c)\nfrom __future__ import x\n"
    assert extract(source).imports == (
        Import("os.path", 0, "", "", 1),
        Import("json", 0, "", "j", 1),
        Import("tax", 2, "rate", "r", 2),
        Import("", 1, "a", "", 3),
        Import("", 1, "b", "c", 4),
        Import("__future__", 0, "x", "", 5),
    )
    assert [i.bound for i in extract(source).imports] == ["os", "j", "r", "a", "c", "x"]


def test_a_star_and_a_local_import() -> None:
    facts = extract(b"from .tax import *\ndef f():\n    from . import x\n")
    assert facts.imports == (Import("tax", 1, "*", "", 1), Import("", 1, "x", "", 3, "f"))


def test_calls_are_chains_in_their_scope(shop: FileFacts) -> None:
    calls = {(c.callee, c.scope) for c in shop.calls}
    assert ("register", "") in calls
    assert ("self.items.all", "Cart.total") in calls
    assert ("line", "Cart.total") in calls
    main = {c.callee for c in shop.calls if c.scope == "main"}
    assert main == {"Cart", "cart.total.show", "get", "get(1).name[0].run", "super().main", "super", "cart.pay"}
    assert Call("Cart", "main", 33) in shop.calls


def test_references_leave_out_what_is_bound_here(shop: FileFacts) -> None:
    references = set(shop.references)
    assert ("r", "Cart.total.line") in references
    assert ("item.price", "Cart.total.line") in references
    assert {("Base", ""), ("T", ""), ("Meta", "")} <= references
    assert not {name for name, _ in references} & {"metaclass", "LIMIT", "argv", "o", "price"}


def test_bindings_say_what_is_known_of_a_name(shop: FileFacts) -> None:
    found = {(b.name, b.scope, b.value, b.at) for b in shop.bindings}
    assert found >= {
        ("items", "Cart", "Items(items)", "Cart.__init__"), ("owner", "Cart", "Owner$:", "Cart.__init__"),
        ("owner", "Cart.__init__", '"Owner | None"$:', ""), ("more", "Cart.__init__", "dict[str, int]$:", ""),
        ("x", "Cart", "more$*", "Cart.__init__"), ("cart", "main", "Cart(None)", ""),
        ("i", "Cart.total", "self.items.all()$*", ""), ("return", "Cart.total.line", "item.price * r", ""),
    }  # fmt: skip
    assert not {b for b in shop.bindings if b.name == "return" and b.scope == "Cart.total"}, "annotated"


def bindings(body: str, scope: str = "f") -> set[tuple[str, str]]:
    source = "def f(*args, **kw):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return {(b.name, b.value) for b in extract(source.encode()).bindings if b.scope == scope}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a, (b, *c) = g()", {("a", "g()$0"), ("b", "g()$10"), ("c", "g()$1-")}),
        ("for a, b in xs.items(): pass", {("a", "xs.items()$*0"), ("b", "xs.items()$*1")}),
        ("[(a := x) for x in xs]", {("x", "xs$*"), ("a", "x")}),
        ("with open(p) as f, g() as (a, b): pass", {("f", "open(p)$+"), ("a", "g()$+0"), ("b", "g()$+1")}),
        ("try: pass\nexcept (A, B) as e: pass", {("e", "(A, B)$?")}),
        ("x: 'list[A]' = []", {("x", "'list[A]'$:")}),
        ("x: Final = A()", {("x", "A()")}),
        ("if isinstance(self.x, (A, B)): pass", {("self.x", "(A, B)$?")}),
        ("g = lambda a, *b: a", {("a", ""), ("b", ""), ("g", "lambda a, *b: a")}),
        ("x = g(" + "1, " * 90 + ").h", {("x", "g().h")}),
        ("x = [" + "1, " * 90 + "]", {("x", "[]")}),
        ("x = y = g()", {("x", "g()"), ("y", "g()")}),
        ("yield A()\nyield from b()\nreturn c", {("yield", "A()"), ("yield", "b()$*"), ("return", "c")}),
    ],
)
def test_every_way_to_bind_a_name(body: str, expected: set[tuple[str, str]]) -> None:
    assert bindings(body) == expected


def test_what_is_declared_global_is_bound_in_the_module() -> None:
    source = b"def f():\n    global x\n    x = A()\n    def g():\n        nonlocal y\n        y = B()\n"
    found = {(b.name, b.scope, b.value, b.at) for b in extract(source).bindings}
    assert found == {("x", "", "A()", "f"), ("y", "f", "B()", "f.g")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x = A()\nx", [("x", 3, 3, True)]),
        ("if c:\n    x = A()\n    y\nx", [("x", 4, 4, True)]),
        ("if c:\n    x = A()\n    return\nx", [("x", 4, 4, False)]),
        ("if isinstance(x, A):\n    x\nx", [("x", 3, 3, False)]),
        ("if not isinstance(x, A):\n    x\nelse:\n    x", [("x", 4, 5, False)]),
        ("if not isinstance(x, A) or c:\n    return\nx", [("x", 2, 2, False), ("x", 4, 4, True)]),
        ("if isinstance(x, A) or c:\n    x", []),
        ("while isinstance(x, A):\n    x", [("x", 3, 3, False)]),
        ("assert isinstance(x, A)\nx", [("x", 3, 3, True)]),
        ("[x for x in xs\n if x]", [("x", 2, 3, False)]),
    ],
)
def test_a_binding_holds_on_lines(body: str, expected: list[tuple[str, int, int, bool]]) -> None:
    source = "def f():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    found = [(b.name, b.first, b.last, b.leaks) for b in extract(source.encode()).bindings if b.name == "x"]
    ends = [(name, first, min(last, source.count("\n")), leaks) for name, first, last, leaks in found]
    assert sorted(set(ends), key=ends.index) == expected


@pytest.mark.parametrize(
    ("source", "exports"),
    [
        (b"x = 1", None),
        (b"__all__ = ['a', 'b']\n__all__ += ('c',)\n", ("a", "b", "c")),
        (b"__all__ = ['a'] + sub.__all__\n", ("a", "sub.__all__")),
        (b"__all__ = [*sub.__all__, 'a']\n__all__ += list(b.c.__all__)\n", ("sub.__all__", "a", "b.c.__all__")),
        (b"__all__ = []\n__all__.extend(['a'])\n__all__.append('b')\n", ("a", "b")),
        (b"__all__ = [n for n in dir()]\n", None),
        (b"__all__ = []\n", ()),
        (b"__all__: list[str] = ['a']\n", ("a",)),
        (b"def f():\n    pass\n__all__ = [f.__name__]\n", None),
    ],
)
def test_exports(source: bytes, exports: tuple[str, ...] | None) -> None:
    assert extract(source).exports == exports


def test_uses_are_found_among_what_only_looks_like_one() -> None:
    source = (
        'import os.path as p\n"""text"""  # comment\n'
        "def f(a, *b, c: T = d, **e) -> R:\n"
        '    x = y.z(k=v).w\n    self.n = 1_0e5j\n    q : Q = b"raw"\n'
        '    return f"{one!r:>{two}} {three=}" if u == w else (s\n        .t .o)\n'
        "match m:\n    case 1: largo = 2\nmatch = é.ü\n"
    ).encode()
    uses = set(extract(source).references)
    assert {name for name, scope in uses if scope == "f"} == {
        "y.z", "v", "self.n", "Q", "one", "three", "u", "w", "s",
    }  # fmt: skip
    assert {name for name, scope in uses if not scope} == {"T", "d", "R", "m", "é.ü"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("parseHTTPDate2 snake_case_ x", ["parse", "http", "date", "snake", "case"]),
        ("utf8 SHA256 v1", ["utf", "sha", "256"]),
        ("调用parse_date函数时报错", ["调用", "parse", "date", "函数", "数时", "时报", "报错"]),
        ("naïve Größe_x2", ["naïve", "größe"]),
        ("class self lambda", []),
    ],
)
def test_split_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_the_enclosing_definition_of_a_line(shop: FileFacts) -> None:
    line = named(shop, "Cart.total.line")
    assert shop.enclosing(line.line) == line
    assert shop.enclosing(line.line + 1) == named(shop, "Cart.total")
    assert shop.enclosing(12) is None


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"def",
        b"class",
        b"class A(",
        b"def f(\n  x",
        b"@",
        b"from",
        b"import",
        b"from . import",
        b"x = ",
        b"\0",
        b"\xff\xfe",
        b"def (x): pass",
        b"class : pass",
        b"(" * 10_000,
        b"f(" * 20_000,
    ],
)
def test_broken_text_still_has_facts(source: bytes) -> None:
    facts = extract(source)
    assert facts.symbols[0].kind is SymbolKind.MODULE


def test_a_half_typed_file_at_every_prefix() -> None:
    for end in range(0, len(SHOP), 3):
        facts = extract(SHOP[:end])
        assert all(0 <= s.span.start <= s.span.end <= end for s in facts.symbols)


@given(
    st.lists(
        st.sampled_from(
            [
                "def f(a, b=1):\n",
                "class A:\n",
                "    x = 1\n",
                "    self.y = g()\n",
                "return (\n",
                ")\n",
                "é = 'ü'\n",
                "@d\n",
            ]
        ),
        max_size=12,
    )
)
def test_any_mixture_of_lines_has_sound_spans(lines: list[str]) -> None:
    data = "".join(lines).encode()
    facts = extract(data)
    for symbol in facts.symbols:
        assert symbol.span.covers(symbol.body)
        assert 1 <= symbol.line <= symbol.end_line
        assert data[symbol.name_span.start : symbol.name_span.end].decode() == symbol.name


def test_facts_cross_process_borders_and_depend_on_content_only(shop: FileFacts) -> None:
    assert pickle.loads(pickle.dumps(shop)) == shop
    assert extract(SHOP) == shop
    assert extract(SHOP + b"\n").digest != shop.digest


@pytest.mark.parametrize("module", [ast, inspect, json.decoder, Path])
def test_definitions_agree_with_pythons_own_parser(module: object) -> None:
    source = Path(inspect.getsourcefile(module) or "").read_bytes()  # type: ignore[arg-type]
    defined = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    theirs = sorted((n.name, min([n.lineno, *(d.lineno for d in n.decorator_list)]), n.end_lineno) for n in defined)
    ours = [s for s in extract(source).symbols if s.kind not in (SymbolKind.MODULE, SymbolKind.VARIABLE)]
    assert sorted((s.name, s.line, s.end_line) for s in ours) == theirs


def test_comments_without_end_above_the_docstring_cost_no_more_than_others() -> None:
    facts = extract(b"# much text, and no more\n" * 20_000 + b'"""Of the module."""\n')
    assert facts.symbols[0].doc == "Of the module."
