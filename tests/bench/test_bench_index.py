"""``fixbot bench index``: its figures, and that the index stands the strain, on a small scale."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run
from fixbot_bench.eyes import strain


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for n in range(5):
        (tmp_path / f"m{n}.py").write_text(f"import m{n + 1}\n\ndef f{n}():\n    m{n + 1}.f{n + 1}()\n")
    return tmp_path


def test_each_figure_stands_beside_its_reference(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p.name: p.read_bytes() for p in project.iterdir()}
    assert run(["bench", "index", str(project), "--repeats", "1", "--sample", "3", "--json"]) == 0
    figures = {row["name"]: row for row in json.loads(capsys.readouterr().out)["figures"]}
    cold = figures["index cold, process and workers, CPU"]
    assert "tree-sitter" in cold["reference"]
    assert cold["ours"] > cold["theirs"] > 0
    assert figures["change of any file: facts stored, p95, CPU"]["ours"] > 0
    assert figures["memory with index, graph and code model, stored before"]["ours"] > 5
    assert {p.name: p.read_bytes() for p in project.iterdir()} == before


def test_a_project_without_source_is_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "index", str(tmp_path), "--repeats", "1", "--json"]) == 2
    assert "no source" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_a_large_tree_with_links_in_circles_is_read_once(tmp_path: Path) -> None:
    rows = list(strain.large(tmp_path, 1200))
    assert [name for name, *_ in rows] == [
        f"1200 files of all kinds (600 read), {how}, wall" for how in ("cold", "warm")
    ]


def test_a_switch_of_branches_leads_to_the_other_branch_and_back(tmp_path: Path) -> None:
    rows = [name for name, *_ in strain.switched(tmp_path, 60)]
    assert len(rows) == 4
    assert rows[1] == rows[3]


def test_a_module_is_typed_prefix_by_prefix(project: Path) -> None:
    name, slowest, *_ = strain.typed(project, 20)
    assert "20 prefixes" in name
    assert slowest > 0
