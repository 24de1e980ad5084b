"""Writing a patch into the user's tree: nothing of theirs is lost, all files or none, bytes and modes kept."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.solving.delivering import applying
from fixbot_agent.solving.delivering.applying import Change
from fixbot_repair.errors import DirtyTree, GitError, PatchError


def git(root: Path, *args: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    return subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "a.py").write_bytes(b"a = 1\r\n")
    (root / "a.py").chmod(0o755)
    (root / "b.py").write_bytes("b = 'Zo\u00eb'\n".encode("latin-1"))
    (root / "conftest.py").write_text("")
    git(root, "add", ".")
    git(root, "commit", "-qm", "start")
    return root.resolve()


A = Change("a.py", b"a = 1\r\n", b"a = 2\r\n")
B = Change("b.py", "b = 'Zo\u00eb'\n".encode("latin-1"), "b = 'Z\u00e9'".encode("latin-1"))
NEW = Change("pkg/new.py", None, b"new = 1\n")
GONE = Change("b.py", B.before, None)


def check(repo: Path, *changes: Change, allow_dirty: bool = False, allow_tests: bool = False) -> None:
    applying.check(repo, changes, allow_dirty=allow_dirty, allow_tests=allow_tests)


def test_bytes_and_modes_are_kept(repo: Path, tmp_path: Path) -> None:
    check(repo, A, B, NEW)
    applying.write(repo, (A, B, NEW), tmp_path / "state")
    assert (repo / "a.py").read_bytes() == A.after
    assert (repo / "b.py").read_bytes() == B.after
    assert (repo / "pkg/new.py").read_bytes() == NEW.after
    assert stat.S_IMODE((repo / "a.py").stat().st_mode) == 0o755
    assert git(repo, "status", "--porcelain").split() == ["M", "a.py", "M", "b.py", "??", "pkg/"]
    assert list((tmp_path / "state" / "journal").iterdir()) == []


def test_files_can_be_deleted(repo: Path, tmp_path: Path) -> None:
    applying.write(repo, (A, GONE), tmp_path / "state")
    assert not (repo / "b.py").exists()


def test_uncommitted_work_is_not_written_over(repo: Path) -> None:
    (repo / "a.py").write_bytes(b"a = 1  # mine\r\n")
    mine = Change("a.py", b"a = 1  # mine\r\n", b"a = 2  # mine\r\n")
    with pytest.raises(DirtyTree, match=r"a\.py.*not committed"):
        check(repo, mine)
    check(repo, mine, allow_dirty=True)
    check(repo, B)  # work in other files does not matter
    git(repo, "add", "a.py")
    with pytest.raises(DirtyTree):
        check(repo, mine)


def test_a_file_that_changed_since_the_check_of_the_patch(repo: Path) -> None:
    (repo / "a.py").write_bytes(b"a = 3\n")
    with pytest.raises(DirtyTree, match="not what the patch was verified against"):
        check(repo, A, allow_dirty=True)
    (repo / "pkg").mkdir()
    (repo / "pkg/new.py").write_bytes(b"mine")
    with pytest.raises(DirtyTree):
        check(repo, NEW, allow_dirty=True)


@pytest.mark.parametrize(
    "path", ["conftest.py", "../x.py", "/etc/x", ".git/hooks/x", "A.py", "test_a.py", ".github/w.yml"]
)
def test_paths_that_no_patch_may_touch(repo: Path, path: str) -> None:
    with pytest.raises(PatchError):
        check(repo, Change(path, None, b"x"))


def test_links_are_neither_followed_nor_written_through(repo: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_bytes(b"a = 1\r\n")
    (repo / "a.py").unlink()
    (repo / "a.py").symlink_to(outside / "a.py")
    (repo / "dir").symlink_to(outside)
    for change in (A, Change("dir/a.py", b"a = 1\r\n", b"x")):
        with pytest.raises(PatchError):
            check(repo, change, allow_dirty=True)
    # Swapped after the check: the link itself is replaced, a linked folder is refused.
    applying.write(repo, (A,), tmp_path / "state")
    with pytest.raises(PatchError, match="nothing was changed"):
        applying.write(repo, (Change("dir/a.py", b"a = 1\r\n", b"x"),), tmp_path / "state")
    assert (outside / "a.py").read_bytes() == b"a = 1\r\n"
    assert not (repo / "a.py").is_symlink()


class Fails:
    """A listener that stops the work before the second file."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def step(self, what: str, done: int, total: int) -> None:
        if done == 1:
            raise self.error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_error_between_two_files_leaves_nothing(repo: Path, tmp_path: Path, error: BaseException) -> None:
    for state in (tmp_path / "state", Path("/proc/nowhere")):  # with and without a journal
        with pytest.raises((PatchError, KeyboardInterrupt)) as caught:
            applying.write(repo, (A, B), state, Fails(error))
        if isinstance(error, OSError):
            assert "nothing was changed" in str(caught.value)
        assert git(repo, "status", "--porcelain") == ""


CRASH = """
import os, sys
from pathlib import Path
from fixbot_agent.solving.delivering import applying
from fixbot_agent.solving.delivering.applying import Change

class Dies:
    def step(self, what, done, total):
        if done == 2:
            Path("pkg/.new.py.0badcafe.fixbot").touch()
            os._exit(9)

changes = (Change("a.py", b"a = 1\\r\\n", b"a = 2\\r\\n"), Change("pkg/new.py", None, b"new = 1\\n"), Change("conftest.py", b"", b"x"))
applying.write(Path.cwd(), changes, Path(sys.argv[1]), Dies())
"""


def test_a_crash_between_two_files_is_undone_by_the_next_run(repo: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(state)], cwd=repo, check=False)
    assert crashed.returncode == 9
    assert (repo / "a.py").read_bytes() == A.after, "half of it is there"
    assert applying.recover(tmp_path, state) == [], "another repository's business"
    done = applying.recover(repo, state)
    assert len(done) == 2
    assert git(repo, "status", "--porcelain") == ""
    assert stat.S_IMODE((repo / "a.py").stat().st_mode) == 0o755
    assert applying.recover(repo, state) == []


def test_recovery_leaves_what_somebody_changed_since(repo: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    subprocess.run([sys.executable, "-c", CRASH, str(state)], cwd=repo, check=False)
    (repo / "a.py").write_bytes(b"mine")
    assert any("changed since" in line for line in applying.recover(repo, state))
    assert (repo / "a.py").read_bytes() == b"mine"


def test_a_journal_that_is_nonsense_is_passed_over(repo: Path, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal"
    journal.mkdir(parents=True)
    for number, text in enumerate(("{", "[]", '{"root": 3, "entries": [1]}', "\xff")):
        (journal / f"{number}.json").write_text(text)
    assert applying.recover(repo, tmp_path / "state") == []


def test_no_journal_inside_the_repository(repo: Path) -> None:
    applying.write(repo, (A,), repo / "state")
    assert not (repo / "state").exists()


def test_branch(repo: Path) -> None:
    sha = applying.branch(repo, "fix/it", (A, GONE), "Fix it")
    assert git(repo, "status", "--porcelain") == ""
    assert git(repo, "rev-parse", "fix/it").strip() == sha
    assert git(repo, "ls-tree", "--name-only", "fix/it").split() == ["a.py", "conftest.py"]
    assert git(repo, "show", "-s", "--format=%s", "fix/it").strip() == "Fix it"
    for bad in ("-x", "fix/it", "a..b", "--upload-pack=x"):
        with pytest.raises(GitError):
            applying.branch(repo, bad, (A,), "m")
