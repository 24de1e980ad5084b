"""A kept patch holds no keys, and is applied, taken back and printed with those that the files hold; else it says what it lacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.runs import Kept, Redactor, Run, Trail
from fixbot_agent.solving.delivering import applying, keeping
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.delivering.undoing import undo
from fixbot_agent.solving.reporting.report import Report, Status
from fixbot_repair.candidates.diff import unified
from fixbot_repair.errors import PatchError

KEY, OTHER = "plantedSaltAbC123", "plantedOther-44zz"
OLD = f"a = 1\n\n\ndef token(user):\n    key = '{KEY}'\n    return user\n\n\ndef other():\n    key = '{OTHER}'\n"
PEM = "KEY = '''-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----'''\nx = 1\n"
CHANGED = {
    "a key beside the change": OLD.replace("return user", "return key + user"),
    "a key that moves": OLD.replace(f"    key = '{KEY}'\n", "").replace("a = 1\n", f"a = 1\n    key = '{KEY}'\n"),
    "two keys": OLD.replace("return user", "return 2").replace("def other", "def others"),
    "what holds it is called otherwise": OLD.replace("    key", "  key"),
}


def git(root: Path, *args: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *args], cwd=root, check=True)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q")
    return root.resolve()


def kept(repo: Path, old: str, new: str, runs: Path | None = None) -> Kept:
    """A run whose patch was verified on the tree with `old` as it is."""
    (repo / "conf.py").write_text(old)
    runs = runs or repo.parent / "runs"
    run = Run.start(runs, Redactor(values=[KEY, OTHER]), pytest.fail)
    run.event("started", command="solve", root=str(repo))
    patch = unified({"conf.py": old.encode()}, {"conf.py": new.encode()})
    report = Report(Status.PLAUSIBLE, 0, patch=patch, files=("conf.py",), run=run.id)
    keeping.keep(run, report, (Change("conf.py", old.encode(), new.encode()),), allow_tests=False)
    run.close()
    found = Trail(runs).find(run.id)
    assert KEY not in found.patch
    assert "[redacted: " in found.patch
    return found


def write(repo: Path, found: Kept) -> None:
    """What ``runs apply`` does."""
    changes, _ = keeping.kept_changes(found, repo)
    applying.write(repo, changes, repo.parent / "state")
    run = Run.resume(found.folder, Redactor(), pytest.fail)
    keeping.applied(run, repo, changes)
    run.close()


@pytest.mark.parametrize("case", CHANGED)
def test_a_kept_patch_is_applied_and_taken_back_with_the_keys_of_the_files(repo: Path, case: str) -> None:
    found = kept(repo, OLD, CHANGED[case])
    assert keeping.whole_patch(found, repo) == unified({"conf.py": OLD.encode()}, {"conf.py": CHANGED[case].encode()})
    write(repo, found)
    assert (repo / "conf.py").read_text() == CHANGED[case]
    assert keeping.already_there(found, repo) == ("conf.py",)
    undo(found, repo, repo.parent / "state")
    assert (repo / "conf.py").read_text() == OLD


@pytest.mark.parametrize(
    ("old", "new"), [(OLD, OLD.replace("a = 1", f"a = '{KEY}' + 'x'")), (PEM, PEM.replace("x = 1", "x = 2"))]
)
def test_a_kept_patch_that_cannot_be_whole_again_says_so(repo: Path, old: str, new: str) -> None:
    found = kept(repo, old, new)
    with pytest.raises(PatchError, match="the kept patch leaves out a key, as runs hold none") as refused:
        keeping.kept_changes(found, repo)
    assert refused.value.hint == "run it again with --apply"
    assert (repo / "conf.py").read_text() == old


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_key_that_the_patch_took_away_comes_back_from_the_commit_or_not_at_all(
    repo: Path, is_committed: bool
) -> None:
    new = OLD.replace(f"'{KEY}'", "os.environ['KEY']")
    found = kept(repo, OLD, new)
    if is_committed:
        git(repo, "add", ".")
        git(repo, "commit", "-qm", "s")
    write(repo, found)
    if is_committed:
        undo(found, repo, repo.parent / "state")
        assert (repo / "conf.py").read_text() == OLD
        return
    with pytest.raises(PatchError, match="leaves out a key"):
        undo(found, repo, repo.parent / "state")
    assert (repo / "conf.py").read_text() == new, "nothing is written"


def test_a_finished_run_prints_its_patch_whole_once_more(repo: Path) -> None:
    new = CHANGED["a key beside the change"]
    kept(repo, OLD, new, Path(os.environ["FIXBOT_HOME"]) / "state" / "runs")
    again = [sys.executable, "-m", "fixbot_agent.cli", "solve", "--resume", "last"]
    patch = subprocess.run(again, cwd=repo, capture_output=True, check=False)
    assert patch.returncode == 0, patch.stderr
    subprocess.run(["git", "apply"], input=patch.stdout, cwd=repo, check=True)
    assert (repo / "conf.py").read_text() == new
    told = subprocess.run([*again, "--json"], cwd=repo, capture_output=True, check=False, text=True)
    assert "leaves out a key" in told.stderr, "the files are others now"
    assert "[redacted: key]" in json.loads(told.stdout)["patch"]
