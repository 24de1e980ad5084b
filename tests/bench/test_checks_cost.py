"""``fixbot bench checks``: both sides look at the same files and find the same, and what breaks is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.command import command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text("rows = [[]] * 3\n")
    return tmp_path / "project"


def test_both_find_the_same(project: Path) -> None:
    done = CliRunner().invoke(command, ["checks", str(project), "--times", "1", "--json"], catch_exceptions=False)
    document = json.loads(done.stdout)
    assert document["findings"] == {"fixbot": 1, "semgrep": 1}
    assert document["rules_that_differ"] == []
    assert document["ratio"] > 0
    assert set(document["cpu_seconds"]) == set(document["wall_seconds"]) == {"fixbot", "semgrep"}


def test_text_is_a_table(project: Path) -> None:
    done = CliRunner().invoke(command, ["checks", str(project), "--times", "1"], catch_exceptions=False)
    assert "| fixbot check --only semgrep | 1 |" in done.stdout
    assert "| semgrep, same rules and flags | 1 |" in done.stdout
    assert "times the processor time" in done.stdout
