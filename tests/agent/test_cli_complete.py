"""``fixbot complete`` as a user runs it."""

import json
import os
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run

FILES = {
    "cart.py": "class Cart:\n    def total(self):\n        return 1\n\n    def é(self):\n        '𝒳'; self.\n",
    "broken.py": "def f(:\n    x = (\n  ",
    "empty.py": "",
    "nul.py": "a\0b",
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_columns_are_characters(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["complete", "cart.py:6:19", "--repo", str(repo), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {item["label"] for item in document["items"] if not item["label"].startswith("__")} == {"total", "é"}
    assert {"label", "kind", "score", "source"} <= set(document["items"][0])
    assert document["inline"] == []
    assert document["milliseconds"] > 0


def test_a_table(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["complete", "cart.py:6:19", "--repo", str(repo)]) == 0
    first, second, more = capsys.readouterr().out.splitlines()
    assert "total" in first
    assert "method" in first
    assert "member" in second
    assert "more" in more
    assert "__" not in first + second


def test_a_file_is_named_from_here_too(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "sub").mkdir()
    (repo / "sub" / "tax.py").write_text("RATE = 1\nR")
    monkeypatch.chdir(repo / "sub")
    assert run(["complete", "tax.py:2:2", "--repo", ".."]) == 0
    assert "RATE" in capsys.readouterr().out
    assert run(["complete", str(repo / "sub" / "tax.py") + ":2:2", "--repo", ".."]) == 0


@pytest.mark.parametrize("place", ["broken.py:3:3", "empty.py:1:1"])
def test_buffers_in_the_making(repo: Path, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["complete", place, "--repo", str(repo)]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("cart.py", "is no place in a file"),
        ("cart.py:1", "is no place in a file"),
        ("cart.py:x:1", "is no place in a file"),
        ("cart.py:99:1", "has no line 99"),
        ("cart.py:6:20", "has no column 20"),
        ("no.py:1:1", "there is no file no.py"),
        ("nul.py:1:1", "nul.py"),
        (".:1:1", "."),
    ],
)
def test_what_is_not_there(repo: Path, place: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["complete", place, "--repo", str(repo), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert says in error["message"]
    assert error["hint"]


def test_a_file_outside_the_repository(
    repo: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path_factory.mktemp("other") / "a.py"
    other.write_text("x")
    assert run(["complete", f"{other}:1:1", "--repo", str(repo)]) == 2
    assert "is outside" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "cart.py").chmod(0)
    assert run(["complete", "cart.py:1:1", "--repo", str(repo)]) == 2
    assert "unreadable" in capsys.readouterr().err


def test_a_loop_of_links_is_a_matter_of_usage(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "loop").symlink_to("loop")
    assert run(["complete", "loop:1:1", "--repo", str(repo)]) == 2
    shown = capsys.readouterr().err
    assert "loop" in shown
    assert "a bug in fixbot" not in shown


def test_a_model_is_asked_where_one_is_configured_and_the_workspace_is_trusted(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIXBOT_MODELS", '{gone = {base_url = "http://127.0.0.1:1/v1", fim = "suffix", retries = 0}}')
    place = ["complete", "cart.py:3:16", "--repo", str(repo)]
    assert run([*place, "--model", "gone", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["model"]["why"] == "the workspace is not trusted"
    assert "not trusted" in captured.err
    assert run([*place, "--model", "gone", "--trust", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "cannot be reached" in document["model"]["why"]
    assert document["items"], "the built-in engine answers all the same"
    assert run([*place, "--model", "gone", "--trust"]) == 0
    assert capsys.readouterr().out.startswith(
        "built-in engines from here: model 'gone' at http://127.0.0.1:1/v1 cannot"
    )
    assert run([*place, "--no-model", "--trust", "--json"]) == 0
    assert "model" not in json.loads(capsys.readouterr().out)
    assert run([*place, "--model", "other"]) == 2
    assert "no model 'other'" in capsys.readouterr().err
    assert run([*place, "--model", "gone", "--no-model"]) == 2
