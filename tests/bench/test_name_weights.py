"""``fixbot bench name-weights`` on two small projects: weights are learnt, written as Python, and judged on what was left out."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run

pytest.importorskip("numpy")


def test_weights_of_names_are_learnt_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for project in ("one", "two"):
        (tmp_path / project).mkdir()
        text = "".join(
            f"def f{n}(value, other):\n    total = len(value)\n    return total + other\n\n\n" for n in range(6)
        )
        (tmp_path / project / "code.py").write_text(f"import os\n\n\n{text}")
    out = tmp_path / "weights.py"
    projects = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert run(["bench", "name-weights", *projects, "--positions", "12", "--out", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["project"] for row in document["rows"]] == ["one", "two"]
    assert all(row["mrr"] > 0.2 for row in document["rows"])
    scope: dict[str, dict[str, float]] = {}
    exec(out.read_text(), scope)
    assert scope["NAME_WEIGHTS"]["next token"] > 0
