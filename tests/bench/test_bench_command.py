"""``fixbot bench`` as a user runs it: real repositories, real processes, the documents it prints."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_repair.git.snapshot import create

FIXBOT = (sys.executable, "-m", "fixbot_agent.cli", "bench")


def bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FIXBOT, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset of one instance, and the repository it is about, as ``repos/o__r``."""
    top = tmp_path / "repos" / "o__r"
    (top / "shop").mkdir(parents=True)
    (top / "shop" / "__init__.py").write_text("")
    (top / "shop" / "till.py").write_text("def total(prices):\n    return sum(prices) + 1\n")
    (top / "shop" / "stock.py").write_text("def count(items):\n    return len(items)\n")
    base = create(top, "base").head
    row = {
        "instance_id": "o__r-1",
        "repo": "o/r",
        "version": "1",
        "problem_statement": "`total` in shop/till.py counts one too many: total([1]) gives 2",
        "base_commit": base,
        "patch": "--- a/shop/till.py\n+++ b/shop/till.py\n@@ -1,2 +1,2 @@\n def total(prices):\n-    return sum(prices) + 1\n+    return sum(prices)\n",
    }
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(row) + "\n")
    return path


def test_locate_counts_files_and_functions(dataset: Path, tmp_path: Path) -> None:
    done = bench("locate", dataset, "--repos", tmp_path / "repos", "--out", tmp_path / "out", "--k", "1,3", "--json")
    document = json.loads(done.stdout)
    assert document["instances"] == document["function_instances"] == 1
    assert document["file"] == {"1": 1.0, "3": 1.0}
    assert document["function"]["1"] == 1.0


def test_another_agents_change_is_the_prediction(dataset: Path, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(
        "import pathlib, sys\n"
        "assert 'one too many' in pathlib.Path(sys.argv[1]).read_text()\n"
        "place = pathlib.Path('shop/till.py')\n"
        "place.write_text(place.read_text().replace(' + 1', ''))\n"
        "pathlib.Path('new.py').write_text('x = 1\\n')\n"
    )
    command = shlex.join([sys.executable, str(agent), "{issue}"])
    done = bench("run", dataset, "--repos", tmp_path / "repos", "--out", tmp_path / "out", "--agent", command, "--json")
    assert json.loads(done.stdout)["patches"] == 1
    (line,) = (tmp_path / "out" / "predictions.jsonl").read_text().splitlines()
    prediction = json.loads(line)
    assert prediction["instance_id"] == "o__r-1"
    assert "-    return sum(prices) + 1\n+    return sum(prices)\n" in prediction["model_patch"]
    assert "new.py" in prediction["model_patch"]


def test_what_cannot_be_graded_says_why(dataset: Path, tmp_path: Path) -> None:
    arguments = ("--predictions", "gold", "--repos", tmp_path / "repos", "--out", tmp_path / "out")
    document = json.loads(bench("grade", dataset, *arguments, "--json").stdout)
    assert document["error_ids"] == ["o__r-1"]
    assert "no specification for o/r" in document["reasons"]["o__r-1"]
    assert "no specification" in (tmp_path / "out" / "instances" / "o__r-1" / "error.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("grade", "absent.jsonl", "--predictions", "gold", "--repos", ".", "--out", "o"), "no such dataset"),
        (("repair", ".", "--out", "o"), "no folder 'cases'"),
        (("locate", "absent.jsonl", "--repos", "/nowhere", "--out", "o"), "does not exist"),
    ],
)
def test_bad_input_is_a_matter_of_usage(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = subprocess.run([*FIXBOT, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(300)
def test_a_bundled_project_is_repaired_and_judged(examples: Path, tmp_path: Path) -> None:
    done = bench("repair", examples, "--cases", "ledger", "--timeout", 120, "--out", tmp_path / "out", "--json")
    document = json.loads(done.stdout)
    assert (document["cases"], document["plausible"], document["correct"]) == (1, 1, 1)
