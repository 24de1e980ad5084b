"""Where a text is about: fused signals on a small project."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Located, locate

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


def test_an_error_message(index: Index) -> None:
    located = locate(index, "I get `ValueError: a share lies between nought and one` at the till")
    assert best(located) == ("shop/discounts.py", "Discount.apply")


def test_tests_are_left_out_unless_named(index: Index) -> None:
    text = "total merge discount share amount parcels weight"
    assert all(not file.path.startswith("tests/") for file in locate(index, text).files)
    assert locate(index, f"{text} in tests/test_cart.py").files[0].path == "tests/test_cart.py"


def test_text_without_spaces(index: Index) -> None:
    assert best(locate(index, "调用Cart.merge后购物车的lines不对"))[0] == "shop/cart.py"


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
