"""The history port filled by git: any shape of repository, nothing run, nothing of the future."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.ports import FilePatch
from fixbot_repair.errors import GitError
from fixbot_repair.git import GitHistory, past

Make = Callable[..., Path]
Git = Callable[..., str]

CODE = "class Cart:\n    def total(self):\n        return max(self.prices)\n\n\ndef other():\n    pass\n"


def commit(top: Path, git: Git, message: str, **files: str | None) -> str:
    for name, text in files.items():
        path = top / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--allow-empty", f"--message={message}")
    return git(top, "rev-parse", "HEAD").strip()


def patches(source: GitHistory) -> dict[str, tuple[FilePatch, ...]]:
    return dict(source.patches(source.ids(), lambda path: path.endswith(".py")))


@pytest.fixture
def repository(make_repository: Make, plain_git: Git) -> Path:
    top = make_repository({"cart.py": CODE, "README.md": "# Cart\n"})
    commit(top, plain_git, "Fix the total\n\nIt was the dearest.", cart_py=CODE.replace("max", "sum"))
    return top


def test_commits_come_newest_first_with_files_and_renames(repository: Path, plain_git: Git) -> None:
    plain_git(repository, "mv", "cart.py", "basket.py")
    commit(repository, plain_git, "Move")
    source = GitHistory.open(repository)
    moved, fixed, first = source.changes(source.ids())
    assert (moved.paths, moved.renames) == (("basket.py",), (("cart.py", "basket.py"),))
    assert (fixed.paths, fixed.message) == (("cart.py",), "Fix the total\n\nIt was the dearest.")
    assert set(first.paths) == {"cart.py", "README.md"}
    assert first.author == fixed.author != ""


def test_a_fix_is_mined_with_its_symbol_and_both_sides(repository: Path, tmp_path: Path) -> None:
    history = ProjectHistory.open(GitHistory.open(repository), tmp_path / "cache")
    (fix,) = history.fixes()
    (edit,) = fix.edits
    assert (edit.path, edit.symbol, edit.line, edit.kind) == ("cart.py", "Cart.total", 3, "call")
    assert (edit.before.strip(), edit.after.strip()) == ("return max(self.prices)", "return sum(self.prices)")
    assert history.churn("cart.py", "Cart.total").fixes == 1


def test_nothing_after_the_given_commit_is_told(repository: Path, plain_git: Git, tmp_path: Path) -> None:
    commit(repository, plain_git, "Fix the till", till_py="x = 1\n")
    later = ProjectHistory.open(GitHistory.open(repository), tmp_path / "cache")
    assert later.churn("till.py").commits == 1
    source = GitHistory.bare(repository / ".git", at="HEAD~1")
    assert [change.message.split("\n")[0] for change in source.changes(source.ids())] == ["Fix the total", "first"]
    earlier = ProjectHistory.open(source, tmp_path / "cache")
    assert earlier.churn("till.py").commits == 0
    assert len(earlier) == 2


def test_bare_and_linked_repositories_are_read(repository: Path, plain_git: Git, tmp_path: Path) -> None:
    plain_git(repository, "clone", "--quiet", "--bare", str(repository), str(tmp_path / "bare.git"))
    plain_git(repository, "worktree", "add", "--quiet", str(tmp_path / "linked"), "HEAD")
    assert GitHistory.bare(tmp_path / "bare.git").ids() == GitHistory.open(repository).ids()
    linked = GitHistory.open(tmp_path / "linked")
    assert linked.ids() == GitHistory.open(repository).ids()
    assert linked.identity == GitHistory.open(repository).identity


def test_without_commits_there_is_no_history(tmp_path: Path, plain_git: Git) -> None:
    (tmp_path / "empty").mkdir()
    plain_git(tmp_path / "empty", "init", "--quiet")
    source = GitHistory.open(tmp_path / "empty")
    assert (source.head, source.ids()) == ("", ())
    assert len(ProjectHistory.open(source, tmp_path / "cache")) == 0


def test_where_there_is_no_repository_an_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        GitHistory.open(tmp_path)
    with pytest.raises(GitError):
        GitHistory.bare(tmp_path)


def test_a_revision_that_is_none_is_refused(repository: Path) -> None:
    for at in ("nothing", "--all", "HEAD; x"):
        with pytest.raises(GitError):
            GitHistory.open(repository, at=at)


def test_a_shallow_clone_is_read_and_read_anew_when_it_is_deepened(
    repository: Path, plain_git: Git, tmp_path: Path
) -> None:
    commit(repository, plain_git, "Fix more", cart_py=CODE)
    shallow, cache = tmp_path / "shallow", tmp_path / "cache"
    plain_git(repository, "clone", "--quiet", "--depth=1", f"file://{repository}", str(shallow))
    assert len(ProjectHistory.open(GitHistory.open(shallow), cache)) == 1
    plain_git(shallow, "fetch", "--quiet", "--unshallow")
    deep = ProjectHistory.open(GitHistory.open(shallow), cache)
    assert len(deep) == 3
    assert deep.churn("cart.py").commits == 3


def test_a_clone_without_contents_is_read_without_asking_anybody(
    repository: Path, plain_git: Git, tmp_path: Path
) -> None:
    plain_git(repository, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    plain_git(repository, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{repository}", str(partial))
    source = GitHistory.bare(partial)
    assert len(list(source.changes(source.ids()))) == 2
    with pytest.raises(GitError):
        patches(source)
    history = ProjectHistory.open(source, tmp_path / "cache")
    assert history.churn("cart.py").commits == 2


def test_merges_are_left_out_and_their_branches_are_not(repository: Path, plain_git: Git) -> None:
    for name in ("one", "two", "three"):
        plain_git(repository, "checkout", "--quiet", "-b", name, "main")
        commit(repository, plain_git, f"Work {name}", **{f"{name}_py": "x = 1\n"})
    plain_git(repository, "checkout", "--quiet", "main")
    plain_git(repository, "merge", "--quiet", "--no-ff", "-m", "Octopus", "one", "two", "three")
    source = GitHistory.open(repository)
    found = [change.message.split("\n")[0] for change in source.changes(source.ids())]
    assert sorted(found) == ["Fix the total", "Work one", "Work three", "Work two", "first"]
    assert found[-2:] == ["Fix the total", "first"]


def test_odd_bytes_in_names_messages_and_contents_do_no_harm(repository: Path, plain_git: Git, tmp_path: Path) -> None:
    odd = os.fsencode(repository) + b"/na\xffme.py"
    Path(os.fsdecode(odd)).write_bytes(b"x = '\xff\x01'\n")
    (repository / "new\nline \"'.py").write_text("x = 1\n")
    (repository / "文件.py").write_text("x = 1\n")
    plain_git(repository, "add", "--all")
    tree = plain_git(repository, "write-tree").strip()
    raw = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=repository, capture_output=True, check=True,
        input=f"tree {tree}\nparent {plain_git(repository, 'rev-parse', 'HEAD').strip()}\n".encode()
        + b"author \xff <a@b> 99999999999999 +0000\ncommitter c <> -1 +0000\n\nFix \xff\x01\x02\x1f b\xc3\xa4d\n@@ -1 +1 @@\n",
    ).stdout.decode().strip()  # fmt: skip
    plain_git(repository, "update-ref", "HEAD", raw)
    source = GitHistory.open(repository)
    newest = next(source.changes(source.ids()))
    assert set(newest.paths) == {"new\nline \"'.py", "文件.py"}
    assert "bäd" in newest.message
    history = ProjectHistory.open(source, tmp_path / "cache")
    assert len(history) == 3
    assert history.churn("文件.py").commits == 1


def test_patches_keep_to_source_that_git_can_show(repository: Path, plain_git: Git) -> None:
    commit(repository, plain_git, "Data", big_py="x = 1\n" * 100_000, cart_py=CODE)
    sha = commit(repository, plain_git, "More", big_py="x = 2\n" * 100_000, cart_py=CODE + "x = 1\n", new_py="x = 1\n")
    (found,) = (each for name, each in patches(GitHistory.open(repository)).items() if name == sha)
    assert [patch.path for patch in found] == ["cart.py"]  # one is data to git, one is new
    assert found[0].hunks[0].after == "x = 1\n"
    assert found[0].content.endswith(b"x = 1\n")


def test_what_the_repository_configures_changes_and_runs_nothing(
    repository: Path, plain_git: Git, tmp_path: Path
) -> None:
    marker, program = tmp_path / "marker", tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    program.chmod(0o755)
    before = patches(GitHistory.open(repository))
    (repository / ".git" / "info" / "attributes").write_text("*.py diff=evil\n")
    settings = {
        "diff.evil.textconv": program, "diff.evil.command": program, "diff.external": program, "core.pager": program,
        "gpg.program": program, "log.showSignature": "true", "diff.noprefix": "true", "diff.context": "9",
        "diff.interHunkContext": "9", "diff.orderFile": "/nowhere", "log.showRoot": "false", "diff.renames": "copies",
        "diff.algorithm": "patience", "i18n.logOutputEncoding": "latin1", "format.pretty": "oneline", "log.follow": "true",
        "log.mailmap": "true", "log.decorate": "full", "color.ui": "always", "diff.relative": "true",
    }  # fmt: skip
    for key, value in settings.items():
        plain_git(repository, "config", key, str(value))
    source = GitHistory.open(repository)
    assert patches(source) == before
    assert len(list(source.changes(source.ids()))) == 2
    assert not marker.exists()


def test_reading_can_be_given_up_half_way(make_repository: Make, plain_git: Git) -> None:
    top = make_repository({"a.py": "x = 0\n"})
    for number in range(30):
        commit(top, plain_git, f"Change {number} " + "long " * 20_000, a_py=f"x = {number + 1}\n")
    source = GitHistory.open(top)
    changes = source.changes(source.ids())
    assert next(changes).message.startswith("Change 29")
    changes.close()  # type: ignore[attr-defined]


def test_a_folder_of_a_repository_has_a_past_of_its_own(make_repository: Make, plain_git: Git, tmp_path: Path) -> None:
    top = make_repository({"web/app.py": CODE, "shop/src/cart.py": CODE})
    sha = commit(top, plain_git, "Fix both", web__app_py="x = 1\n", shop__src__cart_py=CODE.replace("max", "sum"))
    source = GitHistory.open(top / "shop")
    assert [change.paths for change in source.changes(source.ids())] == [("src/cart.py",), ("src/cart.py",)]
    assert [patch.path for patch in patches(source)[sha]] == ["src/cart.py"]
    assert past(top / "shop", tmp_path / "cache").churn("src/cart.py", "Cart.total").fixes == 1
    assert past(top, tmp_path / "cache").churn("shop/src/cart.py", "Cart.total").fixes == 1


def test_a_folder_without_a_repository_has_an_empty_past(tmp_path: Path) -> None:
    assert len(past(tmp_path, tmp_path / "cache")) == 0
    assert len(past(tmp_path / "nowhere", None)) == 0
