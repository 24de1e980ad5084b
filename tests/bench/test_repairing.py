"""``fixbot bench repair``: what it counts, and the curve of how soon a patch was there."""

import json
import subprocess
import sys
from pathlib import Path

from fixbot_bench.repairing import WITHIN, curve, drawn

FILES = {
    "cases/double/m.py": "def double(x):\n    return x * 3\n",
    "cases/double/test_m.py": "from m import double\n\n\ndef test_double():\n    assert [double(n) for n in (2, 5, 0, -3, 1.5)] == [4, 10, 0, -6, 3.0]\n",
    "fixed/double/m.py": "def double(x):\n    return x * 2\n",
}


def row(status: str, found: float | None, seconds: float) -> dict[str, object]:
    return {"case": "x", "status": status, "found": found, "seconds": seconds}


def test_the_curve_counts_all_cases_and_only_patches_that_held() -> None:
    rows = [
        row("plausible", 0.4, 3.0), row("plausible", 7.0, 12.0), row("budget", 1.5, 60.0), row("none", None, 9.0),
    ]  # fmt: skip
    shares = curve(rows)
    assert shares["found"] == {"1": 0.25, "2": 0.25, "5": 0.25, "10": 0.5, "30": 0.5, "60": 0.5}
    assert shares["verified"] == {"1": 0.0, "2": 0.0, "5": 0.25, "10": 0.25, "30": 0.5, "60": 0.5}
    first, *others = drawn({"curve": shares})
    assert [int(n) for n in first.split()[2:]] == list(WITHIN)
    assert others[0].split() == ["found", "25%", "25%", "25%", "50%", "50%", "50%"]
    assert set(curve([])["found"].values()) == {0.0}


def test_a_case_tells_when_its_patch_was_found(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    argv = [sys.executable, "-m", "fixbot_agent.cli", "bench", "repair", str(tmp_path), "--out", str(tmp_path / "out")]
    done = subprocess.run([*argv, "--timeout", "30", "--json"], capture_output=True, text=True, check=False)
    document = json.loads(done.stdout)
    (result,) = document["results"]
    assert (result["status"], result["correct"]) == ("plausible", True)
    assert 0 < result["found"] <= result["seconds"]
    assert document["curve"]["verified"]["60"] == 1.0
    shown = subprocess.run([*argv, "--timeout", "30"], capture_output=True, text=True, check=False).stdout
    assert "within seconds" in shown
    assert "verified" in shown
