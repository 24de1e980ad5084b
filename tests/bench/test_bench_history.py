"""What the past foretells is counted as it is said to be."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.eyes.history import command, hits, ranks

WHO = ("-c", "user.name=a", "-c", "user.email=a@b")


def git(top: Path, *arguments: str) -> None:
    subprocess.run(["git", *WHO, *arguments], cwd=top, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "project"
    top.mkdir()
    git(top, "init", "--quiet")
    for number in range(3):
        for name in ("cart", "till"):
            (top / f"{name}.py").write_text(f"def {name}(x):\n    return x + {number}\n")
            git(top, "add", "--all")
            git(top, "commit", "--quiet", f"--message=Fix the {name}, which crashed {number} times")
    return top


def test_ranks_and_hits_need_all_that_is_wanted() -> None:
    assert ranks(["a", "c", "x"], ["c", "b", "a"]) == (3, 1, 0)
    assert hits([(1, 3), (2, 0), ()], (1, 3)) == {"1": 0.0, "3": 0.5}
    assert hits([]) == {"1": 0.0, "3": 0.0, "5": 0.0, "10": 0.0}


def test_later_fixes_are_foretold_by_earlier_ones_alone(repository: Path) -> None:
    result = CliRunner().invoke(command, [str(repository), "--last", "10", "--json"], standalone_mode=False)
    assert result.exception is None
    (found,) = json.loads(result.stdout)["repositories"]
    assert (found["cost"]["commits"], found["cost"]["fixes"], found["cases"]) == (6, 6, 6)
    assert found["files"]["1"] == pytest.approx(4 / 6, abs=0.001)  # nothing foretells the first of each file
    assert found["functions"]["1"] > 0
    assert found["enclosing"] == {"hunks": 4, "same_as_parsed": 1.0}
    told = CliRunner().invoke(command, [str(repository)], standalone_mode=False)
    assert "6 fixes foretold" in told.stdout


def test_the_other_functions_of_a_fix_are_looked_for_in_the_tree_before_it(repository: Path) -> None:
    for number in range(3, 5):
        for name in ("cart", "till"):
            (repository / f"{name}.py").write_text(f"def {name}(x):\n    return x + {number}\n")
        git(repository, "commit", "--quiet", "--all", f"--message=Fix both, which crashed {number} times")
    result = CliRunner().invoke(command, [str(repository), "--edits", "5", "--json"], standalone_mode=False)
    assert result.exception is None
    (found,) = json.loads(result.stdout)["repositories"]
    assert (found["cases"], found["others"]) == (4, 4)
    assert found["with_past"] == 0.5  # of the first of the two fixes nothing says that both belong together
    assert found["without"] == 0.0
    assert "without 0.0" in CliRunner().invoke(command, [str(repository), "--edits", "5"], standalone_mode=False).stdout


def test_a_folder_that_is_no_repository_is_an_error_with_a_hint(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(tmp_path)], standalone_mode=False)
    assert "not a git repository" in str(result.exception)
