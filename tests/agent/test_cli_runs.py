"""``fixbot runs`` as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.runs import Redactor, Run
from fixbot_agent.solving.applying import Change
from fixbot_agent.solving.keeping import keep
from fixbot_agent.solving.report import Report, Status
from fixbot_repair.candidates.diff import unified

OLD, NEW = b"def add(a, b):\r\n    return a - b\r\n", b"def add(a, b):\r\n    return a + b\r\n"


def fixbot(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fixbot_agent.cli", *args], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "calc.py").write_bytes(OLD)
    for args in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "s"],
    ):
        subprocess.run(["git", *args], cwd=root, check=True)
    return root.resolve()


def made(repo: Path, status: Status = Status.PLAUSIBLE, after: bytes = NEW) -> str:
    run = Run.start(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs", Redactor(), pytest.fail)
    run.event("started", command="solve", root=str(repo))
    patch = unified({"calc.py": OLD}, {"calc.py": after})
    report = Report(status, 0, patch=patch, files=("calc.py",), seconds=1.25, run=run.id)
    keep(run, report, (Change("calc.py", OLD, after),), allow_tests=False)
    return run.id


def test_list_and_show(repo: Path) -> None:
    assert fixbot("runs", "list", cwd=repo).stdout == "no runs were kept yet\n"
    name = made(repo)
    assert f"{name}  solve  plausible      1.2 s  {repo}" in fixbot("runs", "list", cwd=repo).stdout
    document = json.loads(fixbot("runs", "list", "--json", cwd=repo).stdout)
    assert document["runs"] == [
        {"id": name, "command": "solve", "root": str(repo), "status": "plausible", "seconds": 1.25}
    ]
    shown = fixbot("runs", "show", "last", cwd=repo).stdout
    assert "started" in shown
    assert "+    return a + b" in shown
    assert json.loads(fixbot("runs", "show", name[:18], "--json", cwd=repo).stdout)["report"]["status"] == "plausible"
    missing = fixbot("runs", "show", "nothing", cwd=repo)
    assert missing.returncode == 2
    assert "fixbot runs list" in missing.stderr


def test_apply(repo: Path, tmp_path: Path) -> None:
    made(repo)
    done = fixbot("runs", "apply", "last", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == ["calc.py"]
    assert (repo / "calc.py").read_bytes() == NEW
    again = fixbot("runs", "apply", "last", cwd=repo)
    assert again.returncode == 2
    assert "not what the patch was verified against" in again.stderr


def test_apply_keeps_uncommitted_work(repo: Path) -> None:
    made(repo)
    (repo / "calc.py").write_bytes(OLD + b"# mine\r\n")
    for extra in ([], ["--allow-dirty"]):
        assert fixbot("runs", "apply", "last", *extra, cwd=repo).returncode == 2
        assert (repo / "calc.py").read_bytes() == OLD + b"# mine\r\n"


def test_apply_refuses_what_was_not_verified(repo: Path) -> None:
    made(repo, Status.UNVERIFIED)
    done = fixbot("runs", "apply", "last", cwd=repo)
    assert done.returncode == 2
    assert "not verified" in done.stderr
    assert (repo / "calc.py").read_bytes() == OLD
    assert fixbot("runs", "apply", "last", "--unverified", cwd=repo).returncode == 0


def test_a_patch_that_was_tampered_with_reaches_no_protected_file(repo: Path) -> None:
    name = made(repo)
    folder = Path(os.environ["FIXBOT_HOME"]) / "state" / "runs" / name
    text = "--- /dev/null\n+++ b/conftest.py\n@@ -0,0 +1 @@\n+import os\n"
    (folder / "patch.diff").write_text(text)
    (folder / "patch.json").write_text('{"before": {"conftest.py": ""}}')
    done = fixbot("runs", "apply", "last", cwd=repo)
    assert done.returncode == 2
    assert "protected" in done.stderr
    assert not (repo / "conftest.py").exists()


def test_what_is_not_there_yet_is_not_offered(repo: Path) -> None:
    said = fixbot("runs", "--help", cwd=repo).stdout
    assert "list" in said
    for name in ("undo", "export", "prune"):
        assert name not in said
