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


def test_each_strain_is_stood_at_a_small_size(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    figures = {f.name: f for f in strain.strains(project, tmp_path_factory.mktemp("strain"), 240, 30)}
    for asked in (
        "index, cold",
        "index --links, the graph's first time",
        "locate",
        "context of a place",
        "graph --of one function",
    ):
        assert figures[f"240 files: {asked}, CPU of all processes"].ours > 0
        assert figures[f"240 files: {asked}, memory at the peak, all processes"].ours > 5
    there, back = (name for name in figures if name.endswith("links stored, wall"))
    assert there.startswith("30 files become those of another branch")
    assert back.startswith("30 files become those of the first branch again")
    (slowest,) = (figure for name, figure in figures.items() if name.endswith("prefixes: update, slowest, CPU"))
    assert slowest.ours > 0
