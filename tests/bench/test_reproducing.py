"""The bench of reproductions: what is written from the text alone, run at base and with the known patch."""

import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_bench.errors import BenchEnvironmentError
from fixbot_bench.instance import Instance
from fixbot_bench.reproducing.command import is_for_looking, measure
from fixbot_bench.reproducing.grounds import ground
from fixbot_bench.reproducing.trying import Came, Trials
from fixbot_bench.runner import Runner
from fixbot_repair.environment import Environment
from fixbot_repair.issue_reader import read
from fixbot_repair.sandbox import choose

GEO = "def area(r):\n    return 3 * r * r\n\n\ndef last(items):\n    return items[-1]\n"
PATCH = "diff --git a/geo.py b/geo.py\n--- a/geo.py\n+++ b/geo.py\n@@ -1,2 +1,2 @@\n def area(r):\n-    return 3 * r * r\n+    return 3.125 * r * r\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "geo"
    (root / "tests").mkdir(parents=True)
    (root / "geo.py").write_text(GEO)
    (root / "tests/test_geo.py").write_text("from geo import area\n\n\ndef test_one():\n    assert area(0) == 0\n")
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for args in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
        subprocess.run(["git", *who, *args], cwd=root, check=True)
    return root


@pytest.mark.parametrize(
    ("said", "came"),
    [
        ("Expected `12.5`, got `12`.", Came.RIGHT),
        ("Expected `13`, got `12`.", Came.WRONG),
        ("`area(0)` should give `0`, not `1`.", Came.HOLDS),
        ("Expected `12`.", Came.GONE),  # what it gives already is no wish
        ("That is plainly wrong.", Came.GONE),
    ],
)
def test_what_comes_of_an_issue(tree: Path, tmp_path: Path, said: str, came: Came) -> None:
    text = f"area is off\n\n```\n>>> from geo import area\n>>> area(2)\n12\n```\n\n{said}\n"
    instance = Instance("x__geo-1", "x/geo", "1", text, "HEAD", patch=PATCH)
    trials = Trials(tmp_path, tmp_path, choose("auto", trusted=True))
    tried = trials.run_in(instance, Environment.find(tree, Path(sys.executable)), tree, read(text))
    assert tried.came is came, tried.why
    assert "area(2)" in tried.text


def test_what_cannot_be_run_is_counted_apart_and_half_is_not_shown(tmp_path: Path) -> None:
    instances = [Instance(f"nobody__none-{n}", "nobody/none", "1", "odd", "HEAD") for n in range(8)]
    found = measure(instances, Trials(tmp_path, tmp_path, choose("auto", trusted=True)), Runner(tmp_path / "out"))
    everything, rows = found["all"], found["rows"]
    assert isinstance(everything, dict)
    assert isinstance(rows, list)
    assert (everything["instances"], everything["run"], everything["cannot be run here"]) == (8, 0, 8)
    assert [bool(row["why"]) for row in rows] == [is_for_looking(row["instance"]) for row in rows]
    assert len({is_for_looking(row["instance"]) for row in rows}) == 2


def test_grounds_are_known_or_said_not_to_be() -> None:
    assert ground("django/django", "5.0").python == "3.11"
    assert ground("pallets/flask", "2.0").module == "flask"
    with pytest.raises(BenchEnvironmentError):
        ground("nobody/none", "1")
