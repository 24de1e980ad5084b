"""Finding: what a text mentions, BM25, postings that follow the index, paths."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.index import Index
from fixbot_analysis.languages import BUILTIN, Registry
from fixbot_analysis.postings import K1, B
from fixbot_analysis.retrieval import (
    FileMention,
    FrameMention,
    Query,
    Where,
    is_test_code,
    locate,
    matching,
    mentions,
    search,
)
from fixbot_analysis.retrieval.bm25 import Collection
from fixbot_analysis.retrieval.keeping import kept
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.mentions import files
from fixbot_analysis.retrieval.messages import agreement
from fixbot_analysis.retrieval.paths import matching_frame, outside_packages, vendored
from fixbot_analysis.retrieval.snippets import imported
from fixbot_analysis.retrieval.terms import stem, terms_of
from fixbot_analysis.retrieval.texts import message_words

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "class Cart:\n"
        "    def total(self, discount=0):\n"
        "        '''Sum of the prices.'''\n"
        "        return sum(self.prices) - discount\n\n"
        "    def clear(self):\n        self.prices = []\n"
    ),
    "shop/tax.py": "def vat(amount):\n    return amount * 0.2\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_total():\n    assert Cart().total() == 0\n",
}


def make(root: Path, files: Mapping[str, str] = FILES) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.open(make(tmp_path / "project"))


TRACEBACK = """\
It breaks:

Traceback (most recent call last):
  File "/srv/app/main.py", line 3, in <module>
    run()
  File "C:\\srv\\shop\\cart.py", line 12, in total
    return sum(self.prices)
TypeError: unsupported operand type(s) for +: 'int' and 'str'
"""


def test_frames_of_python() -> None:
    found = mentions(TRACEBACK)
    assert found.frames == (
        FrameMention("/srv/app/main.py", 3, "<module>"),
        FrameMention("C:/srv/shop/cart.py", 12, "total"),
    )
    assert "unsupported operand type(s) for +: 'int' and 'str'" in found.errors


def test_frames_of_pytest() -> None:
    log = "    def total(self):\n>       return 1 / 0\nE       ZeroDivisionError: division by zero\n\nshop/cart.py:7: ZeroDivisionError\n"
    found = mentions(log + "tests/test_cart.py:12: in test_total\n    cart.total()\nshop/cart.py:9: \n")
    assert found.frames == (
        FrameMention("shop/cart.py", 7),
        FrameMention("tests/test_cart.py", 12, "test_total"),
        FrameMention("shop/cart.py", 9),
    )
    assert found.errors[0] == "division by zero"


@pytest.mark.parametrize(
    ("text", "file", "line"),
    [
        ("see shop/cart.py:12", "shop/cart.py", 12),
        ("in `shop\\cart.py`, line 7", "shop/cart.py", 7),
        ("line 7 of `shop/cart.tsx` is wrong", "shop/cart.tsx", 7),
        ("shop/cart.ts(7,5) is wrong", "shop/cart.ts", 7),
        ("see @shop/cart.c++ line 7", "shop/cart.c++", 7),
        ("看shop/cart.go的第 7 行", "shop/cart.go", 7),
        ("broken in shop/cart.rs", "shop/cart.rs", 0),
        ("shop/Cart.java:7", "shop/Cart.java", 7),
        ("shop/cart.c and nothing else", "shop/cart.c", 0),
        ("its go.mod names it", "go.mod", 0),
        ("shop/cart.py:" + "9" * 5000, "shop/cart.py", 0),
        ("shop/cart.py, line 7 is wrong", "shop/cart.py", 7),
        ("https://host.example/o/r/blob/abc/shop/cart.py#L44-L46", "/o/r/blob/abc/shop/cart.py", 44),
        ("the docs (README.md) say", "README.md", 0),
        ("问题在shop/cart.py:3里", "shop/cart.py", 3),
    ],
)
def test_files(text: str, file: str, line: int) -> None:
    (found,) = mentions(text).files
    assert found.file.endswith(file.lstrip("/"))
    assert found.line == line


def test_files_of_a_language_that_a_plug_in_adds() -> None:
    zig = replace(BUILTIN[0], name="zig", suffixes=(".zig",), filenames=("build.zon",))
    found = list(files("see src/cart.zig:3 and build.zon", Registry((*BUILTIN, zig))))
    assert found == [FileMention("src/cart.zig", 3), FileMention("build.zon")]
    assert not list(files("see src/cart.zig:3 and build.zon", Registry(BUILTIN)))


FRAMES = {
    "java": (
        (
            "java.lang.IllegalStateException: x\n\tat java.base/java.util.ArrayList.get(ArrayList.java:427)\n"
            "\tat org.shop.Cart$Line.total(Cart.java:861)\n"
            "Caused by: java.io.IOException\n\tat org.shop.Tax.vat(Tax.java:3)\n"
        ),
        (
            FrameMention("org/shop/Cart.java", 861, "total", whole=True),
            FrameMention("java/util/ArrayList.java", 427, "get", whole=True),
            FrameMention("org/shop/Tax.java", 3, "vat", whole=True),
        ),
    ),
    "go": (
        (
            "panic: x\n\ngoroutine 1 [running]:\nmain.(*Cart).Total.func1(0xc0, {0x1, 0x2})\n\t/srv/cart.go:442 +0x1d\n"
            "main.main()\n\t/srv/main.go:5 +0x2\n"
        ),
        (FrameMention("/srv/main.go", 5, "main"), FrameMention("/srv/cart.go", 442, "Total")),
    ),
    "rust": (
        (
            "thread 'main' panicked at src/a.rs:8:12:\nno\n   4: shop::cart::total::{{closure}}\n"
            "             at ./src/cart.rs:9:12\n"
        ),
        (FrameMention("./src/cart.rs", 9, "total"), FrameMention("src/a.rs", 8)),
    ),
    "node": (
        (
            "TypeError: x\n    at Cart.total (/srv/lib/utils.js:95:20)\n    at new Cart (C:\\srv\\cart.ts:3:4)\n"
            "    at async file:///srv/main.mjs:3:1\n"
        ),
        (
            FrameMention("/srv/main.mjs", 3),
            FrameMention("C:/srv/cart.ts", 3),
            FrameMention("/srv/lib/utils.js", 95, "total"),
        ),
    ),
    "gdb": (
        "#0  shop::total (cart=0x1) at src/cart.cpp:12\n#1  0x00ff in main () at src/main.cpp:3\n",
        (FrameMention("src/main.cpp", 3, "main"), FrameMention("src/cart.cpp", 12, "total")),
    ),
    "sanitizer": ("    #0 0x4a in total src/cart.c:12:5\n", (FrameMention("src/cart.c", 12, "total"),)),
    "gcc": ("src/cart.c:12:5: error: no\n", (FrameMention("src/cart.c", 12),)),
    "tsc": ("src/cart.ts(12,5): error TS1: no\n", (FrameMention("src/cart.ts", 12),)),
    "rustc": ("error: no\n  --> src/cart.rs:12:5\n", (FrameMention("src/cart.rs", 12),)),
}


@pytest.mark.parametrize("language", FRAMES)
def test_frames_of_other_languages(language: str) -> None:
    text, frames = FRAMES[language]
    assert mentions(text).frames == frames


def test_frames_of_other_languages_lead_to_lines(tmp_path: Path) -> None:
    sources = {
        "src/main/java/org/shop/Cart.java": "package org.shop;\nclass Cart {\n  int total() {\n    return 1;\n  }\n}\n",
        "src/main/java/org/shop/ArrayList.java": "package org.shop;\nclass ArrayList {\n  int get() {\n    return 1;\n  }\n}\n",
        "lib/utils.js": "function other() {}\n\nfunction total() {\n  return 1;\n}\n",
    }
    index = Index.open(make(tmp_path / "project", sources))
    java = locate(
        index, "It fails\n\n\tat java.util.ArrayList.get(ArrayList.java:4)\n\tat org.shop.Cart.total(Cart.java:4)\n"
    )
    assert (java.files[0].path, java.symbols[0].name) == ("src/main/java/org/shop/Cart.java", "Cart.total")
    assert "traceback" in java.files[0].why
    assert (java.lines[0].path, java.lines[0].line) == ("src/main/java/org/shop/Cart.java", 4)
    node = locate(index, "It fails\n\n    at total (/srv/app/lib/utils.js:4:3)\n")
    assert (node.files[0].path, node.symbols[0].name, node.lines[0].line) == ("lib/utils.js", "total", 4)


def names(text: str) -> dict[str, Where]:
    return {mention.name: mention.where for mention in mentions(text).names}


def test_names_know_where_they_stand() -> None:
    text = "Cart.total is wrong\n\nThe method `clear()` and shop.tax.vat and compute_it:\n\n```python\nfrom shop import Cart\n```\n"
    found = names(text)
    assert found["Cart.total"] is Where.TITLE
    assert found["clear"] is Where.MARKED
    assert found["shop.tax.vat"] is found["compute_it"] is Where.PROSE
    assert found["shop"] is found["Cart"] is Where.BLOCK
    assert "wrong" not in found
    assert "method" not in found


@pytest.mark.parametrize("text", ["调用cart.total()时出错", "カートのcart.totalが変です", "장바구니cart.total오류"])
def test_names_beside_scripts_without_spaces(text: str) -> None:
    assert "cart.total" in names(text)


def test_a_name_of_another_script_in_backticks() -> None:
    assert "合计" in names("函数`合计`返回了错误的值")
    assert "größe_von" in names("Fehler in größe_von")


def test_quoted_messages() -> None:
    assert mentions('It says "no such discount code" every time').errors == ("no such discount code",)
    assert mentions("It doesn't and I can't say 'why'").errors == ()


@given(st.text(alphabet=st.sampled_from("ab._/\\:`'\"~>#*\n 12()[]{}\tA中"), max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    query = Query.from_text(text)
    assert all(weight > 0 for weight in query.words.values())


@pytest.mark.parametrize("piece", ["a.", "`", "a/", '"', "```\n", "    x\n", "File ", "[", "'a ", ">>> "])
def test_long_repetitive_texts_are_read_too(piece: str) -> None:
    Query.from_text(piece * (100_000 // len(piece)))


def test_bm25_is_the_formula(tmp_path: Path) -> None:
    files = {"a.py": "def f():\n    zebra = zebra\n", "b.py": "def g():\n    zebra, quagga\n", "c.py": "def h(): gnu\n"}
    lexicon = Lexicon.of(Index.open(make(tmp_path / "herd", files)))
    (ranking,) = Collection(lexicon, frozenset()).rank([{"zebra": 1.0, "quagga": 2.0}])
    scores = {lexicon.definition(number)[1]: score for number, score in ranking.definitions.items()}
    sizes = {lexicon.definition(n)[1]: lexicon.tables.lengths[n] for n in range(6)}
    mean = sum(lexicon.tables.lengths) / 6
    rare, common = math.log1p((6 - 1 + 0.5) / 1.5), math.log1p((6 - 2 + 0.5) / 2.5)
    damped = {name: K1 * (1 - B + B * size / mean) for name, size in sizes.items()}
    assert scores["f"] == pytest.approx(common * 2 * (K1 + 1) / (2 + damped["f"]))
    assert scores["g"] == pytest.approx((common + 2 * rare) * (K1 + 1) / (1 + damped["g"]))
    assert ranking.files.keys() == {"a.py", "b.py"}


def test_search_finds_by_the_parts_of_names(index: Index) -> None:
    hits = search(index, Query.from_text("the sum of prices"))
    assert (hits[0].path, hits[0].name, hits[0].line, hits[0].end_line) == ("shop/cart.py", "Cart.total", 2, 4)
    assert search(index, Query.from_text("zebra")) == []
    assert search(index, Query.from_text("")) == []


def test_the_title_says_more() -> None:
    title = Query.from_text("vat\n\nSomething about a cart.")
    body = Query.from_text("cart\n\nSomething about a vat.")
    assert title.words["vat"] > body.words["vat"]


def test_postings_follow_the_files(index: Index) -> None:
    assert Lexicon.of(index) is Lexicon.of(index)
    index.update("shop/tax.py", b"def customs(amount):\n    return amount\n")
    assert search(index, Query.from_text("vat")) == []
    assert search(index, Query.from_text("customs"))[0].path == "shop/tax.py"
    (index.tree.root / "shop/new.py").write_text("def zebra(): pass\n")
    (index.tree.root / "shop/cart.py").unlink()
    index.refresh()
    assert search(index, Query.from_text("zebra"))[0].path == "shop/new.py"
    assert all(hit.path != "shop/cart.py" for hit in search(index, Query.from_text("sum of prices")))


def test_postings_are_made_anew_when_most_are_dead(index: Index) -> None:
    first = Lexicon.of(index)
    for edit in range(40):
        index.update("shop/tax.py", "".join(f"def f{edit}_{n}(): pass\n" for n in range(60)).encode())
        assert search(index, Query.from_text(f"f{edit} 59"))[0].path == "shop/tax.py"
    assert Lexicon.of(index) is not first


PATHS = ("src/shop/cart.py", "lib/cart.py", "src/shop/tax.py")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/usr/lib/python3/site-packages/shop/cart.py", ("src/shop/cart.py",)),
        ("cart.py", ("lib/cart.py", "src/shop/cart.py")),
        ("tax.py", ("src/shop/tax.py",)),
        ("art.py", ()),
        ("", ()),
    ],
)
def test_the_longest_common_end_decides(written: str, meant: tuple[str, ...]) -> None:
    assert matching(written, PATHS) == meant


def test_code_of_tests() -> None:
    tests = ("tests/helpers.py", "a/test_b.py", "conftest.py", "a/tests/__init__.py", "b_test.py")
    assert all(is_test_code(path) for path in tests)
    assert not any(is_test_code(path) for path in ("a/testing.py", "django/test/client.py", "latest.py", "contest.py"))


def test_mentions_of_one_thing_are_one() -> None:
    assert mentions("see a/b.py and a/b.py").files == (FileMention("a/b.py"),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/usr/lib/python3.8/site-packages/shop/cart.py", ("src/shop/cart.py",)),
        ("C:/Users/u/Python38/Lib/site-packages/shop/cart.py", ("src/shop/cart.py",)),
        ("/usr/lib/python3/dist-packages/numpy/shop/cart.py", ()),
        ("/usr/lib/python3.8/tax.py", ("src/shop/tax.py",)),
        ("/home/u/code/shop/cart.py", ("src/shop/cart.py",)),
    ],
)
def test_a_frame_of_another_package_means_no_file_of_ours(written: str, meant: tuple[str, ...]) -> None:
    assert matching_frame(written, PATHS) == meant


def test_frames_of_notebooks() -> None:
    new = (
        "File ~/env/lib/python3.10/site-packages/shop/cart.py:7, in Cart.total(self, x)\n      5 y\n----> 7 return z\n"
    )
    old = "~/shop/cart.py in total(self)\n      5     def total(self):\n      6 \n----> 7         return z\n"
    assert mentions(new).frames == (FrameMention("~/env/lib/python3.10/site-packages/shop/cart.py", 7, "total"),)
    assert mentions(old).frames == (FrameMention("~/shop/cart.py", 7, "total"),)


@pytest.mark.parametrize(
    ("said", "stems"),
    [
        ("parsing", "pars"),
        ("parse", "pars"),
        ("parsed", "pars"),
        ("queries", "query"),
        ("query", "query"),
        ("stopped", "stop"),
    ],
)
def test_forms_of_a_word_meet(said: str, stems: str) -> None:
    assert stem(said) == stems


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_stems_are_prefixes_or_end_in_y(word: str) -> None:
    kept = stem(word)
    assert word.startswith(kept) or (kept.endswith("y") and word.startswith(kept[:-1]))


def test_identifiers_are_found_whole_and_in_parts() -> None:
    assert terms_of("find_parsed_rows") == ["find", "pars", "row", "find_parsed_rows"]
    assert terms_of("the of and") == []
    assert "parse_date" in terms_of("调用parse_date函数时报错")


def test_code_of_others_and_code_beside_packages() -> None:
    assert vendored("shop/_vendor/six.py")
    assert not vendored("shop/vendor.py")
    paths = ("shop/__init__.py", "shop/cart.py", "shop/tax.py", "setup.py", "examples/till.py")
    assert outside_packages(paths) == {"setup.py", "examples/till.py"}
    assert outside_packages(("a.py", "b.py")) == frozenset()


def test_what_code_imports() -> None:
    block = ">>> from shop.cart import (Cart as C, Line)\nimport shop.tax as t, os\nfrom shop import *\nx = 1"
    assert list(imported([block])) == [
        ("shop.cart", "Cart"),
        ("shop.cart", "Line"),
        ("shop.tax", ""),
        ("os", ""),
        ("shop", ""),
    ]


def test_a_message_agrees_around_its_placeholders() -> None:
    literals = [
        (1, message_words("no stock of %(item)s in the {place} left")),
        (2, message_words("an error occurred today")),
    ]
    found = agreement("ValueError: no stock of blue socks in the cellar left", literals)
    assert found.shared.keys() == {1}
    assert found.whole[1] > 0


def test_strings_that_could_be_messages_are_kept(tmp_path: Path) -> None:
    code = "def f():\n    # don't\n    raise ValueError('no stock of %s left' % x, \"it's over, my friend\")\n"
    lexicon = Lexicon.of(Index.open(make(tmp_path / "one", {"a.py": code})))
    assert [words for _, words in lexicon.literals()] == ["no stock of left", "it s over my friend"]


def test_what_is_searched_is_kept_for_the_next_process(tmp_path: Path) -> None:
    root, cache = make(tmp_path / "project"), tmp_path / "cache"
    first = Lexicon.of(Index.open(root, cache), cache)
    (stored,) = cache.glob("*.lexicon")
    again = Lexicon(kept(cache, root))
    assert again.paths == first.paths
    assert [t.stored() for t in again.tables.by_word] == [t.stored() for t in first.tables.by_word]
    (root / "shop/tax.py").write_text("def customs(amount):\n    return amount\n")
    assert search(Index.open(root, cache), Query.from_text("customs"), cache=cache)[0].name == "customs"
    stored.write_bytes(stored.read_bytes()[:-7])
    assert kept(cache, root) is None
    assert search(Index.open(root, cache), Query.from_text("prices"), cache=cache)[0].name == "Cart.total"
    assert kept(cache, root) is not None


def test_open_buffers_are_not_kept(tmp_path: Path) -> None:
    root, cache = make(tmp_path / "project"), tmp_path / "cache"
    index = Index.open(root, cache, overlay={"shop/tax.py": b"def secret(): pass\n"})
    assert search(index, Query.from_text("secret"), cache=cache)
    assert not list(cache.glob("*.lexicon"))


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    root, cache = make(tmp_path / "project"), tmp_path / "cache"
    cache.write_text("a file stands where the folder should be")
    assert search(Index.open(root), Query.from_text("prices"), cache=cache)[0].name == "Cart.total"
