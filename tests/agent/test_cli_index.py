"""``fixbot index`` and ``fixbot graph`` as a user meets them."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": "from shop.tax import rate\n\n\nclass Cart:\n    def total(self):\n        return rate()\n",
    "shop/tax.py": "def rate():\n    return 2\n",
    "blob.py": "\0",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        where = tmp_path / "project" / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text)
    return tmp_path / "project"


def test_index_says_what_the_contract_says(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", str(project), "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert {k: document[k] for k in ("files", "parsed", "cached", "edges", "symbols")} == {
        "files": 3, "parsed": 3, "cached": 0, "edges": 5, "symbols": 6,
    }  # fmt: skip
    assert document["skipped"] == [{"path": "blob.py", "why": "binary"}]
    assert document["bytes"] == sum(len(t) for p, t in FILES.items() if p != "blob.py")
    assert err == ""
    assert run(["index", str(project), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["parsed"], again["cached"]) == (0, 3)


def test_index_in_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", str(project)]) == 0
    out = capsys.readouterr().out
    assert "3 files" in out
    assert "skipped blob.py: binary" in out


def test_the_graph_of_a_large_project_is_resolved_when_it_is_asked_for(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "large.py").write_text("# much text, and no more\n" * 50_000)
    assert run(["index", str(project)]) == 0
    assert "first needed" in capsys.readouterr().out
    assert run(["index", str(project), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert not document["resolved"]
    assert document["edges"] > 0
    for command in (["index", str(project), "--links", "--json"], ["index", str(project), "--json"]):
        assert run(command) == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["resolved"], document["edges"]) == (True, 5)


def test_no_such_folder_is_exit_2_in_one_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", str(tmp_path / "none"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "usage"
    (tmp_path / "a.py").write_text("")
    assert run(["graph", str(tmp_path / "a.py")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_cache_that_cannot_be_used_is_said_and_does_no_harm(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path / "file"))
    assert run(["index", str(project), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["files"] == 3
    assert "memory only" in json.loads(out)["warnings"][0]
    assert "memory only" in err


def test_an_odd_file_name_cannot_drive_the_terminal(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "\x1b[31mred.py").write_text("\0")
    assert run(["index", str(project)]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("form", [["--format", "json"], ["--json"]])
def test_graph_as_json_has_the_contracts_shape(
    project: Path, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", str(project), *form]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"id": "shop/cart.py::Cart.total", "kind": "method", "path": "shop/cart.py", "line": 5} in document["nodes"]
    found = {(e["from"], e["to"], e["kind"]) for e in document["edges"]}
    assert ("shop/cart.py::Cart.total", "shop/tax.py::rate", "calls") in found
    assert ("shop/cart.py", "shop/tax.py", "imports") in found


@pytest.mark.parametrize("name", ["rate", "shop.tax.rate", "shop/tax.py::rate"])
def test_graph_of_a_symbol_shows_its_neighbours_only(
    project: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", str(project), "--of", name, "--json"]) == 0
    ids = {n["id"] for n in json.loads(capsys.readouterr().out)["nodes"]}
    assert ids == {"shop/tax.py::rate", "shop/tax.py", "shop/cart.py::Cart.total"}


def test_graph_of_an_unknown_or_unclear_name_says_what_to_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", str(project), "--of", "nothing"]) == 2
    assert "nothing is called nothing" in capsys.readouterr().err
    (project / "shop/more.py").write_text(
        "class A:\n    def rate(self): pass\n\n\nclass B:\n    def rate(self): pass\n"
    )
    assert run(["graph", str(project), "--of", "rate"]) == 0
    (project / "shop/tax.py").write_text("")
    capsys.readouterr()
    assert run(["graph", str(project), "--of", "rate"]) == 2
    assert "A.rate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", "3 modules"), ("mermaid", "flowchart"), ("dot", "digraph"), ("svg", "<svg"), ("html", "<!doctype html>")],
)
def test_every_format_is_drawn(project: Path, form: str, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", str(project), "--format", form]) == 0
    out = capsys.readouterr().out
    assert out.startswith(begins)
    assert "shop.tax" in out
