"""The holes of ``fixbot bench context``, on a small project: what is a hole, what hides, what counts as found."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run
from fixbot_analysis.context import Snippet
from fixbot_analysis.index import Index
from fixbot_bench.eyes.context import METHODS, contains, fill_hole, interval
from fixbot_bench.eyes.holes import Hole, closing, find_holes, prefix

FILES = {
    "shop/__init__.py": "",
    "shop/tax.py": "def vat(amount):\n    return amount * 0.2\n\n\ndef same():\n    return 1\n",
    "shop/other.py": "def same():\n    return 2\n",
    "shop/cart.py": (
        "from shop.tax import same, vat\n\n\n"
        "def total(prices):\n    amount = sum(prices)\n    return amount + vat(amount)\n\n\n"
        "def count():\n    return same()\n"
    ),
    "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n    assert total([1])\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_holes_are_uses_of_other_files_whose_names_are_unique(root: Path) -> None:
    (hole,) = find_holes(Index.open(root), 5, 1)
    assert (hole.path, hole.line, hole.chain, hole.target) == ("shop/cart.py", 6, "vat", "shop/tax.py::vat")
    assert FILES["shop/cart.py"].splitlines()[5][hole.column :].startswith("vat(")


def test_a_judge_that_disagrees_leaves_no_holes(root: Path) -> None:
    assert find_holes(Index.open(root), 5, 1, lambda _: False) == []
    assert {h.chain for h in find_holes(Index.open(root), 5, 1, lambda _: True)} == {"vat", "same"}


def test_what_is_below_the_hole_is_hidden_while_it_is_filled(root: Path) -> None:
    index = Index.open(root)
    (hole,) = find_holes(index, 1, 1)
    assert prefix(index, hole).decode() == FILES["shop/cart.py"].split("    return amount")[0]
    before = index.digest(hole.path)
    outcome = fill_hole(index, "shop", hole, 400)
    assert index.digest(hole.path) == before
    assert set(outcome.hits) == set(METHODS)
    assert outcome.hits["fixbot"]
    assert not outcome.cause
    assert fill_hole(index, "shop", hole, 1).cause.startswith("ranked ")


def test_brackets_left_open_above_a_hole_are_closed_below_it() -> None:
    text = b"func f() { // {\n\tg('{', \"(\", [\n"
    assert closing(text) == b"])}"
    assert closing(b"/* ( */ f()") == b""


def test_holes_of_other_languages_are_calls_that_the_graph_sees(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module shop\n")
    (tmp_path / "tax.go").write_text("package shop\n\nfunc Vat(amount int) int {\n\treturn amount\n}\n")
    cart = "package shop\n\nfunc Total(sum int) int {\n\tsum += 1\n\treturn Vat(sum)\n}\n"
    (tmp_path / "cart.go").write_text(cart)
    index = Index.open(tmp_path)
    (hole,) = find_holes(index, 5, 1)
    assert (hole.path, hole.line, hole.chain, hole.target) == ("cart.go", 5, "Vat", "tax.go::Vat")
    assert prefix(index, hole).decode() == cart.partition("\treturn")[0] + "\n}\n"
    assert fill_hole(index, "shop", hole, 400).hits["fixbot"]


def test_only_the_line_that_names_the_definition_counts() -> None:
    hole = Hole("a.py", 5, 0, "f", "g", "b.py::f", 3)
    assert contains([Snippet("b.py", 3, 3, "def f():\n", "")], hole)
    assert not contains([Snippet("b.py", 4, 9, "    return 1\n", ""), Snippet("c.py", 3, 3, "def f():\n", "")], hole)


def test_the_interval_holds_the_rate() -> None:
    low, high = interval([True] * 15 + [False] * 5, 1)
    assert low < 0.75 < high
    assert interval([], 1) == (0.0, 0.0)


def test_the_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "context", str(root), "--holes", "2", "--positions", "2", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["holes"] == 1
    assert document["methods"]["fixbot"]["rate"] == 1.0
    assert document["milliseconds"][root.name]["second_visit"]["cpu"]["p95"] >= 0


def test_a_folder_without_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "context", str(tmp_path)]) == 2
    assert "holds no source" in capsys.readouterr().err


def test_what_each_kind_of_evidence_adds_is_judged_on_the_project_left_out(
    root: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "tax.py").write_text("def levy(amount):\n    return amount\n")
    (other / "till.py").write_text(
        "from tax import levy\n\n\ndef pay(amount):\n    due = amount\n    return levy(due)\n"
    )
    assert run(["bench", "context-weights", str(root), str(other), "--holes", "2", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["holes"] for row in document["rows"]] == [1, 1]
    assert document["led_to"] == document["all"]["600"] == document["rows"][0]["left_out"]["600"] == 1.0
    assert document["weights"].keys() == document["without"].keys()
    assert run(["bench", "context-weights", str(root), "--holes", "1"]) == 0
    assert "imported" in capsys.readouterr().out
