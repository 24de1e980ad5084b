"""What a model's tools cost is measured on a private copy, and each kind of step has its figures."""

import json
import os
import subprocess
from pathlib import Path

from click.testing import CliRunner

from fixbot_bench.command import command


def test_steps_are_measured_and_the_project_stays_as_it_is(tmp_path: Path) -> None:
    text = "".join(f"def part{n}(value):\n    found = value + {n}\n    return found{n}\n\n\n" for n in range(9))
    text = text.replace(
        "found = value", "found0 = found1 = found2 = found3 = found4 = found5 = found6 = found7 = found8 = value"
    )
    (tmp_path / "parts.py").write_text(text)
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], env=variables, check=True)
    done = CliRunner().invoke(command, ["steps", str(tmp_path), "--count", "3", "--json"], standalone_mode=False)
    assert done.exception is None, done.output
    rows = {row["step"]: row for row in json.loads(done.stdout)["steps"]}
    assert {"view a file", "search text", "edit", "graph: callers"} <= rows.keys()
    assert all(row["count"] == 3 and row["refused"] == 0 for row in rows.values())
    assert (tmp_path / "parts.py").read_text() == text
