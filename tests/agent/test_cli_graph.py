"""``fixbot graph``: each picture, each form, and what is said when a question cannot be answered."""

import json
from pathlib import Path

import jsonschema
import pytest

from fixbot_agent.cli.app import run
from fixbot_agent.schemas import load

FILES = {
    "shop/__init__.py": "",
    "shop/tax.py": "def rate(c):\n    '''The rate.'''\n    return 1\n\n\nBASE = rate(1)\n",
    "shop/cart.py": (
        "from shop.tax import rate\n\n\nclass Cart:\n    def total(self):\n        return rate(1)\n\n"
        "    def show(self):\n        return self.total()\n\n\nclass Big(Cart):\n    def show(self):\n        return 1\n"
    ),
    "shop/web.py": "from shop.cart import Cart\n\n\ndef page():\n    return Cart().show()\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_total():\n    assert Cart().total()\n",
}
ASKED = {
    "--overview": [],
    "--of": ["Cart.total"],
    "--hierarchy": ["Cart"],
    "--flow": ["page"],
    "--module": ["shop.cart"],
    "--impact": ["rate"],
    "--path": ["page", "Cart"],
    "--query": ["callers(rate) within 2"],
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", ""), ("mermaid", "flowchart"), ("dot", "digraph"), ("svg", "<svg"), ("html", "<!doctype html>")],
)
def test_every_picture_comes_in_every_form(
    shop: Path, asked: str, form: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", asked, *ASKED[asked], "--format", form]) == 0
    out = capsys.readouterr().out
    assert out.startswith(begins)
    assert "Cart" in out or "shop.cart" in out


@pytest.mark.parametrize("asked", ASKED)
def test_json_is_what_its_schema_says_and_the_same_each_time(
    shop: Path, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", asked, *ASKED[asked], "--json"]) == 0
    first = capsys.readouterr().out
    document = json.loads(first)
    jsonschema.validate(document, load("graph"), jsonschema.Draft202012Validator)
    ids = [n["id"] for n in document["nodes"]]
    assert ids
    assert len(ids) == len(set(ids))
    edges = [(e["from"], e["to"], e["kind"]) for e in document["edges"]]
    assert edges == sorted(edges)
    assert {end for s, t, _ in edges for end in (s, t)} <= set(ids)
    assert all(n["why"] for n in document["nodes"])
    assert run(["graph", asked, *ASKED[asked], "--json"]) == 0
    assert capsys.readouterr().out == first


def test_json_of_a_question_says_why(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--query", "callers(rate)", "--json"]) == 0
    why = {n["id"]: n["why"] for n in json.loads(capsys.readouterr().out)["nodes"]}
    assert why["shop/cart.py::Cart.total"] == "calls rate"


def test_the_overview_as_json_has_the_clusters(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--overview", "--json"]) == 0
    clusters = json.loads(capsys.readouterr().out)["clusters"]
    assert sorted(m for c in clusters for m in c["modules"]) == sorted(FILES)
    assert all(c["name"] for c in clusters)


def test_changed_lines_reach_what_calls_them(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--impact", "shop/cart.py:6"]) == 0
    out = capsys.readouterr().out
    assert "a change of Cart.total" in out
    assert out.index("test_total") < out.index("Cart.show")
    assert run(["graph", "--impact", "nothing.py:3-9"]) == 2
    assert "no indexed file" in capsys.readouterr().err


def test_calls_on_unknown_receivers_are_said_in_every_answer_that_hangs_on_calls(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "shop" / "odd.py").write_text("def odd(thing):\n    thing.show()\n    thing.show(1)\n")
    for asked in (["--query", "callers(Cart.show)"], ["--impact", "Cart.show"], ["--of", "Cart.show"]):
        assert run(["graph", *asked]) == 0
        assert "and 2 more calls of this name whose receiver is not known" in capsys.readouterr().out
        assert run(["graph", *asked, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["unknown_calls"] == 2
    assert run(["graph", "--query", "callees(Cart.show)", "--json"]) == 0
    assert "unknown_calls" not in json.loads(capsys.readouterr().out)


def test_what_is_around_can_be_narrowed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--of", "Cart.total", "--kinds", "calls", "--direction", "in", "--json"]) == 0
    ids = {n["id"] for n in json.loads(capsys.readouterr().out)["nodes"]}
    assert ids == {"shop/cart.py::Cart.total", "shop/cart.py::Cart.show", "tests/test_cart.py::test_total"}


def test_what_does_not_fit_is_said_and_json_has_it_all(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--query", "in shop", "--limit", "2"]) == 0
    assert "more" in capsys.readouterr().out.splitlines()[-1]
    assert run(["graph", "--query", "in shop", "--limit", "2", "--json"]) == 0
    short = json.loads(capsys.readouterr().out)
    assert run(["graph", "--query", "in shop", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert len(short["nodes"]) == 2
    assert short["omitted"] == len(whole["nodes"]) - 2
    assert whole["omitted"] == 0
    assert run(["graph", "--json", "--limit", "3"]) == 0
    assert len(json.loads(capsys.readouterr().out)["nodes"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--of", "Cart", "--flow", "page"], "different pictures"),
        (["--of", "Cartt"], "did you mean Cart"),
        (["--of", "xyzzy"], "nothing is called xyzzy"),
        (["--of", "shop.tax.BASE"], "BASE is a variable, and the graph has none; ask for its module, shop/tax.py"),
        (["--query", "users(BASE)"], "ask for its module, shop/tax.py"),
        (["--impact", "shop/tax.py:9999"], "shop/tax.py has no line 9999"),
        (["--impact", "shop/tax.py:4"], "nothing stands on line 4 of shop/tax.py"),
        (["--impact", "shop/tax.py:0"], "name one from 1 to 6"),
        (["--of", "show"], "may be any of 2"),
        (["--hierarchy", "page"], "page is a function"),
        (["--module", "Cart"], "this picture needs a module"),
        (["--of", "Cart", "--kinds", "flies"], "no kind of edge"),
        (["--path", "page", "page"], "are the same"),
        (["--query", "callers(rate"], "column 13: expected"),
        (["--query", ""], "column 1: expected"),
        (["--depth", "x"], "--depth"),
    ],
)
def test_a_mistake_is_named_with_what_to_do(
    shop: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) > 1
    assert run(["graph", *arguments, "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["hint"]


def test_a_mistake_in_a_question_is_pointed_at(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--query", "callers(nowhere) within 2"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].index("nowhere") == lines[2].index("^")


def test_the_page_knows_signatures_and_docs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--of", "Cart.total", "--format", "html"]) == 0
    out = capsys.readouterr().out
    assert "def rate(c)" in out
    assert "The rate." in out


def test_help_shows_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--help"]) == 0
    out = capsys.readouterr().out
    assert "class NAME < BASE" in out
    assert "fixbot graph --query 'subclasses of unittest.TestCase'" in out
