"""Mixed projects: what is linked across files of other languages, that languages stay apart, and a language from an outside package."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.graph import DependencyGraph, EdgeKind, queries
from fixbot_analysis.graph.foreign_shapes import shape
from fixbot_analysis.index import Index
from fixbot_analysis.languages import language_of
from fixbot_analysis.symbols import extract

ANALYSIS = Path(__file__).parents[2] / "analysis"


def graph_of(files: dict[str, str]) -> DependencyGraph:
    return DependencyGraph.build({p: extract(t.encode(), language_of(p) or "") for p, t in files.items()})


def edges(graph: DependencyGraph, kind: EdgeKind, *, guessed: bool = False) -> set[tuple[str, str]]:
    return {(e.source, e.target) for e in graph.edges if e.kind is kind and e.guessed is guessed}


def test_go_resolves_packages_by_go_mod_methods_by_type_and_the_package_without_imports() -> None:
    graph = graph_of({
        "go.mod": "module example.org/shop\n",
        "main.go": 'package main\nimport (\n "example.org/shop/cart"\n "errors"\n)\nfunc main() { c := cart.New(); c.Total(); errors.New("x") }\n',
        "cart/cart.go": "package cart\ntype Cart struct{ Base }\nfunc New() *Cart { return &Cart{} }\n",
        "cart/total.go": "package cart\ntype Base struct{}\nfunc (c *Cart) Total() int { return c.weight() + rate() }\nfunc (b Base) weight() int { return 1 }\nfunc rate() int { return 2 }\n",
        "cart/cart_test.go": "package cart\nfunc TestTotal(t *testing.T) { New().Total() }\n",
    })  # fmt: skip
    total = "cart/total.go::Cart.Total"
    calls = edges(graph, EdgeKind.CALLS)
    assert {("main.go::main", "cart/cart.go::New"), ("main.go::main", total)} <= calls
    assert {(total, "cart/total.go::Base.weight"), (total, "cart/total.go::rate")} <= calls
    assert ("main.go::main", "cart/cart.go::New") not in edges(graph, EdgeKind.CALLS, guessed=True)
    assert ("cart/cart.go::Cart", "cart/total.go::Base") in edges(graph, EdgeKind.INHERITS)
    assert {("main.go", "cart/cart.go"), ("main.go", "cart/total.go")} <= edges(graph, EdgeKind.IMPORTS)
    assert ("main.go", "cart/cart_test.go") not in edges(graph, EdgeKind.IMPORTS)
    assert ("cart/cart_test.go::TestTotal", total) in edges(graph, EdgeKind.TESTS)
    assert graph.tests_reaching(["cart/total.go"]) == ("cart/cart_test.go",)


def test_a_suite_that_loads_a_package_as_a_whole_tests_what_the_package_is() -> None:
    graph = graph_of({
        "index.js": "module.exports = require('./lib/shop')\n",
        "lib/shop.js": "exports = module.exports = createShop\nfunction createShop() { return {} }\n",
        "test/shop.js": "var shop = require('../')\nvar other = require('..')\nit('opens', function () { shop().open() })\nit('closes', function () { other() })\n",
    })  # fmt: skip
    tests = edges(graph, EdgeKind.TESTS)
    assert {
        ("test/shop.js::opens", "lib/shop.js::createShop"),
        ("test/shop.js::closes", "lib/shop.js::createShop"),
    } <= tests
    assert ("test/shop.js", "index.js") in edges(graph, EdgeKind.IMPORTS)
    assert ("index.js", "lib/shop.js") in edges(graph, EdgeKind.IMPORTS)


@pytest.mark.parametrize(
    ("manifest", "imported", "leads"),
    [
        ({"name": "@co/cart", "main": "./dist/index.js"}, "@co/cart", "src/index.ts"),
        ({"name": "@co/cart", "source": "src/whole.ts", "main": "gone.js"}, "@co/cart", "src/whole.ts"),
        ({"name": "cart", "exports": {".": {"types": "./src/index.d.ts", "import": "./esm/whole.js"}}}, "cart", "src/whole.ts"),
        ({"name": "cart", "exports": "./src/whole.ts"}, "cart", "src/whole.ts"),
        ({"name": "cart", "exports": {"./v2": "./dist/v2/index.cjs", ".": "./src/index.ts"}}, "cart/v2", "src/v2/index.ts"),
        ({"name": "cart", "exports": {"./*": "./dist/*/index.js"}}, "cart/v2", "src/v2/index.ts"),
        ({"name": "cart"}, "cart/whole", "src/whole.ts"),
        ({"name": "cart", "exports": {".": [1], "./x": None}, "main": 3}, "cart/v3", None),
        ({"name": "cart", "main": "../../../../etc/passwd"}, "cart", None),
        ({"name": "other"}, "cart", None),
    ],
)  # fmt: skip
def test_packages_of_the_project_are_found_by_name(manifest: object, imported: str, leads: str | None) -> None:
    graph = graph_of({
        "packages/cart/package.json": json.dumps(manifest),
        "packages/cart/src/index.ts": "export function total() {}\n",
        "packages/cart/src/whole.ts": "export function total() {}\n",
        "packages/cart/src/v2/index.ts": "export function total() {}\n",
        "app/main.ts": f"import * as cart from '{imported}'\nexport function main() {{ cart.total() }}\n",
    })  # fmt: skip
    found = {target for source, target in edges(graph, EdgeKind.CALLS) if source == "app/main.ts::main"}
    assert found == ({f"packages/cart/{leads}::total"} if leads else set())


def test_what_a_macro_of_rust_is_handed_is_called() -> None:
    graph = graph_of({
        "Cargo.toml": '[package]\nname = "shop"\n',
        "src/lib.rs": (
            "pub struct Cart;\nimpl Cart { pub fn new() -> Cart { Cart }\n pub fn total(&self) -> u32 { 1 } }\npub fn rate() -> u32 { 2 }\n"
            "#[cfg(test)]\nmod tests {\n use super::*;\n #[test]\n fn adds() { let cart = Cart::new(); assert_eq!(cart.total(), 1); }\n"
            " #[test]\n fn rates() { assert_eq!(rate(), [2][0]); }\n #[test]\n fn makes() { assert!(Cart::new().total() > 0); }\n}\n"
        ),
    })  # fmt: skip
    tests = edges(graph, EdgeKind.TESTS)
    assert ("src/lib.rs::tests.adds", "src/lib.rs::Cart.total") in tests
    assert ("src/lib.rs::tests.rates", "src/lib.rs::rate") in tests
    assert ("src/lib.rs::tests.makes", "src/lib.rs::Cart.new") in tests


def test_scripts_resolve_paths_suffixes_index_files_aliases_and_what_is_passed_on() -> None:
    graph = graph_of({
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
        "src/app.tsx": 'import { Cart, rate as tax } from "@/shop"\nimport make from "./make.js"\nexport const App = () => { const c = new Cart(); c.total(tax()); make(); return <Row /> }\n',
        "src/shop/index.ts": 'export * from "./cart"\nexport { rate } from "./rates"\n',
        "src/shop/cart.ts": 'import { Base } from "./base"\nexport class Cart extends Base { total(n: number) { return this.weigh() } }\n',
        "src/shop/base.ts": "export class Base { weigh() { return 1 }\n total(n: number) { return 2 } }\n",
        "src/shop/rates.ts": "export function rate() { return 2 }\n",
        "src/make.ts": "export default function make() {}\n",
        "src/app.test.tsx": 'import { App } from "./app"\ntest("app shows", () => { App() })\n',
    })  # fmt: skip
    app, cart = "src/app.tsx::App", "src/shop/cart.ts::Cart"
    calls = edges(graph, EdgeKind.CALLS)
    assert {(app, cart), (app, f"{cart}.total"), (app, "src/shop/rates.ts::rate"), (app, "src/make.ts::make")} <= calls
    assert (f"{cart}.total", "src/shop/base.ts::Base.weigh") in calls
    assert (f"{cart}.total", "src/shop/base.ts::Base.total") in edges(graph, EdgeKind.OVERRIDES)
    assert ("src/app.test.tsx::app shows", app) in edges(graph, EdgeKind.TESTS)
    assert graph.tests_reaching(["src/shop/base.ts"]) == ("src/app.test.tsx",)


def test_a_script_finds_members_of_objects_that_are_only_variables() -> None:
    graph = graph_of({
        "app.js": "const app = exports = module.exports = {}\napp.lazy = function () {}\napp.use = function () { this.lazy(); app.lazy() }\n",
    })  # fmt: skip
    assert edges(graph, EdgeKind.CALLS) == {("app.js::app.use", "app.js::app.lazy")}


def test_rust_follows_modules_crates_and_impls() -> None:
    graph = graph_of({
        "Cargo.toml": '[package]\nname = "my-shop"\n',
        "src/lib.rs": "pub mod cart;\nmod rates;\n",
        "src/cart.rs": "use crate::rates::rate;\nuse super::rates;\npub struct Cart;\nimpl Cart { pub fn new() -> Self { Cart }\n pub fn total(&self) -> u8 { rate() + rates::extra() } }\n",
        "src/rates/mod.rs": "pub fn rate() -> u8 { 1 }\npub fn extra() -> u8 { 2 }\n",
        "tests/all.rs": "use my_shop::cart::Cart;\n#[test]\nfn totals() { let c = Cart::new(); c.total(); }\n",
    })  # fmt: skip
    total = "src/cart.rs::Cart.total"
    calls = edges(graph, EdgeKind.CALLS)
    assert {
        (total, "src/rates/mod.rs::rate"),
        (total, "src/rates/mod.rs::extra"),
        ("tests/all.rs::totals", total),
    } <= calls
    assert ("tests/all.rs", "src/cart.rs") in edges(graph, EdgeKind.IMPORTS)
    assert ("tests/all.rs::totals", total) in edges(graph, EdgeKind.TESTS)


def test_java_follows_imports_packages_across_roots_and_supertypes() -> None:
    graph = graph_of({
        "src/main/java/org/shop/Cart.java": "package org.shop;\nimport org.rates.Rate;\npublic class Cart extends Base { int total() { Rate r = new Rate(); return r.of() + weigh(); } }\n",
        "src/main/java/org/shop/Base.java": "package org.shop;\npublic class Base { int weigh() { return 1; } }\n",
        "src/main/java/org/rates/Rate.java": "package org.rates;\npublic class Rate { public int of() { return 1; } }\n",
        "src/test/java/org/shop/CartTest.java": "package org.shop;\nclass CartTest { @Test void totals() { new Cart().total(); } }\n",
    })  # fmt: skip
    main = "src/main/java/org"
    total = f"{main}/shop/Cart.java::Cart.total"
    assert {(total, f"{main}/rates/Rate.java::Rate.of"), (total, f"{main}/shop/Base.java::Base.weigh")} <= edges(
        graph, EdgeKind.CALLS
    )
    assert ("src/test/java/org/shop/CartTest.java::CartTest.totals", total) in edges(graph, EdgeKind.TESTS)
    assert graph.tests_reaching([f"{main}/shop/Base.java"]) == ("src/test/java/org/shop/CartTest.java",)


def test_c_finds_the_function_behind_a_header_and_cpp_members_elsewhere() -> None:
    graph = graph_of({
        "src/main.c": '#include "shelf.h"\nint main(void) { return count() + away(); }\n',
        "include/shelf.h": "int count(void);\n",
        "src/shelf.c": '#include "shelf.h"\nint count(void) { return 1; }\n',
        "other/away.c": "int away(void) { return 2; }\n",
        "src/cart.hpp": "namespace shop { class Cart { public: int total(); }; }\n",
        "src/cart.cpp": '#include "cart.hpp"\nint shop::Cart::total() { return 1; }\nint use(shop::Cart *c) { return c->total(); }\n',
    })  # fmt: skip
    assert ("src/main.c::main", "src/shelf.c::count") in edges(graph, EdgeKind.CALLS)
    assert ("src/main.c::main", "other/away.c::away") in edges(graph, EdgeKind.CALLS, guessed=True)
    assert ("src/cart.cpp::use", "src/cart.cpp::shop.Cart.total") in edges(graph, EdgeKind.CALLS)
    assert ("src/main.c", "include/shelf.h") in edges(graph, EdgeKind.IMPORTS)


def test_languages_do_not_mix() -> None:
    graph = graph_of({
        "a.py": "def go(x):\n    x.unusual_name()\n    helper_of_two()\n",
        "b.js": "class B { unusual_name() {} }\nfunction helper_of_two() {}\n",
        "c.go": "package c\nfunc use(x T) { x.unusual_name() }\n",
    })  # fmt: skip
    for guessed in (True, False):
        assert not edges(graph, EdgeKind.CALLS, guessed=guessed)


GO_SHAPES = {
    "go.mod": "module example.org/shop\n",
    "io/io.go": (
        'package io\nimport std "io"\n'
        "type Reader interface {\n // Read: a | b\n Read(p []byte) (n int, err error)\n}\n"
        "type Store interface {\n Reader\n error\n Keep(key, value string, then func(a, b int) error)\n}\n"
        "type Both interface { Reader; Store }\n"
        "type Empty interface{}\n"
        "type Number interface { ~int | ~string }\n"
        "type Unknown interface { other.Thing; Read(p []byte) (n int, err error) }\n"
        "type private interface { Read(p []byte) (n int, err error); hidden() }\n"
    ),
    "disk/disk.go": (
        "package disk\ntype Disk struct { *base; size int }\ntype base struct{}\n"
        'func (base) Error() string { return "" }\nfunc (*Disk) Keep(string, string, func(int, int) error) {}\n'
        "type Func func()\nfunc (f Func) Read([]byte) (int, error) { return 0, nil }\nfunc (f Func) hidden() {}\n"
        "type Other = Func\ntype Wrong struct{}\nfunc (Wrong) Read(p []byte, n int) (int, error) { return 0, nil }\n"
        "type Text struct{}\nfunc (Text) Read(p string) (int, error) { return 0, nil }\n"
    ),
    "disk/read.go": "package disk\nfunc (d *Disk) Read(to []uint8) (count int, err error) { return 0, nil }\n",
    "disk/disk_test.go": "package disk\ntype keeper interface { Keep(a, b string, f func(int, int) error) }\ntype Mock struct{ Disk }\n",
}  # fmt: skip


def test_go_types_implement_interfaces_by_their_methods() -> None:
    graph = graph_of(GO_SHAPES)
    store, reader, both = ("io/io.go::Store", "io/io.go::Reader", "io/io.go::Both")
    disk, func, mock = ("disk/disk.go::Disk", "disk/disk.go::Func", "disk/disk_test.go::Mock")
    found = edges(graph, EdgeKind.INHERITS, guessed=True)
    assert found == {
        *((disk, each) for each in (store, reader, both)),
        *((mock, each) for each in (store, reader, both, "disk/disk_test.go::keeper")),
        (func, reader),
    }
    assert {(store, reader), (both, store)} <= edges(graph, EdgeKind.INHERITS)
    assert edges(graph, EdgeKind.OVERRIDES, guessed=True) == {
        ("disk/disk.go::Disk.Keep", "io/io.go::Store.Keep"),
        ("disk/read.go::Disk.Read", "io/io.go::Reader.Read"),
        ("disk/disk.go::Func.Read", "io/io.go::Reader.Read"),
    }
    assert {disk, func, mock, store, both} <= set(queries.hierarchy(graph, reader).ids)
    assert set(queries.answer(graph, f"subclasses of {store}").ids) == {disk, mock, both}


def test_a_test_of_its_own_package_sees_what_is_not_exported() -> None:
    files = {"a/a.go": "package a\ntype i interface { run() }\ntype T struct{}\nfunc (T) run() {}\n", "b/b.go": "package b\ntype U struct{}\nfunc (U) run() {}\n"}  # fmt: skip
    assert edges(graph_of(files), EdgeKind.INHERITS, guessed=True) == {("a/a.go::T", "a/a.go::i")}


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("func (t *T) M(a, b int) error", "M(int, int) error", True),
        ("func (t T) M(a int, b ...string)", "M(x int, y ...string)", True),
        (
            "M(c chan int, m map[string]interface{}) (n int, err error)",
            "M(chan int, map[string]any) (int, error)",
            True,
        ),
        ("M(f func(a, b int) error, g pkg.G)", "M(func(int, int) error, G)", True),
        ("M(a []byte, r rune)", "M([]uint8, int32)", True),
        ("M(a, b int)", "M(a int)", False),
        ("M() error", "M()", False),
        ("M(a string)", "M(a int)", False),
        ("M(a *T)", "M(a T)", False),
    ],
)
def test_methods_of_go_are_compared_by_their_types(one: str, other: str, fits: bool) -> None:
    first, second = shape(one, "M"), shape(other, "M")
    assert first is not None
    assert second is not None
    assert first.fits(second) is fits


@given(st.text(alphabet="func M(a,[]{}) \n/*.", max_size=40))
def test_any_header_is_read_or_refused(text: str) -> None:
    found = shape(f"M({text}", "M")
    assert found is None or len(found.takes) <= text.count(",") + 1


EDITS = {
    "a.js": [
        "import { one } from './b'\none()\n",
        "import { one } from './c'\nnew one().run()\n",
        "export * from './b'\n",
        "",
    ],
    "b.js": ["export function one() {}\n", "export * from './c'\n", "export class one { run() {} }\n", None],
    "c.js": ["export class one extends two { }\nclass two { run() {} }\n", "export const one = () => three()\n", None],
    "m/x.go": ["package m\nfunc F() { G() }\n", "package m\ntype T struct{}\nfunc (t T) H() { t.K() }\n", None],
    "m/y.go": ["package m\nfunc G() {}\n", "package m\nfunc (t T) K() { F() }\n", None],
    "m/z.go": [
        "package m\ntype U struct{ T }\ntype J interface { I; H() }\n",
        "package m\ntype U struct{ T }\ntype J interface { I }\n",
        None,
    ],
    "m/i.go": [
        "package m\ntype I interface { K() }\n",
        "package m\ntype I interface { K(); H() }\n",
        "package m\ntype I interface { K(int) }\n",
        None,
    ],
    "m/w.go": ["package m\nfunc (T) L() {}\n", "package m\nfunc (*U) K(n int) {}\n", None],
    "i.c": ['#include "j.h"\nint f(void) { return g(); }\n', "int f(void) { return g(); }\n", None],
    "j.h": ["int g(void) { return 1; }\n", '#include "k.h"\n', None],
    "k.h": ["int g(void) { return 2; }\n", "", None],
    "tsconfig.json": ['{"compilerOptions": {"baseUrl": "m"}}', None],
}


def test_names_passed_on_along_many_ways_are_followed_once() -> None:
    files = {"src/lib.rs": "".join(f"pub mod m{i};\n" for i in range(40))}
    for i in range(40):
        stars = "".join(f"pub use crate::m{(i + j) % 40}::*;\n" for j in range(1, 8))
        files[f"src/m{i}.rs"] = stars + f"pub fn only{i}() {{ only{(i + 9) % 40}(); nowhere{i}(); }}\n"
    calls = edges(graph_of(files), EdgeKind.CALLS)
    assert {(f"src/m{i}.rs::only{i}", f"src/m{(i + 9) % 40}.rs::only{(i + 9) % 40}") for i in range(40)} <= calls


SHAPED = {
    "a/i.go": ["package a\ntype I interface { K() }\n", "package a\ntype I interface { K(); H() }\n", "package a\ntype I interface { ~int; K() }\n"],
    "a/j.go": ["package a\ntype J interface { I }\n", "package a\ntype J interface { I; O }\ntype O interface { P() }\n"],
    "a/t.go": ["package a\ntype T struct{ B }\n"],
    "a/k.go": ["package a\nfunc (T) K() {}\n", "package a\nfunc (T) K(n int) {}\n", "package a\n"],
    "a/h.go": ["package a\ntype B struct{}\n", "package a\ntype B struct{}\nfunc (B) K() {}\n"],
    **{f"a/pad{n}.go": [f"package a\nfunc F{n}() {{}}\n"] for n in range(20)},
}  # fmt: skip


def replayed(texts: dict[str, list[str | None]], edits: list[tuple[str, int]]) -> None:
    """Edit one file after the other: the graph brought up to date is that made from scratch."""
    files = {path: each[0] for path, each in texts.items() if each[0]}

    def facts(path: str):
        return extract(files[path].encode(), language_of(path) or "")

    def keys() -> dict[str, str]:
        return {path: facts(path).digest for path in files}

    graph = DependencyGraph.build({p: facts(p) for p in files}, keys(), facts)
    for path, number in edits:
        before = dict(files)
        text = texts[path][number]
        if text is None:
            files.pop(path, None)
        else:
            files[path] = text
        old = lambda p: extract(before[p].encode(), language_of(p) or "") if p in before else None  # noqa: B023, E731
        graph = graph.relinked(keys(), facts, old) or DependencyGraph.build({p: facts(p) for p in files}, keys(), facts)
        scratch = DependencyGraph.build({p: facts(p) for p in files})
        assert sorted(graph.edges) == sorted(scratch.edges)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([(p, n) for p, texts in EDITS.items() for n in range(len(texts))]), max_size=8))
def test_the_graph_after_edits_is_the_graph_from_scratch(edits: list[tuple[str, int]]) -> None:
    replayed(EDITS, edits)


@pytest.mark.parametrize(
    "edits",
    [
        [("a/i.go", 1), ("a/i.go", 0)],
        [("a/i.go", 2), ("a/i.go", 0)],
        [("a/j.go", 1), ("a/j.go", 0)],
        [("a/k.go", 1), ("a/k.go", 0), ("a/k.go", 2)],
        [("a/k.go", 2), ("a/h.go", 1), ("a/h.go", 0)],
    ],
)
def test_what_a_type_implements_is_found_anew_when_methods_change(edits: list[tuple[str, int]]) -> None:
    replayed(SHAPED, edits)


def test_an_index_of_a_mixed_project_is_stored_and_searched(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "cart.go").write_text("package p\n// Total adds up.\nfunc Total() int { return 1 }\n")
    (tmp_path / "p" / "cart.py").write_text("def total():\n    return 1\n")
    for parsed in (2, 0):
        with Index.open(tmp_path, tmp_path / "cache") as index:
            assert (index.report.files, index.report.parsed) == (2, parsed)
            assert {path: facts.language for path in index.paths for facts in [index.facts(path)]} == {
                "p/cart.go": "go", "p/cart.py": "python",
            }  # fmt: skip
            assert "p/cart.go::Total" in index.graph.nodes


PLUGIN = """
from fixbot_analysis.languages import Language

LANGUAGE = Language(
    name="brew",
    suffixes=(".brew",),
    grammar="tree_sitter_javascript",
    query="(function_declaration name: (_) @name) @definition.function",
    uses="(call_expression function: (_) @call) (comment) @comment",
    keywords=frozenset({"function"}),
    test_files=("*_taste.brew",),
)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package on disk that brings a language, and one that cannot be loaded, both with what an installer writes beside them."""
    site = tmp_path / "site"
    info = site / "fixbot_brew-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "fixbot_brew.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fixbot-brew\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[fixbot.languages]\nbrew = fixbot_brew:LANGUAGE\nbroken = fixbot_none:LANGUAGE\n"
    )
    return site


def test_an_outside_package_adds_a_language(package: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pot.brew").write_text("// Boils water slowly.\nfunction boil() { return heat() }\n")
    (project / "stove.brew").write_text("function heat() {}\n")
    (project / "issue.md").write_text("boil never returns: boil() hangs\n")

    def fixbot(*arguments: str) -> dict[str, object]:
        paths = [str(package), *(str(ANALYSIS.parent / f) for f in ("analysis", "repair", "agent", "lsp", "bench"))]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        command = [sys.executable, "-m", "fixbot_agent.cli", *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=project, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    indexed = fixbot("index", ".")
    assert (indexed["files"], indexed["symbols"]) == (2, 4)
    located = fixbot("locate", "issue.md")
    assert located["symbols"][0]["name"] == "boil"
    drawn = fixbot("graph", "--of", "boil", "--format", "json")
    assert {"from": "pot.brew::boil", "to": "stove.brew::heat", "kind": "calls"} in [
        {k: e[k] for k in ("from", "to", "kind")} for e in drawn["edges"]
    ]
