"""``fixbot bench edits``: fixes of the past that a template reaches, and where they stand among candidates."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_analysis.source import Span
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.mended import Ranked, Task, command, figures, fixes
from fixbot_repair.git import GitHistory

CODE = """def total(prices, start):
    result = start
    for price in prices:
        if price > 0:
            result = result - price
    return result


def count(prices, start):
    result = start
    for price in prices:
        result = result + 1
    return result
"""


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "tests").mkdir(parents=True)
    git(root, "init", "-q")
    steps = [
        ("Add prices", {"shop.py": CODE}),
        ("Fix the total: it was less than the prices", {"shop.py": CODE.replace("result - price", "result + price")}),
        ("Fix a test", {"tests/test_shop.py": "def test(): assert 1 == 1\n"}),
        (
            "Fix what no template knows",
            {"shop.py": CODE + "\n\nclass Cart:\n    def __init__(self): self.lines = {}\n"},
        ),
    ]
    for message, files in steps:
        for path, text in files.items():
            (root / path).write_text(text)
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", message)
    return root


def likes_sums(path: str, data: bytes, lines: Span, text: str) -> float:
    return 1.0 if "result + price" in text else 0.1


def test_only_small_fixes_that_a_template_makes_are_ranked(repository: Path) -> None:
    found = [fix for fix in fixes(GitHistory.open(repository), 10) if Task(fix).is_reached]
    assert [(fix.path, list(fix.lines)) for fix in found] == [("shop.py", [5])]
    assert b"result - price" in found[0].before
    assert b"result + price" in found[0].after
    task = Task(found[0])
    assert 1 <= task.rank(None) <= task.size
    assert task.rank(likes_sums) == 1


def test_the_command_compares_both_orders(repository: Path) -> None:
    done = CliRunner().invoke(command, [str(repository / ".git"), "--json"], standalone_mode=False)
    row = json.loads(done.stdout)["rows"]["all"]
    assert row["fixes"] == 1
    assert row["modelled"] <= row["candidates"]
    table = CliRunner().invoke(command, [str(repository / ".git")], standalone_mode=False)
    assert "log rank gained" in table.output


def test_a_past_without_such_fixes_is_said(repository: Path) -> None:
    with pytest.raises(DatasetError, match="no fix"):
        CliRunner().invoke(
            command, [str(repository / ".git"), "--depth", "1"], standalone_mode=False, catch_exceptions=False
        )


def test_figures_are_of_ratios() -> None:
    row = figures([Ranked(20, 10, 300), Ranked(40, 20, 300)])
    assert row["gain"] == pytest.approx(0.693, abs=0.001)
    assert (row["plain"], row["modelled"], row["modelled_first_20"]) == (30, 15, 1)
