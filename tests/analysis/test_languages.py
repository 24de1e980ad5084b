"""What is read of other languages than Python: definitions, names, imports, tests; of any text, however broken."""

import logging
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis import languages
from fixbot_analysis.languages import Language
from fixbot_analysis.languages.c.cleaning import readable
from fixbot_analysis.languages.installed import entries_of
from fixbot_analysis.symbols import FileFacts, SymbolKind, extract

GO = b"""// Package shop sells.
package shop

import (
	"net/http"
	yaml "gopkg.in/yaml.v3"
)

// Cart holds items.
type Cart struct {
	*Base
	items, extra []Item
}

type Priced interface {
	Price(tax int) int
}

// Total adds up.
func (c *Cart) Total(tax, fee int) (int, error) {
	shelf := NewShelf()
	return shelf.Sum(c.items), http.Get("x")
}

func TestTotal(t *testing.T) { (&Cart{}).Total(1, 2) }
"""
RUST = b"""use crate::store::{Shelf, item::Item as Thing, self};
mod store;

/// A cart.
#[derive(Debug)]
pub struct Cart<T> {
    pub items: Vec<T>,
}

impl<T> Cart<T> {
    /// Adds up.
    pub fn total(&self, tax: u32) -> u32 {
        let shelf = Shelf::new();
        shelf.sum(tax)
    }
}

impl<T: Copy> Priced for Cart<T> {
    fn price(&self) -> u32 { self.total(1) }
}

#[test]
fn totals() { assert_eq!(1, 1); }
"""
JAVA = b"""package shop;

import java.util.List;
import static shop.Rates.*;

/** A cart. Holds items. */
public class Cart extends Base implements Priced {
    private final Shelf shelf = new Shelf();
    enum Kind { SMALL, LARGE }

    /**
     * Adds up.
     * @param tax the tax
     */
    @Override
    public int total(int tax) throws Exception {
        return shelf.sum(tax) + helper();
    }
}
"""
JAVASCRIPT = b"""import Shelf, { sum as add } from './shelf.js'
import * as rates from '@/rates'
const { first, second: other } = require('./pair')

/** A cart. */
export class Cart extends Base {
  #items = []
  get total() { return add(this.#items) }
}

export const show = async (cart, ...rest) => cart.total
module.exports.hide = function (cart) { Cart.prototype.open() }
Cart.prototype.open = function () { return new Shelf().sum() }

describe('cart', () => {
  it('adds up. Really', () => { show(new Cart()) })
})
"""
TYPESCRIPT = b"""import type { Item } from './item'
export interface Priced<T> extends Base { price: number; total(tax: number): T }
export type Pair = { left: string }
export enum Size { Small, Large = 2 }
namespace Inner { export const deep = 1 }
export abstract class Cart implements Priced<Item> {
  constructor(private readonly shelf: Shelf) { super() }
  protected abstract weigh(): void
  total(tax: number): Item { return this.shelf.sum(tax) }
}
export function make<T>(size: Size = Size.Small): Cart { return null! }
"""
TSX = b"""export const Button: React.FC<Props> = ({ label }) => {
  const onClick = () => press(label)
  return <button onClick={onClick}><Icon name="x" /></button>
}
"""
C = b"""#include "shelf.h"
#include <stdio.h>
#define LIMIT 10
#define ADD(a, b) ((a) + (b))

typedef struct cart { int items[4], *extra; } cart_t;
enum size { SMALL, LARGE };
static const char *names[] = { "a" }, *other;
int (*handler)(int);
extern int elsewhere;
int declared(int a);

/* Adds up. */
EXPORT int *total(const struct cart *c, int tax)
#ifdef FAST
{
#else
{ int slow;
#endif
  return sum(c->items, tax);
}
"""
CPP = b"""#include "shelf.hpp"
SHOP_BEGIN_NAMESPACE
namespace shop { namespace detail {
template <typename T, SHOP_REQUIRES(!std::is_same<T, int>::value)>
class SHOP_API Cart final : public Base<T>, Priced {
 public:
  SHOP_INLINE explicit Cart(int a) : a_(a) {}
  ~Cart() override {}
  bool operator==(const Cart &other) const { return a_ == other.a_; }
  operator bool() const { return true; }
  int total(int tax) const SHOP_NOEXCEPT { return this->sum(tax); }
  using Item = T;
 private:
  int a_ = 0;
};
}}
int shop::detail::Cart<int>::sum(int tax) { auto shelf = std::make_unique<Shelf>(); return shelf->count(); }
SHOP_END_NAMESPACE
TEST_F(CartTest, AddsUp) { total(1); }
"""
SAMPLES = {
    "go": GO, "rust": RUST, "java": JAVA, "javascript": JAVASCRIPT, "typescript": TYPESCRIPT, "tsx": TSX, "c": C, "cpp": CPP,
}  # fmt: skip


def defined(facts: FileFacts, *kinds: str) -> dict[str, str]:
    """Qualified name -> kind, of the kinds asked for (all)."""
    return {s.qualname: s.kind.value for s in facts.symbols if s.name and (not kinds or s.kind.value in kinds)}


def bound(facts: FileFacts) -> set[tuple[str, str, str]]:
    return {(i.module, i.name, i.alias) for i in facts.imports}


def called(facts: FileFacts) -> set[tuple[str, str]]:
    return {(c.callee, c.scope) for c in facts.calls}


def test_go_names_methods_by_their_receiver_and_takes_fields_embedding_and_comments() -> None:
    facts = extract(GO, "go")
    assert defined(facts) == {
        "Cart": "class", "Cart.items": "variable", "Cart.extra": "variable", "Priced": "class", "Priced.Price": "method",
        "Cart.Total": "method", "TestTotal": "function",
    }  # fmt: skip
    by_name = {s.qualname: s for s in facts.symbols}
    assert by_name[""].doc == "Package shop sells."
    assert (by_name["Cart"].doc, by_name["Cart"].bases) == ("Cart holds items.", ("Base",))
    total = by_name["Cart.Total"]
    assert (total.line, total.end_line, total.doc) == (20, 23, "Total adds up.")
    assert total.signature == "func (c *Cart) Total(tax, fee int) (int, error)"
    assert {("net/http", "", "http"), ("gopkg.in/yaml.v3", "", "yaml")} == bound(facts)
    assert {("shelf.Sum", "Cart.Total"), ("http.Get", "Cart.Total"), ("NewShelf", "Cart.Total")} <= called(facts)
    assert ("shelf", "Cart.Total", "NewShelf()") in {(b.name, b.scope, b.value) for b in facts.bindings}


def test_rust_puts_what_an_impl_holds_under_its_type_and_spells_out_use() -> None:
    facts = extract(RUST, "rust")
    assert defined(facts, "class", "method", "function") == {
        "Cart": "class", "Cart.total": "method", "Cart.price": "method", "totals": "function",
    }  # fmt: skip
    by_name = {s.qualname: s for s in facts.symbols}
    assert by_name["Cart"].bases == ("Priced",)
    assert by_name["Cart"].line == 5  # its attribute belongs to it, and does not part it from its comment
    assert by_name["Cart"].doc == "A cart."
    assert by_name["totals"].decorators == ("test",)
    assert bound(facts) == {
        ("crate::store", "Shelf", ""), ("crate::store::item", "Item", "Thing"), ("crate", "store", ""), ("self::store", "", "store"),
    }  # fmt: skip
    assert {("Shelf.new", "Cart.total"), ("self.total", "Cart.price")} <= called(facts)


def test_java_takes_supertypes_annotations_and_the_first_paragraph_of_a_comment() -> None:
    facts = extract(JAVA, "java")
    by_name = {s.qualname: s for s in facts.symbols}
    assert (by_name["Cart"].bases, by_name["Cart"].doc) == (("Base", "Priced"), "A cart. Holds items.")
    assert (by_name["Cart.total"].doc, by_name["Cart.total"].decorators) == ("Adds up.", ("Override",))
    assert (by_name["Cart.total"].parameters, by_name["Cart.total"].returns) == (("tax",), "int")
    assert by_name["Cart.Kind.SMALL"].kind is SymbolKind.VARIABLE
    assert bound(facts) == {("java.util", "List", ""), ("shop.Rates", "*", "")}
    assert {("shelf.sum", "Cart.total"), ("helper", "Cart.total")} <= called(facts)


def test_javascript_finds_functions_by_what_they_are_assigned_to_and_tests_by_their_text() -> None:
    facts = extract(JAVASCRIPT, "javascript")
    assert defined(facts, "class", "method", "function") == {
        "Cart": "class", "Cart.total": "method", "show": "function", "hide": "function", "Cart.open": "method",
        "cart": "function", "cart.adds up Really": "function",
    }  # fmt: skip
    assert bound(facts) >= {
        ("./shelf.js", "default", "Shelf"), ("./shelf.js", "sum", "add"), ("@/rates", "", "rates"), ("./pair", "first", ""),
        ("./pair", "second", "other"),
    }  # fmt: skip
    assert {("add", "Cart.total"), ("Shelf().sum", "Cart.open"), ("show", "cart.adds up Really")} <= called(facts)
    assert {s.decorators for s in facts.symbols if "adds up" in s.qualname} == {("test",)}


def test_typescript_finds_what_it_adds_to_javascript() -> None:
    facts = extract(TYPESCRIPT, "typescript")
    assert {
        "Priced": "class", "Priced.price": "variable", "Priced.total": "method", "Pair": "class", "Pair.left": "variable",
        "Size": "class", "Size.Small": "variable", "Size.Large": "variable", "Inner": "namespace", "Inner.deep": "variable",
        "Cart": "class", "Cart.weigh": "method", "Cart.total": "method", "make": "function",
    }.items() <= defined(facts).items()  # fmt: skip
    by_name = {s.qualname: s for s in facts.symbols}
    assert (by_name["Priced"].bases, by_name["Cart"].bases) == (("Base",), ("Priced",))
    assert ("shelf", "Cart.constructor", "Shelf()") in {(b.name, b.scope, b.value) for b in facts.bindings}


def test_an_element_calls_its_component() -> None:
    assert {("Icon", "Button"), ("press", "Button.onClick")} <= called(extract(TSX, "tsx"))


def test_c_follows_declarators_and_reads_around_conditionals_and_macros() -> None:
    facts = extract(C, "c")
    assert facts.syntax_errors == 0
    assert defined(facts) == {
        "LIMIT": "variable", "ADD": "function", "cart_t": "class", "cart_t.cart": "class", "cart_t.cart.items": "variable",
        "cart_t.cart.extra": "variable", "size": "class", "size.SMALL": "variable", "size.LARGE": "variable", "names": "variable",
        "other": "variable", "handler": "variable", "total": "function",
    }  # fmt: skip
    total = next(s for s in facts.symbols if s.name == "total")
    assert (total.doc, total.parameters) == ("Adds up.", ("c", "tax"))
    assert {(i.module, i.level) for i in facts.imports} == {("shelf.h", 1), ("stdio.h", 0)}


def test_cpp_finds_members_behind_macros_and_outside_of_their_class() -> None:
    facts = extract(CPP, "cpp")
    assert facts.syntax_errors == 0
    cart = "shop.detail.Cart"
    assert {
        "shop": "namespace", cart: "class", f"{cart}.Cart": "method", f"{cart}.~Cart": "method", f"{cart}.operator==": "method",
        f"{cart}.operator bool": "method", f"{cart}.total": "method", f"{cart}.Item": "class", f"{cart}.a_": "variable",
        f"{cart}.sum": "method", "CartTest.AddsUp": "function",
    }.items() == defined(facts).items() - {("shop.detail", "namespace")}  # fmt: skip
    assert next(s for s in facts.symbols if s.qualname == cart).bases == ("Base", "Priced")
    assert {("this.sum", f"{cart}.total"), ("shelf.count", f"{cart}.sum")} <= called(facts)


def test_a_header_is_read_as_cpp_where_its_text_is_cpp() -> None:
    facts = extract(b"class Cart : Base {\n  int total() { return 1; }\n};\n", "c")
    assert (facts.language, defined(facts)) == ("c", {"Cart": "class", "Cart.total": "method"})


@pytest.mark.parametrize("name", SAMPLES)
def test_every_prefix_of_a_file_is_read(name: str) -> None:
    data = SAMPLES[name]
    for end in range(0, len(data), 3):
        facts = extract(data[:end], name)
        assert all(s.span.end <= end and s.qualname == s.qualname.strip(".") for s in facts.symbols)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_any_bytes_are_read(name: str, data: st.DataObject) -> None:
    sample = SAMPLES[name]
    cut = data.draw(st.integers(0, len(sample)))
    extract(sample[:cut] + data.draw(st.binary(max_size=30)) + sample[cut:], name)


@pytest.mark.parametrize(
    ("name", "opening"),
    [("javascript", b"function f(){"), ("cpp", b"namespace a{"), ("rust", b"mod a{"), ("c", b"#if A\n(")],
)
def test_deep_nesting_is_survived(name: str, opening: bytes) -> None:
    assert extract(opening * 3000, name).language == name


@given(st.text("#ifdefndl \n{}();,ABCabc\"'/*\\=<>", max_size=120))
def test_what_is_parsed_of_c_is_as_long_as_the_file_and_has_its_lines(text: str) -> None:
    data = text.encode()
    for parsed in readable(data):
        assert len(parsed) == len(data)
        assert [i for i, b in enumerate(parsed) if b == 10] == [i for i, b in enumerate(data) if b == 10]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/test_x.py", True), ("a/x.py", False), ("tests/conftest.py", False), ("cart_test.go", True), ("cart.go", False),
        ("src/cart.spec.ts", True), ("src/__tests__/cart.tsx", True), ("src/contest.ts", False), ("src/test/java/CartIT.java", True),
        ("src/main/java/Cart.java", False), ("tests/cart.rs", True), ("src/cart.rs", False), ("test/cart.cc", True), ("README.md", False),
    ],
)  # fmt: skip
def test_test_files_are_told_by_their_language(path: str, expected: bool) -> None:
    assert languages.is_test_file(path) is expected


def test_project_files_say_how_imports_are_looked_up() -> None:
    def said(text: str, path: str) -> set[tuple[str, str, str]]:
        name = languages.language_of(path)
        assert name == "project"
        return {(b.name, b.scope, b.value) for b in extract(text.encode(), name).bindings}

    assert said("module github.com/o/shop\n\ngo 1.22\n", "go.mod") == {("module", "", "github.com/o/shop")}
    told = '{ // mine\n "compilerOptions": {"baseUrl": "src", "paths": {"@/*": ["app/*"],}, }, }'
    assert said(told, "web/tsconfig.json") == {("baseUrl", "", "src"), ("paths", "@/*", "src/app/*")}
    assert said('[package]\nname = "my-shop"\n', "Cargo.toml") == {("crate", "", "my_shop")}
    assert said("{", "tsconfig.json") == said("[", "Cargo.toml") == set()


def _entry(value: str) -> EntryPoint:
    return EntryPoint("x", value, languages.GROUP)


def test_a_broken_plug_in_is_left_out_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        registry = languages.load([_entry("nowhere:X"), _entry("json:dumps"), _entry("json:decoder")])
    assert set(registry.languages) == {each.name for each in languages.BUILTIN}
    assert len([r for r in caplog.records if "left out" in r.message]) == 3


def _raise(data: bytes) -> tuple[bytes, ...]:
    raise RuntimeError("plug-ins may do anything")


@pytest.mark.parametrize(
    "broken",
    [
        Language("brew", (".brew",), "tree_sitter_nowhere"),
        Language("stew", (".stew",), "tree_sitter_javascript", "(no_such_node) @definition.function"),
        Language(
            "chew", (".chew",), "tree_sitter_javascript", "(identifier) @definition.function", "(identifier) @call"
        ),
        Language("crew", (".crew",), "tree_sitter_javascript", readable=_raise),
        Language("spew", (".spew",), reader=_raise),  # type: ignore[arg-type]
    ],
)
def test_files_of_a_broken_language_are_still_searched(
    broken: Language, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Each has a name of its own, as grammars and parsers are kept by name.
    monkeypatch.setitem(languages.registry().languages, broken.name, broken)
    facts = extract(b"function boil() { steam() }", broken.name)
    assert [s.qualname for s in facts.symbols] == [""]
    assert ("only searched" in caplog.text) is (broken.query != "(identifier) @definition.function")


def test_a_language_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="suffixes"):
        Language("x", ("X",), "g")
    with pytest.raises(ValueError, match="grammar"):
        Language("x", (".x",))
    with pytest.raises(ValueError, match="name"):
        Language("", (".x",), "g")


@pytest.mark.parametrize("folder", ["toy-1.0.dist-info", "toy.egg-info"])
def test_a_plug_in_is_found_among_what_is_installed(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / folder / "entry_points.txt"
    listed.parent.mkdir()
    (listed.parent / "METADATA").write_text("Name: toy\nVersion: 1.0\n")
    (listed.parent / "PKG-INFO").write_text("Name: toy\nVersion: 1.0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "archive.zip"), str(tmp_path / "absent")])
    (tmp_path / "archive.zip").write_bytes(b"")
    assert [e.value for e in entries_of("fixbot.languages")] == []
    listed.write_text("[fixbot.languages]\ntoy = toy:LANGUAGE\n")
    assert [e.value for e in entries_of("fixbot.languages")] == ["toy:LANGUAGE"]
    assert [e.value for e in entries_of("fixbot.others")] == []


def test_what_is_slow_to_load_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, fixbot_agent.cli.commands.index, fixbot_agent.cli.app; from fixbot_analysis import languages; languages.registry()"
    code += "; print(*{'importlib.metadata', 'multiprocessing', 'pathspec', 'fixbot_analysis.languages.c.cleaning'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
