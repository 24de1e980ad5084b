"""``fixbot locate`` as a user runs it."""

import io
import json
import os
import sys
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run

FILES = {
    "cart.py": "def total(prices):\n    return sum(prices)\n",
    "tax.py": "def vat(amount):\n    return amount * 0.2\n",
    "issue.md": "# VAT is wrong\n\n`vat` gives too much for an amount of 100.\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_ranked_table(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["locate", str(repo / "issue.md"), "--repo", str(repo)]) == 0
    shown = capsys.readouterr().out
    files, symbols, lines = shown.split("\n\n")
    assert files.startswith("Files")
    assert "tax.py" in files.splitlines()[1]
    assert "tax.py:1 vat" in symbols
    assert "words" in symbols
    assert "names" in symbols
    assert "tax.py:1" in lines


def test_json(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["locate", str(repo / "issue.md"), "--repo", str(repo), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["files"][0]["path"] == "tax.py"
    (symbol, *_) = document["symbols"]
    assert (symbol["path"], symbol["name"], symbol["line"], symbol["end_line"]) == ("tax.py", "vat", 1, 2)
    assert set(symbol) == {"path", "name", "line", "end_line", "score", "why", "because"}
    assert "names: vat" in symbol["because"]
    assert set(document["lines"][0]) == {"path", "line", "score"}
    assert document["seconds"] >= 0


def test_stdin(repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("vat 计算错误".encode())))
    assert run(["locate", "-", "--repo", str(repo)]) == 0
    assert "tax.py" in capsys.readouterr().out


def test_nothing_fits(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "zebra.md").write_text("重定向后丢失了饼干", encoding="utf-8")
    assert run(["locate", str(repo / "zebra.md"), "--repo", str(repo)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("nothing in this project")
    assert "paste the traceback" in said  # what would help, where another language shares no word with the code


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x00\x01\x02", "not text"),
        (b"x" * (5 << 20), "larger than 4 MB"),
        (None, "cannot read"),
    ],
)
def test_no_usable_text(repo: Path, content: bytes | None, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    if content is not None:
        (repo / "bad.md").write_bytes(content)
    assert run(["locate", str(repo / "bad.md"), "--repo", str(repo), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert says in error["message"]
    assert error["hint"]


def test_a_folder_is_no_issue(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["locate", str(repo), "--repo", str(repo)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_no_source_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "issue.md").write_text("vat")
    assert run(["locate", str(tmp_path / "issue.md"), "--repo", str(tmp_path)]) == 2
    assert "no source code" in capsys.readouterr().err


def test_names_cannot_drive_the_terminal(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "vat\x1b[31m.py").write_text("def vat(): pass\n")
    assert run(["locate", str(repo / "issue.md"), "--repo", str(repo)]) == 0
    assert "\x1b[31m" not in capsys.readouterr().out


def test_a_pipe_is_refused_and_not_waited_for(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(repo / "pipe")
    assert run(["locate", str(repo / "pipe"), "--repo", str(repo)]) == 2
    assert "pipe is no regular file" in capsys.readouterr().err
    assert run(["context", str(repo / "pipe"), "--repo", str(repo)]) == 2
