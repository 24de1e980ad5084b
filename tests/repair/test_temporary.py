"""Temporary folders: not in the user's repository, not left behind, and nobody's who lives is taken away."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fixbot_repair import temporary
from fixbot_repair.errors import EnvironmentFailure

HOLD = (
    "import sys, time\nfrom fixbot_repair import temporary\nfolder = temporary.Folder()\n(folder.path / 'x').touch()\n"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(temporary, "_swept", set())
    return folder


def hold(place: Path) -> "tuple[subprocess.Popen[str], Path]":
    """Another process with a folder of its own in `place`."""
    environment = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    argv = [sys.executable, "-c", f"{HOLD}print(folder.path, flush=True)\ntime.sleep(600)\n"]
    other = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True)
    assert other.stdout
    return other, Path(other.stdout.readline().strip())


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600)


def test_folders_of_killed_owners_go_at_once_and_those_of_living_ones_stay(place):
    (killed, left), (alive, used) = hold(place), hold(place)
    with killed, alive:
        killed.kill()
        killed.wait()
        try:
            with temporary.Folder() as mine:
                assert not left.exists()
                assert (used / "x").exists()
                assert mine.path.parent == place
            assert set(place.iterdir()) == {used}
        finally:
            alive.kill()


def test_a_folder_that_was_just_made_is_left_alone(place):
    (place / "fixbot-new-abcdefgh").mkdir()
    with temporary.Folder():
        assert (place / "fixbot-new-abcdefgh").exists()


def test_a_folder_has_its_lock_before_its_name(place, monkeypatch):
    """So one that has the name and no lock can go at once: nobody is about to lock it."""
    seen = []
    real = temporary._lock
    monkeypatch.setattr(temporary, "_lock", lambda folder: seen.append(Path(folder).name) or real(folder))
    with temporary.Folder() as mine:
        assert [name[:11] for name in seen] == ["fixbot-new-"]
        assert real(str(mine.path)) is None, "it is held"
        assert mine.path.name.startswith(f"fixbot-{os.getpid()}-")
    assert list(place.iterdir()) == []


def test_links_and_folders_of_others_are_not_swept(place, tmp_path, monkeypatch):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (place / "fixbot-1-abcdefgh").symlink_to(tmp_path / "precious")
    (place / "fixbot-judge-abcdefgh").mkdir()
    (place / "fixbot-2-abcdefgh").mkdir()
    (place / "fixbot-2-abcdefgh" / "link").symlink_to(tmp_path / "precious")
    (place / "fixbot-new-abcdefgh").mkdir()
    later(monkeypatch)
    temporary.Folder().close()
    assert {p.name for p in place.iterdir()} == {"fixbot-1-abcdefgh", "fixbot-judge-abcdefgh"}
    assert (tmp_path / "precious" / "file").exists()


def test_the_current_folder_is_never_taken(place, tmp_path, monkeypatch):
    """Where every usual place is full, `tempfile` takes the current folder: the user's repository."""
    taken = []

    def full(**options: str) -> None:
        taken.append(options["dir"])
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMP", ".")
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    for make in (temporary.Folder, temporary.file):
        with pytest.raises(EnvironmentFailure, match="No space left") as caught:
            make()
        assert "TMPDIR" in caught.value.hint
    assert str(place) in taken
    assert not {str(tmp_path), "."} & set(taken)
    assert list(tmp_path.iterdir()) == [place]
