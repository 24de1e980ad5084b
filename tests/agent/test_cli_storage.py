"""A home that is a file, a disk without room: what to do is said, nothing is lost or half written, nothing is called a bug of fixbot's."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run
from fixbot_agent.cli.storage import write


@pytest.fixture
def file_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "notes.txt"
    home.write_text("not a folder\n")
    monkeypatch.setenv("FIXBOT_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


def full(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command that can write to pipes but not a byte to a file."""

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "fixbot_agent.cli", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, preexec_fn=fill)


@pytest.mark.parametrize(
    "args",
    [("stats",), ("stats", "--clear"), ("runs", "list"), ("runs", "show", "last"), ("solve", "--resume", "last")],
)
def test_a_home_that_is_a_file_is_named_with_what_to_do(
    file_home: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...]
) -> None:
    assert run(args) == 2
    said = capsys.readouterr().err
    assert "Not a directory" in said
    assert f"{file_home} is no folder" in said
    assert "FIXBOT_HOME" in said
    assert "bug" not in said


def test_trust_in_a_home_that_is_a_file(file_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert run(["trust", "repo", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)["error"]
    assert "Not a directory" in said["message"]
    assert "FIXBOT_HOME" in said["hint"]
    assert file_home.read_text() == "not a folder\n"


def test_the_doctor_tells_a_home_that_is_a_file_from_one_that_is_read_only(
    file_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert "cannot be made" in checks["state"]["detail"]
    assert f"{file_home} is no folder" in checks["state"]["hint"]


def test_trust_on_a_full_disk_leaves_what_was_trusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (tmp_path / name / ".git").mkdir(parents=True)
    assert run(["trust", str(tmp_path / "one")]) == 0
    done = full("trust", "two", cwd=tmp_path)
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert "make room" in done.stderr
    capsys.readouterr()
    run(["trust", "--list"])
    assert capsys.readouterr().out == f"{tmp_path.resolve() / 'one'}\n"
    left = list((Path(os.environ["FIXBOT_HOME"]) / "state").iterdir())
    assert [place.name for place in left] == ["trust.json"]


def test_a_page_on_a_full_disk_leaves_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("the one before")
    done = full("stats", "--page", str(page), cwd=tmp_path)
    assert done.returncode == 2
    assert "has room" in done.stderr
    assert page.read_text() == "the one before"
    assert [place.name for place in tmp_path.iterdir() if "page" in place.name] == ["page.html"]


def test_a_file_that_is_written_anew_keeps_its_mode_and_a_link_its_end(tmp_path: Path) -> None:
    private, link = tmp_path / "a.diff", tmp_path / "b.diff"
    private.write_text("before")
    private.chmod(0o600)
    link.symlink_to(private)
    write(private, b"after")
    assert (private.read_text(), private.stat().st_mode & 0o777) == ("after", 0o600)
    write(link, b"through")
    assert link.is_symlink()
    assert private.read_text() == "through"
