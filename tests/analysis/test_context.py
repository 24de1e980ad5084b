"""What a model would be given: whole units, within the budget, none twice."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixbot_analysis.context import Context, Focus, Snippet, tokens_in
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Query
from fixbot_analysis.source import Position

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "import os\n"
        "from shop.discounts import Discount, best_of\n\n\n"
        "class Cart:\n"
        '    """What is bought."""\n\n'
        "    def __init__(self):\n"
        "        self.lines = []\n\n"
        "    def amount(self):\n"
        "        return sum(line.price for line in self.lines)\n\n"
        "    def total(self, discounts):\n"
        "        discount = best_of(discounts)\n"
        "        return discount.apply(self.amount())\n\n\n"
        "def unrelated():\n"
        "    return os.sep\n"
    ),
    "shop/discounts.py": (
        "class Discount:\n"
        "    def apply(self, amount):\n"
        "        return amount - self.share\n\n\n"
        "def best_of(discounts):\n"
        "    return max(discounts, key=lambda d: d.share)\n"
    ),
    "shop/till.py": (
        "from shop.cart import Cart\n\n\n"
        "def pay(lines):\n"
        "    cart = Cart()\n"
        "    cart.lines = lines\n"
        "    return cart.total([])\n"
    ),
    "tests/test_cart.py": (
        "from shop.cart import Cart\n\n\n"
        "def test_total():\n"
        "    assert Cart().total([]) == 0\n\n\n"
        "def test_nothing():\n"
        "    assert True\n"
    ),
    "broken.py": "def f(:\n    return (\n\nclass\n",
    "empty.py": "",
}
TOTAL = Focus("shop/cart.py", Position(14, 20))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.open(make(tmp_path_factory.mktemp("project"), FILES))


def make(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def found(context: Context, path: str, text: str) -> Snippet:
    (snippet,) = [s for s in context.snippets if s.path == path and text in s.text]
    return snippet


def test_the_unit_around_a_place_comes_first(index: Index) -> None:
    first = Context.build(index, TOTAL).snippets[0]
    assert (first.path, first.start_line, first.end_line, first.why) == ("shop/cart.py", 14, 16, "around the place")
    assert first.text == "".join(FILES["shop/cart.py"].splitlines(keepends=True)[13:16])


def test_definitions_siblings_callers_and_the_nearest_test(index: Index) -> None:
    context = Context.build(index, TOTAL)
    assert found(context, "shop/discounts.py", "def best_of").why == "used by Cart.total"
    assert found(context, "shop/till.py", "def pay").why == "calls Cart.total"
    assert found(context, "tests/test_cart.py", "def test_total").why == "tests Cart.total"
    assert found(context, "shop/cart.py", "from shop.discounts import").why == "imports of the file"
    assert found(context, "shop/cart.py", "class Cart").why == "the class of total"
    assert found(context, "shop/cart.py", "def __init__").text == "    def __init__(self):\n"
    assert all("test_nothing" not in s.text for s in context.snippets)


def test_outside_of_definitions_the_lines_around_count(index: Index) -> None:
    context = Context.build(index, Focus("shop/cart.py", Position(0, 0)))
    assert context.snippets[0].start_line == 1
    assert Context.build(index, Focus("empty.py", Position(0, 0))).snippets == ()


def test_an_issue_gives_the_definitions_it_fits(index: Index) -> None:
    text = "Cart.total gives the wrong amount with discounts"
    context = Context.build(index, text)
    assert "def total" in context.snippets[0].text
    assert context.snippets[0].why.startswith("fits the text: ")
    assert found(context, "tests/test_cart.py", "def test_total").why == "tests Cart.total"
    assert Context.build(index, Query.from_text(text)) == context
    assert Context.build(index, "zebra").snippets == ()


PLACES = st.sampled_from([(path, line) for path, text in FILES.items() for line in range(text.count("\n") + 1)])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=PLACES, budget=st.integers(0, 300))
def test_the_budget_is_kept_and_no_line_comes_twice(index: Index, place: tuple[str, int], budget: int) -> None:
    context = Context.build(index, Focus(place[0], Position(place[1], 0)), budget)
    assert context.tokens == sum(s.tokens for s in context.snippets) <= budget
    lines = [(s.path, line) for s in context.snippets for line in range(s.start_line, s.end_line + 1)]
    assert len(lines) == len(set(lines))
    for snippet in context.snippets:
        whole = FILES[snippet.path].splitlines()
        assert snippet.text.splitlines() == whole[snippet.start_line - 1 : snippet.end_line]
        assert snippet.why


def test_the_same_question_has_the_same_answer(index: Index) -> None:
    assert Context.build(index, TOTAL) == Context.build(Index.open(index.tree.root), TOTAL)


def test_a_long_definition_gives_way_to_the_lines_around_the_place(tmp_path: Path) -> None:
    body = "".join(f"    step_{n} = {n}\n" for n in range(200))
    index = Index.open(make(tmp_path, {"a.py": f"def long():\n{body}"}))
    context = Context.build(index, Focus("a.py", Position(100, 0)), 500)
    header, around = context.snippets[:2]
    assert (header.text, header.why) == ("def long():\n", "header of long")
    assert "step_99 " in around.text
    assert around.end_line - around.start_line < 40


def test_a_file_that_is_not_there(index: Index) -> None:
    with pytest.raises(SourceError):
        Context.build(index, Focus("nowhere.py", Position(0, 0)))


def test_tokens_are_rounded_up() -> None:
    assert [tokens_in("x" * n) for n in (0, 1, 4, 5)] == [0, 1, 1, 2]
