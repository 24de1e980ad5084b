"""Where a text is about: fused signals on a small project."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_analysis.history import ProjectHistory, Suspected
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Located, locate, mentions, owned

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "from shop.discounts import Discount\n\n\n"
        "class Cart:\n"
        "    def __init__(self):\n"
        "        self.lines = []\n\n"
        "    def total(self, discount=None):\n"
        "        amount = sum(line.price for line in self.lines)\n"
        "        return discount.apply(amount) if discount else amount\n\n"
        "    def merge(self, other):\n"
        "        self.lines += other.lines\n"
    ),
    "shop/discounts.py": (
        "class Discount:\n"
        "    def __init__(self, share):\n"
        "        self.share = share\n\n"
        "    def apply(self, amount):\n"
        "        if not 0 <= self.share <= 1:\n"
        "            raise ValueError('a share lies between nought and one')\n"
        "        return amount - self.share\n"
    ),
    "shop/shipping.py": "def weigh(parcels):\n    return max(p.weight for p in parcels)\n",
    "tests/test_cart.py": (
        "from shop.cart import Cart\n\n\ndef test_total_merge_discount_share_amount_parcels_weight():\n"
        "    assert Cart().total() == 0\n"
    ),
}


def make(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.open(make(tmp_path / "project", FILES))


def best(located: Located) -> tuple[str, str]:
    return located.files[0].path, located.symbols[0].name


def test_words(index: Index) -> None:
    located = locate(index, "Shipping weighs parcels too light\n\nThe weight of all parcels should be the sum.")
    assert best(located) == ("shop/shipping.py", "weigh")
    assert located.symbols[0].line == 1
    assert located.symbols[0].end_line == 2
    assert located.lines[0].path == "shop/shipping.py"
    assert located.files[0].why[0] == "words"


def test_names(index: Index) -> None:
    located = locate(index, "Wrong result\n\n`Cart.merge` does odd things.")
    assert best(located) == ("shop/cart.py", "Cart.merge")
    assert "names" in located.symbols[0].why


def test_a_traceback_from_another_machine(index: Index) -> None:
    text = (
        "It fails\n\nTraceback (most recent call last):\n"
        '  File "/home/u/venv/site-packages/shop/cart.py", line 10, in total\n    return x\n'
        '  File "/home/u/venv/site-packages/shop/discounts.py", line 7, in apply\n    raise ValueError\n'
        '  File "/usr/lib/python3/enum.py", line 700, in x\n    pass\nValueError: oops\n'
    )
    located = locate(index, text)
    assert best(located) == ("shop/discounts.py", "Discount.apply")
    assert "traceback" in located.files[0].why
    assert [(line.path, line.line) for line in located.lines[:2]] == [("shop/discounts.py", 7), ("shop/cart.py", 10)]


def test_a_file_that_is_written_out(index: Index) -> None:
    located = locate(index, "Look at shop/shipping.py please")
    assert located.files[0].path == "shop/shipping.py"
    assert "path" in located.files[0].why


@pytest.mark.parametrize("place", ["shop/shipping.py:2", "shop/shipping.py line 2", "line 2 of `shop/shipping.py`"])
def test_a_line_that_is_written_out_goes_before_all(index: Index, place: str) -> None:
    words = "Cart.total applies the discount's share to the amount, Cart total amount discount apply"
    located = locate(index, f"Cart.total: crash at {place}\n\n{words}\n\nDiscount.apply and Cart.merge, shop/cart.py")
    assert best(located) == ("shop/shipping.py", "weigh")
    assert (located.lines[0].path, located.lines[0].line) == ("shop/shipping.py", 2)
    assert located.files[0].why[0] == located.symbols[0].why[0] == "explicit place"
    for hits in (located.files, located.symbols, located.lines):
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("place", ["shop/shipping.py:900", "shipment.py:2"])
def test_a_line_that_the_project_does_not_have_is_no_place(index: Index, place: str) -> None:
    located = locate(index, f"crash at {place}: Cart.total is wrong")
    assert not any("explicit place" in hit.why for hit in (*located.files, *located.symbols))


def test_lines_of_a_log_are_no_explicit_places(index: Index) -> None:
    located = locate(index, "Cart.total is wrong\n\n```\nshop/shipping.py:2: DeprecationWarning: old\n```\n")
    assert best(located) == ("shop/cart.py", "Cart.total")


def test_an_error_message(index: Index) -> None:
    located = locate(index, "I get `ValueError: a share lies between nought and one` at the till")
    assert best(located) == ("shop/discounts.py", "Discount.apply")


def test_tests_are_left_out_unless_named(index: Index) -> None:
    text = "total merge discount share amount parcels weight"
    assert all(not file.path.startswith("tests/") for file in locate(index, text).files)
    assert locate(index, f"{text} in tests/test_cart.py").files[0].path == "tests/test_cart.py"


def test_text_without_spaces(index: Index) -> None:
    assert best(locate(index, "调用Cart.merge后购物车的lines不对"))[0] == "shop/cart.py"


def test_names_stand_for_a_title_in_another_language(index: Index) -> None:
    text = "合计不对\n\n买了东西以后`Discount.apply`的结果不对，amount和lines和prices都没有问题。"
    located = locate(index, text)
    assert best(located) == ("shop/discounts.py", "Discount.apply")
    english = locate(index, f"The lines of the cart\n\n{text}")
    assert english.files[0].score != located.files[0].score


@pytest.mark.parametrize("text", ["", "   \n", "zebra quagga", "?!", "\0"])
def test_nothing_fits(index: Index, text: str) -> None:
    located = locate(index, text)
    assert (located.files, located.symbols, located.lines) == ((), (), ())


def test_an_empty_project(tmp_path: Path) -> None:
    assert locate(Index.open(tmp_path), "anything").files == ()


def test_scores_fall_and_stay_between_nought_and_one(index: Index) -> None:
    located = locate(index, "discount share amount total lines weight")
    for ranked in (located.files, located.symbols, located.lines):
        scores = [each.score for each in ranked]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 for score in scores)


def test_the_same_text_gives_the_same_order(index: Index) -> None:
    text = "discount share amount total lines weight"
    first, second = locate(index, text), locate(Index.open(index.tree.root), text)
    assert (first.files, first.symbols, first.lines) == (second.files, second.symbols, second.lines)


def test_open_buffers_count(index: Index) -> None:
    index.update("shop/shipping.py", b"def zebra(): pass\n")
    assert best(locate(index, "zebra")) == ("shop/shipping.py", "zebra")


def test_a_file_that_went_away(index: Index) -> None:
    (index.tree.root / "shop/shipping.py").unlink()
    located = locate(index, "weigh parcels by weight")
    assert located.files[0].path == "shop/shipping.py"
    assert all(line.path != "shop/shipping.py" for line in located.lines)


def test_a_fault_sits_in_what_the_named_function_calls(tmp_path: Path) -> None:
    files = {
        "till/__init__.py": "",
        "till/front.py": "from till.back import _round_up\n\n\ndef pay(amount):\n    return _round_up(amount)\n",
        "till/back.py": "def _round_up(x):\n    return x + 1\n\n\ndef _round_down(x):\n    return x - 1\n",
    }
    located = locate(Index.open(make(tmp_path / "till", files)), "Too much is taken\n\n`pay` takes one too many")
    hits = {hit.name: hit for hit in located.symbols}
    assert "calls" in hits["_round_up"].why
    assert "_round_down" not in hits or hits["_round_down"].score < hits["_round_up"].score


def test_a_notebooks_traceback(index: Index) -> None:
    text = (
        "Oops\n\n```\nValueError    Traceback (most recent call last)\n"
        "File ~/env/lib/python3.11/site-packages/shop/cart.py:10, in Cart.total(self, discount)\n"
        "      9 amount\n---> 10 return discount\n\n"
        "File ~/env/lib/python3.11/site-packages/numpy/core/discounts.py:7, in apply(x)\n----> 7 y\n\nValueError: no\n```\n"
    )
    located = locate(index, text)
    assert best(located) == ("shop/cart.py", "Cart.total")
    assert "traceback" in located.symbols[0].why


def test_a_message_with_something_filled_in(tmp_path: Path) -> None:
    files = {
        "a.py": "def find(item, place):\n    raise KeyError(f'no stock of {item} in the {place} left')\n",
        "b.py": "def stock(item, place, left, blue, socks, cellar):\n    '''Stock of an item left in a place.'''\n",
    }
    located = locate(Index.open(make(tmp_path / "stock", files)), "KeyError: no stock of blue socks in the cellar left")
    hits = {hit.name: hit for hit in located.symbols}
    assert "message" in hits["find"].why
    assert "message" not in hits["stock"].why


class Past(ProjectHistory):
    """A past in which fixes of anything changed these."""

    def __init__(self, files: Mapping[str, float], symbols: Mapping[tuple[str, str], float]) -> None:
        super().__init__()
        self._told = Suspected(files, symbols)
        self.commits: Mapping[tuple[str, str], str] = {}

    def suspects(self, text: str) -> Suspected:
        return replace(self._told, commits=self.commits)


def test_what_fixes_of_like_bugs_changed(index: Index) -> None:
    text = "Something odd at the checkout cart"
    past = Past({"shop/cart.py": 1.0, "gone.py": 0.5, "tests/test_cart.py": 0.9}, {("shop/cart.py", "Cart.merge"): 1.0})
    located = locate(index, text, past)
    assert best(located) == ("shop/cart.py", "Cart.merge")
    assert "past fixes" in located.files[0].why
    assert not {"gone.py", "tests/test_cart.py"} & {file.path for file in located.files}


@pytest.mark.parametrize(
    ("changed", "found"),
    [("Cart.merge", "Cart.merge"), ("Cart.merge_lines", "Cart"), ("Cart.merge.add", "Cart.merge"), ("merge", None)],
)
def test_a_fix_of_what_is_gone_speaks_for_what_is_around_it(index: Index, changed: str, found: str | None) -> None:
    past = Past({"shop/cart.py": 1.0}, {("shop/cart.py", changed): 1.0, ("gone.py", "gone"): 0.5})
    located = locate(index, "Something odd at the checkout cart", past)
    assert located.files[0].path == "shop/cart.py"
    assert [hit.name for hit in located.symbols if "past fixes" in hit.why] == ([found] if found else [])
    assert all(index.facts(hit.path).enclosing(hit.line) for hit in located.symbols)


def test_reasons_are_told_in_particulars(index: Index) -> None:
    past = Past({"shop/cart.py": 1.0}, {("shop/cart.py", "Cart.total"): 1.0})
    past.commits = {("shop/cart.py", ""): "abc Fix the sum", ("shop/cart.py", "Cart.total"): "def Mend it"}
    text = "Discounts are forgotten\n\n`Cart.total` forgets discounts, the amount stays the amount."
    located = locate(index, text, past)
    file, symbol = located.files[0], located.symbols[0]
    assert (file.path, symbol.name) == ("shop/cart.py", "Cart.total")
    assert [each.partition(":")[0] for each in symbol.because] == list(symbol.why)
    assert "past fixes: abc Fix the sum" in file.because
    assert {"past fixes: def Mend it", "names: Cart.total"} <= set(symbol.because)
    words = next(each for each in symbol.because if each.startswith("words: ")).removeprefix("words: ").split(", ")
    assert len(words) == 3
    assert set(words) <= {"total", "cart", "amount", "discounts"}
    called = next(hit for hit in located.symbols if hit.name == "Discount.apply")
    assert "calls: called by Cart.total" in called.because


def test_a_frame_of_a_variable(tmp_path: Path) -> None:
    index = Index.open(make(tmp_path / "p", {"sizes.py": "weigh = lambda parcels: max(parcels)\n"}))
    located = locate(index, 'Traceback (most recent call last):\n  File "sizes.py", line 1, in weigh\nTypeError: x')
    assert located.files[0].path == "sizes.py"


def test_files_of_tests_by_what_is_in_them(tmp_path: Path) -> None:
    files = {
        "testing/check.py": "".join(f"def test_discount_{n}(): pass\n" for n in range(5)),
        "shop.py": "def discount(): pass\n",
    }
    located = locate(Index.open(make(tmp_path / "p", files)), "discount is wrong")
    assert [file.path for file in located.files] == ["shop.py"]


@pytest.mark.parametrize(
    "piece",
    [
        'File "a.py", line 1, in x\n',
        "File ~/a.py:1, in f(\n",
        "shop/cart.py ",
        "from a import b, c\n",
        "`Cart.total` ",
        "    >>> x\n",
        "%(",
        "{{",
        "~~",
        "~~/",
        "@",
        "\tat a.b(C.java:1)\n",
        "    at a (b.js:1:1)\n",
        "    at a.",
        "f.g(\n\ta.go:1\n",
        "Caused by:\n\tat a.b(C.java:1)\n",
        " panicked at '",
    ],
)
def test_a_hostile_text_is_read_in_time(index: Index, piece: str) -> None:
    locate(index, piece * (500_000 // len(piece)))


def test_a_function_that_is_named_in_full_goes_before_those_that_share_more_words(tmp_path: Path) -> None:
    files = {
        "depot/__init__.py": "",
        "depot/crates.py": "class Crate:\n    def seal(self):\n        return 1\n\n\nclass Barrel:\n    def seal(self):\n        return 2\n",
        "depot/labels.py": "def label_of_weight_and_colour(weight, colour):\n    return f'weight {weight} colour {colour} label'\n",
    }
    index = Index.open(make(tmp_path / "depot", files))
    text = "Something is odd\n\nWeight and colour: {} does not see the colour."
    assert best(locate(index, text.format("Barrel.seal")))[1] == "Barrel.seal"
    assert best(locate(index, text.format("seal")))[1] == "label_of_weight_and_colour"
    trace = text.format("Barrel.seal") + '\n\n  File "depot/labels.py", line 2, in label_of_weight_and_colour\n'
    assert best(locate(index, trace))[1] == "label_of_weight_and_colour"


OURS = ("src/paint/__init__.py", "src/paint/colours.py", "setup.py")


def test_a_name_that_the_text_imports_from_elsewhere_is_not_the_projects() -> None:
    said = mentions("Fails with `Parameter.empty` of `inspect`, see `paint.mix` and `json.dumps`, not `mix`")
    code = ("from inspect import Parameter\nimport paint\n",)
    assert [n.name for n in owned(said.names, code, OURS)] == ["paint.mix", "mix"]
    assert "json.dumps" in [n.name for n in owned(said.names, code, (*OURS, "src/paint/json.py"))]


def test_a_function_that_is_called_like_a_module_of_elsewhere_is_not_meant(tmp_path: Path) -> None:
    files = {
        "paint/__init__.py": "def inspect(obj):\n    return obj\n",
        "paint/mixing.py": "def signature(colour):\n    return colour\n\n\ndef blend(colours):\n    return signature(colours)\n",
    }
    text = "# blend is wrong\n\nIt is compared with what `inspect` gives.\n\n```python\nimport inspect\nimport paint\n```\n"
    with Index.open(make(tmp_path, files)) as index:
        found = [s.name for s in locate(index, text).symbols]
    assert found[0] == "blend"
    without = text.replace("import inspect\n", "")
    with Index.open(tmp_path) as index:
        assert "inspect" in [s.name for s in locate(index, without).symbols][:2]
