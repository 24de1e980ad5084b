"""``fixbot bench graph``: figures of a small project, and an empty one refused."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run


def test_questions_are_measured_beside_the_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("def f():\n    return g()\n\n\ndef g():\n    return 1\n")
    (tmp_path / "b.py").write_text("import a\n\n\ndef h():\n    return a.f()\n")
    assert run(["bench", "graph", str(tmp_path), "--seeds", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["nodes"] == 5
    assert found["nearest_agreed"] == 1.0
    assert found["power_iteration_ms"] > 0
    assert {c["question"]: c["found"] for c in found["costs"]}["clusters"] == 1
    assert run(["bench", "graph", str(tmp_path), "--seeds", "2"]) == 0
    assert "nearness by power iteration" in capsys.readouterr().out


def test_a_project_without_code_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "graph", str(tmp_path)]) == 2
    assert "no definitions" in capsys.readouterr().err
