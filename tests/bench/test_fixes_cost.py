"""``fixbot bench fixes``: all sides fix the same findings, in a copy, and say what it cost."""

import json
from pathlib import Path

from click.testing import CliRunner

from fixbot_bench.command import command


def test_all_sides_fix_the_same_and_the_project_stays(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    text = "import os\nimport sys\n\nprint(sys, f'x')\n"
    (project / "a.py").write_text(text)
    arguments = ["fixes", str(project), "--select", "F", "--sample", "1"]
    done = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    document = json.loads(done.stdout)
    assert (document["offered"], document["fixed"], document["gone"], document["refused"]) == (2, 2, 0, {})
    assert [document[side]["fixes"] for side in ("fixbot", "one_at_a_time", "ruff")] == [2, 1, 2]
    assert all(document[side]["cpu_seconds"] >= 0 for side in ("fixbot", "one_at_a_time", "ruff"))
    assert (project / "a.py").read_text() == text
    assert [p.name for p in project.iterdir()] == ["a.py"]
    shown = CliRunner().invoke(command, arguments, catch_exceptions=False).stdout
    assert "| fixbot, each verified | 2 |" in shown
