"""A workspace is the project as it is now, without anything that leads out of it, and it is gone afterwards."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure, GitError, PatchError
from fixbot_repair.startstate import StartState
from fixbot_repair.workspace import Workspace

Make = Callable[..., Path]
Git = Callable[..., str]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def workspace(own_environment: Environment, plain: object) -> Callable[..., Workspace]:
    return lambda top, **options: Workspace.create(top, own_environment, plain, **options)


def files(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: p.read_bytes() for name, p in found.items() if not name.startswith(".git/")}


def test_it_holds_the_tree_as_it_is_now(make_repository: Make, workspace: Callable[..., Workspace]) -> None:
    top = make_repository(
        {"a.py": "a", "gone.py": "", "pkg/b.py": "b", ".gitignore": "*.log\n*.so\n_version.py\n.env\n"}
    )
    (top / "a.py").write_bytes(b"changed\r\n\xff")
    (top / "gone.py").unlink()
    for name in ("new.py", "x.log", "pkg/fast.so", "pkg/_version.py", ".env"):
        (top / name).write_text(name)
    (top / "pkg" / "b.py").chmod(0o755)
    with workspace(top, overlay={"pkg/open.py": b"buffer", "new.py": b"unsaved"}) as here:
        assert files(here.path) == {
            "a.py": b"changed\r\n\xff",
            "new.py": b"unsaved",
            "pkg/b.py": b"b",
            "pkg/open.py": b"buffer",
            "pkg/fast.so": b"pkg/fast.so",
            "pkg/_version.py": b"pkg/_version.py",
            ".gitignore": b"*.log\n*.so\n_version.py\n.env\n",
        }
        assert os.access(here.path / "pkg/b.py", os.X_OK)
        assert set(here.paths) == set(files(here.path))
        assert here.read("a.py") == b"changed\r\n\xff"


def test_it_holds_a_commit_when_asked(
    make_repository: Make, workspace: Callable[..., Workspace], plain_git: Git
) -> None:
    top = make_repository({"a.py": "1", "pkg/b.py": "b"})
    (top / "a.py").write_text("2")
    plain_git(top, "commit", "--quiet", "--all", "--message=second")
    (top / "a.py").write_text("3")
    (top / "new.py").write_text("")
    with workspace(top, base="HEAD~1") as here:
        assert files(here.path) == {"a.py": b"1", "pkg/b.py": b"b"}
        assert plain_git(here.path, "rev-parse", "HEAD") == plain_git(top, "rev-parse", "HEAD~1")
        assert plain_git(here.path, "status", "--porcelain") == ""
    with pytest.raises(GitError):
        workspace(top, base="nowhere")


def test_no_settings_or_hooks_of_the_repository_come_along(
    make_repository: Make, workspace: Callable[..., Workspace], plain_git: Git
) -> None:
    top = make_repository({"a.py": ""})
    plain_git(top, "config", "core.fsmonitor", "/bin/false")
    (top / ".git" / "hooks" / "post-checkout").write_text("#!/bin/sh\n")
    with workspace(top) as here:
        assert "fsmonitor" not in (here.path / ".git" / "config").read_text()
        assert not (here.path / ".git" / "hooks").exists()


def test_a_repository_without_a_commit_works(
    tmp_path: Path, workspace: Callable[..., Workspace], plain_git: Git
) -> None:
    plain_git(tmp_path, "init", "--quiet", "empty")
    (tmp_path / "empty" / "a.py").write_text("a")
    with workspace(tmp_path / "empty") as here:
        assert here.read("a.py") == b"a"


def test_links_that_leave_the_project_are_left_out_and_said(
    make_repository: Make, workspace: Callable[..., Workspace], tmp_path: Path, plain_git: Git
) -> None:
    (tmp_path / "secret").write_text("secret")
    top = make_repository({"a.py": "a", "pkg/b.py": "b"})
    (top / "inside").symlink_to("pkg/b.py")
    (top / "absolute").symlink_to(top / "a.py")
    (top / "here").symlink_to(".")
    (top / "outside").symlink_to(tmp_path / "secret")
    (top / "round").symlink_to("here/../secret")  # leaves only once `here` is followed
    (top / "pkg" / "up").symlink_to("../../secret")
    plain_git(top, "add", "--all")
    plain_git(top, "commit", "--quiet", "--message=links")
    for options in ({}, {"base": "HEAD"}):
        with workspace(top, **options) as here:
            assert files(here.path)["inside"] == b"b"
            left_out = {note.partition(":")[0] for note in here.notes}
            assert {"outside", "round", "pkg/up"} <= left_out
            assert b"secret" not in files(here.path).values()


def test_a_folder_swapped_for_a_link_is_not_followed(
    make_repository: Make, workspace: Callable[..., Workspace], tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.py").write_text("secret")
    top = make_repository({"a.py": "", "pkg/b.py": "b"})
    (top / "pkg" / "b.py").unlink()
    (top / "pkg").rmdir()
    (top / "pkg").symlink_to(tmp_path / "outside")
    with workspace(top) as here:
        assert "pkg/b.py" not in files(here.path)
        (here.path / "pkg").symlink_to(tmp_path / "outside")  # as code under test might do
        for attempt in (lambda: here.read("pkg/b.py"), lambda: here.write({"pkg/b.py": b"x"})):
            with pytest.raises(PatchError):
                attempt()
    assert (tmp_path / "outside" / "b.py").read_text() == "secret"


def test_pipes_and_devices_do_not_block(make_repository: Make, workspace: Callable[..., Workspace]) -> None:
    top = make_repository({"a.py": "", "b.py": ""})
    (top / "b.py").unlink()
    os.mkfifo(top / "b.py")
    with workspace(top) as here:
        assert here.notes == ("b.py: neither a file nor a link",)
        os.mkfifo(here.path / "pipe")
        with pytest.raises(PatchError):
            here.read("pipe")


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", ".git/config", "a/../b", "", ".GIT/x", "a\0", "a//b", "a\\b"])
def test_no_path_leads_out(path: str, make_repository: Make, workspace: Callable[..., Workspace]) -> None:
    with workspace(make_repository({"a.py": ""})) as here:
        with pytest.raises(PatchError):
            here.write({"good.py": b"", path: b"x"})
        with pytest.raises(PatchError):
            here.read(path)
        assert here.changed() == frozenset()  # all or nothing


def test_reset_restores_the_start_exactly(make_repository: Make, workspace: Callable[..., Workspace]) -> None:
    top = make_repository({"a.py": "a < b", "pkg/b.py": "b", "pkg/deep/c.py": "c", "run.sh": ""})
    (top / "run.sh").chmod(0o755)
    (top / "link").symlink_to("a.py")
    with workspace(top) as here:
        before = files(here.path)
        here.write({"a.py": b"a > b", "pkg/b.py": None, "new/deep/d.py": b"d"})  # of the same length
        assert here.changed() == {"a.py", "pkg/b.py", "new/deep/d.py"}
        assert here.original("a.py") == b"a < b"
        (here.path / "pkg" / "deep" / "c.py").write_text("C")
        (here.path / "run.sh").chmod(0o644)
        (here.path / "link").unlink()
        (here.path / "link").mkdir()
        (here.path / "empty").mkdir()
        (here.path / "pkg" / "deep" / "locked").mkdir(mode=0o000)
        here.reset()
        assert files(here.path) == before
        assert here.changed() == frozenset()
        assert os.access(here.path / "run.sh", os.X_OK)
        assert (here.path / "link").is_symlink()
        assert not (here.path / "new").exists()
        assert not (here.path / "empty").exists()
    assert files(top) == before


def test_a_change_that_hides_its_time_is_seen(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    state = StartState(tmp_path / "tree", tmp_path / "pack")
    state.lay("a.py", b"1", 0o644)
    place = tmp_path / "tree" / "a.py"
    times = place.stat()
    while place.stat().st_ctime_ns == times.st_ctime_ns:  # the clock has ticked
        place.write_bytes(b"2")
        os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert state.changed() == {"a.py"}
    state.restore()
    assert place.read_bytes() == b"1"
    state.close()


def test_nothing_is_left_behind(
    make_repository: Make, workspace: Callable[..., Workspace], temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = make_repository({"a.py": ""})
    with workspace(top) as here:
        (here.path / "locked").mkdir()
        (here.path / "locked" / "file").write_text("")
        (here.path / "locked").chmod(0)
        assert oct(here.path.parent.stat().st_mode)[-2:] == "00"
    assert list(temporary.iterdir()) == []

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(StartState, "lay", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workspace(top)
    assert list(temporary.iterdir()) == []


def test_a_full_disk_is_an_error_that_leaves_nothing(
    make_repository: Make, workspace: Callable[..., Workspace], temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    top = make_repository({"a.py": ""})
    monkeypatch.setattr(StartState, "lay", full)
    with pytest.raises(EnvironmentFailure, match="No space left") as caught:
        workspace(top)
    assert "TMPDIR" in caught.value.hint
    assert list(temporary.iterdir()) == []


def test_what_a_command_may_see(make_repository: Make, workspace: Callable[..., Workspace]) -> None:
    top = make_repository({"a.py": ""})
    with workspace(top) as here:
        policy = here.policy(EXTRA="1")
        assert policy.workdir == here.path
        assert policy.mount_at == top
        assert policy.environment["EXTRA"] == "1"
        assert not {n for n in policy.environment if n.startswith("PYTEST") or n in ("HOME", "SSH_AUTH_SOCK")}
        assert top / ".git" / "objects" in policy.readable
        assert not any(top == p or p == Path("/") for p in policy.readable)
