"""``fixbot context`` as a user runs it."""

import json
import subprocess
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run

FILES = {
    "cart.py": "from tax import vat\n\n\ndef total(prices):\n    return sum(prices) + vat(sum(prices))\n",
    "tax.py": "def vat(amount):\n    return amount * 0.2\n",
    "issue.md": "# VAT is wrong\n\n`vat` gives too much for an amount of 100.\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "pictures.bin").write_bytes(bytes(range(256)) * 9)
    return tmp_path


def test_a_place(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["context", "cart.py:5:12", "--repo", str(repo)]) == 0
    shown = capsys.readouterr().out
    assert shown.index("cart.py:4-5  (around the place") < shown.index("tax.py:1-2  (used by total")
    assert "total -> vat (calls)" in shown
    assert "3 snippets" in shown


def test_json_for_an_issue(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["context", str(repo / "issue.md"), "--repo", str(repo), "--budget", "60", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["tokens"] <= document["budget"] == 60
    first = document["snippets"][0]
    assert set(first) == {"path", "start_line", "end_line", "text", "why", "via"}
    assert (first["path"], first["text"]) == ("tax.py", FILES["tax.py"])


def test_a_budget_too_small_for_anything(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["context", "cart.py:5:12", "--repo", str(repo), "--budget", "1"]) == 0
    assert capsys.readouterr().out.startswith("0 snippets, 0 of 1 tokens, ")


@pytest.fixture
def past(repo: Path) -> Path:
    """A repository of two files that know nothing of each other, and were mended together."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "init", "--quiet"], cwd=repo, check=True)
    for number in range(3):
        for name in ("postgres", "mysql"):
            (repo / f"{name}.py").write_text(f"def quote(text):\n    return text * {number}\n")
        for command in (("add", "--all"), ("commit", "--quiet", "--message=Fix quoting, which crashed")):
            subprocess.run(["git", *who, *command], cwd=repo, check=True)
    return repo


def test_what_was_mended_together_is_shown_once_the_past_is_known(
    past: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["context", "mysql.py:2:5", "--repo", str(past)]) == 0
    assert "postgres" not in capsys.readouterr().out
    assert run(["locate", str(past / "issue.md"), "--repo", str(past)]) == 0
    capsys.readouterr()
    assert run(["context", "mysql.py:2:5", "--repo", str(past)]) == 0
    shown = capsys.readouterr().out
    assert "postgres.py:1" in shown
    assert "fixed together with quote before" in shown


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ("cart.py:6:2", "line 6 of cart.py has no column 2"),
        ("cart.py:7:1", "cart.py has no line 7"),
        ("cart.py:0:1", "cart.py has no line 0"),
        ("cart.py:5:99", "line 5 of cart.py has no column 99"),
        ("no.py:1:1", "there is no file no.py"),
        ("../cart.py:1:1", "there is no file ../cart.py"),
        ("issue.md:1:1", "issue.md is not source code"),
        ("nothing.md", "cannot read nothing.md"),
        ("cart.py:5", "'cart.py:5' is no place in a file"),
        ("cart.py:-5:1", "'cart.py:-5:1' is no place in a file"),
        ("cart.py:5:x", "'cart.py:5:x' is no place in a file"),
        ("pictures.bin:1:1", "pictures.bin: binary"),
        ("pictures.bin", "pictures.bin is not text"),
        (".", ". is a folder"),
        ("/etc/passwd:1:1", "/etc/passwd is outside"),
    ],
)
def test_what_is_not_there(
    repo: Path, about: str, says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo)
    assert run(["context", about, "--repo", str(repo)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("budget", ["0", "-5", "many"])
def test_a_budget_must_be_positive(repo: Path, budget: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["context", "cart.py:1:1", "--repo", str(repo), "--budget", budget]) == 2
    assert "--budget" in capsys.readouterr().err


def test_a_budget_that_takes_all(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["context", "cart.py:1:1", "--repo", str(repo), "--budget", "9" * 20, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tokens"] < 1000


def test_a_project_without_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["context", "a.py:1:1", "--repo", str(tmp_path)]) == 2
    assert "no source code in" in capsys.readouterr().err


@pytest.mark.parametrize("about", ["huge.py:4000:5", "issue.md"])
def test_half_a_megabyte_is_read_in_bounded_work(
    tmp_path: Path, about: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "".join(
        f"    step_{n} = step_{n - 1} + {n}  # one of many small steps, each on a line of its own\n"
        for n in range(8000)
    )
    (tmp_path / "huge.py").write_text(f"def huge(step_0):\n{body}    return step_1\n")
    (tmp_path / "issue.md").write_text("huge fails\n" + "zebra parse_date os.path " * 20000)
    where = about if ".py" in about else str(tmp_path / about)
    assert run(["context", where, "--repo", str(tmp_path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert 0 < document["tokens"] <= document["budget"]
    assert all("huge" in s["text"] or "step_" in s["text"] for s in document["snippets"])


def test_a_folder_is_no_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/cart.py").write_text("x = 1\n")
    for folder in (".", "shop"):
        assert run(["context", f"{folder}:1:1", "--repo", str(tmp_path)]) == 2
        assert f"{folder} is a folder" in capsys.readouterr().err
