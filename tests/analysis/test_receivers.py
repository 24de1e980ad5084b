"""What stands before a dot in languages other than Python, and what it has."""

from pathlib import Path

import pytest

from fixbot_analysis.index import Index
from fixbot_analysis.receivers import Held, abroad_of
from fixbot_analysis.source import Span

ORDER = "class Order { id = 0; total = 0; private secret = 1; static made = 0; close() {} static open() {} }\n"
SHOP = "class Shop { go(): void {} next(): Shop | undefined { return this } }\n"
GO = """package shop
type Cart struct { Name string; Other *Cart; Base; Tags []Cart }
type Base struct { id int }
func (b *Base) Do() {}
func (c *Cart) Find(n int) (found *Cart, err error) { return nil, nil }
"""
RUST = """struct Cart { name: String, other: Option<Box<Cart>> }
impl Cart { fn new() -> Self { Cart {} } fn go(&self) -> Result<Cart, E> { } const MOST: u8 = 1; }
enum Kind { Big, Small(u8) }
"""
JAVA = "class Cart { int size; Cart other; static int MOST; Cart() {} Cart get() { return other; } private void hide() {} }\n"
C = "struct cart { int x; struct cart *next; union { int a; } u; };\ntypedef struct cart cart_t;\n"
CPP = "namespace shop { class Cart { public: int size() const { return n; } int n; enum { A }; }; }\n"

KNOWN = [
    ("a.ts", ORDER + "const o = new Order();\no.|\n", "close id total"),
    ("a.ts", ORDER + "function f(o: Order) {\n  if (o.|\n}\n", "close id total"),
    ("a.ts", ORDER + "function f(o: Order | null, n: number) { return o?.| }", "close id total"),
    ("a.ts", ORDER + "Order.|", "made open"),
    ("a.ts", ORDER + "class Big extends Order { more() { this.|\n} }", "close id more total"),
    ("a.ts", SHOP + "function f(xs: Shop[]) { for (const x of xs) { x.|", "go next"),
    ("a.ts", SHOP + "async function f(x: Promise<Shop>) { (await x).| }", "go next"),
    ("a.ts", SHOP + "const s = new Shop(); s.next().| ", "go next"),
    ("a.ts", "interface A { x: B }\ninterface B { y: number; z?: string }\nfunction f(a: A) { a.x.| }", "y z"),
    ("a.ts", "enum E { P, Q }\nE.|", "P Q"),
    ("a.ts", "class A { constructor(private readonly x: B, y: B) { this.| } }\nclass B {}", "x"),
    ("a.go", GO + "func f() {\n\tvar c Cart\n\tc.|\n}\n", "Do Find Name Other Tags id"),
    ("a.go", GO + "func f() {\n\tc := &Cart{}\n\tc.Other.|", "Do Find Name Other Tags id"),
    ("a.go", GO + "func f(c *Cart) {\n\tx, err := c.Find(1)\n\terr.|\n\tx.Do()\n}\n", "Error"),
    ("a.go", GO + "func f(cs []Cart) {\n\tfor _, c := range cs { x, _ := c.Find(1); x.|\n}\n", "Do Find Name Other Tags id"),
    ("a.go", GO + "func f() {\n\tts := []struct { want string; n int }{}\n\tfor _, t := range ts {\n\t\tt.|", "n want"),
    ("a.rs", RUST + "fn f() { Cart::| }", "MOST go new"),
    ("a.rs", RUST + "fn f() { Kind::| }", "Big Small"),
    ("A.java", JAVA + "class B { void f(Cart c) { c.get().|\n} }", "MOST get other size"),
    ("A.java", JAVA + "class B { void f() { var c = new Cart(); if (c.|\n} }", "MOST get other size"),
    ("a.c", C + "int f(cart_t *c) {\n  c->|\n}\n", "next u x"),
    ("a.c", C + "int f(struct cart *c) {\n  c->next->u.|\n}\n", "a"),
    ("a.cpp", CPP + "int f(const shop::Cart& c) { c.|", "n size"),
    ("a.cpp", CPP + "int f(std::unique_ptr<shop::Cart> c) { c->| }", "n size"),
    ("a.js", "class A { constructor() { this.q = 1 } m() {} }\nconst a = new A()\na.|\n", "m q"),
    ("a.js", "var app = module.exports = {};\napp.use = function () {}\napp.|\n", "use"),
]  # fmt: skip
EVERY = {"equals", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait"}


def held(root: Path, path: str, marked: str) -> Held:
    """What may stand at the ``|`` of an open buffer."""
    (root / path).write_text("")
    head, _, tail = marked.partition("|") if marked.count("|") == 1 else marked.rpartition("|")
    data, at = (head + tail).encode(), len(head.encode())
    with Index.open(root) as index:
        index.update(path, data)
        abroad = abroad_of(index)
        assert abroad.prepare(10)
        return abroad.held(path, data, Span(at, at))


@pytest.mark.parametrize(("path", "marked", "members"), KNOWN)
def test_members_are_those_of_the_class_that_is_known(tmp_path: Path, path: str, marked: str, members: str) -> None:
    found = held(tmp_path, path, marked)
    names = set(found.members) - (EVERY if path.endswith(".java") else set())
    assert names == set(members.split())


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("a.ts", "const xs = [1]; xs.map(x => x.|)"),
        ("a.ts", ORDER + "const o = new Order(); function f(o) { o.| }"),
        ("a.ts", ORDER + "const o = new Order(); function f({ o }) { o.| }"),
        ("a.go", GO + "func f(c Cart) { for c := range g() { c.| } }"),
        ("a.rs", RUST + "fn f(c: Cart, d: E) { if let E(c) = d { c.| } }"),
        ("A.java", JAVA + "class B { void f(Cart c) { g(c -> c.|) } }"),
    ],
)
def test_a_name_that_is_bound_anew_is_not_taken_for_the_one_outside(tmp_path: Path, path: str, marked: str) -> None:
    found = held(tmp_path, path, marked)
    assert not set(found.members) & {"id", "Name", "name", "size"}
    assert not (found.whole and found.members)


def test_arrays_are_no_objects_of_what_they_hold(tmp_path: Path) -> None:
    assert held(tmp_path, "a.ts", SHOP + "function f(xs: Shop[]) { xs.| }").members.keys() >= {"map", "length"}
    assert not held(tmp_path, "a.go", GO + "func f(cs []Cart) { cs.| }").members
    assert "push" in held(tmp_path, "a.rs", RUST + "fn f(cs: Vec<Cart>) { cs.| }").members


@pytest.mark.parametrize(
    ("path", "marked", "member"),
    [("a.ts", "console.|", "log"), ("a.ts", '"abc".|', "trim"), ("A.java", 'class A { void f() { String s = ""; s.|\n} }', "trim")],
)  # fmt: skip
def test_own_types_of_a_language_have_their_members(tmp_path: Path, path: str, marked: str, member: str) -> None:
    assert member in held(tmp_path, path, marked).members


def test_what_another_package_keeps_to_itself_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.org/m\n")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cart.go").write_text(GO + "var Most, least int\n")
    head = 'package main\nimport "example.org/m/shop"\n'
    found = held(tmp_path, "main.go", head + "func f(c *shop.Cart) { c.| }")
    assert set(found.members) == {"Do", "Find", "Name", "Other", "Tags"}
    found = held(tmp_path, "main.go", head + "func f() { shop.| }")
    assert set(found.members) == {"Base", "Cart", "Most"}


def test_methods_that_other_files_define_belong_to_the_type(tmp_path: Path) -> None:
    (tmp_path / "more.go").write_text("package shop\nfunc (c *Cart) More() {}\n")
    (tmp_path / "cart.h").write_text("struct cart { int x; };\n")
    assert "More" in held(tmp_path, "a.go", GO + "func f(c Cart) { c.| }").members
    assert "x" in held(tmp_path, "a.c", '#include "cart.h"\nint f(struct cart *c) { return c->| }').members


def test_what_was_changed_elsewhere_is_seen_at_the_next_question(tmp_path: Path) -> None:
    (tmp_path / "b.ts").write_text("export class Shop { old() {} }\n")
    (tmp_path / "a.ts").write_text("")
    data = b'import { Shop } from "./b";\nnew Shop().'
    with Index.open(tmp_path) as index:
        index.update("a.ts", data)
        abroad = abroad_of(index)
        assert set(abroad.held("a.ts", data, Span(len(data), len(data))).members) == {"old"}
        index.update("b.ts", b"export class Shop { young() {} }\n")
        assert set(abroad.held("a.ts", data, Span(len(data), len(data))).members) == {"young"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "}\n" * 3000,
        "((((\n" * 800,
        ".",
        "a.b.c.d.\n" * 3000,
        "é.",
        "'",
        "class A { a: A }\nlet a: A\n" + "a." * 200,
        "{\n" * 6000 + "a.",
    ],
)
def test_odd_texts_are_survived(tmp_path: Path, text: str) -> None:
    for path in ("a.ts", "a.go", "a.rs", "A.java", "a.c", "a.cpp", "a.js"):
        assert held(tmp_path, path, text + "|").members is not None
