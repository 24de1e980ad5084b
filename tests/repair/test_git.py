"""A hostile repository has nothing run; an honest one is read as it is."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixbot_repair.errors import GitError, RepairError
from fixbot_repair.git import Repository

Make = Callable[..., Path]
Git = Callable[..., str]


def use_everything(top: Path, clone: Path) -> None:
    """Call all that fixbot ever asks of a repository."""
    repository = Repository.open(top)
    first = repository.resolve("HEAD~1")
    for ask in (repository.tracked, repository.untracked, repository.ignored, repository.index):
        ask()
    assert repository.branch == "main"
    repository.dirty(repository.tracked())
    repository.show("HEAD", "code.py")
    repository.diff(first, "HEAD")
    repository.changed_lines(first, "HEAD")
    repository.changes(10)
    repository.blame("HEAD", "code.py")
    repository.commits_of("code.py")
    repository.clone_to(clone)
    repository.commit_to_branch("fix", {"code.py": b"fixed = 1\n"}, "Fix")


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """(a program, the file that appears when it is run)."""
    marker, program = tmp_path / "marker", tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    program.chmod(0o755)
    return program, marker


@pytest.fixture
def server(tmp_path: Path) -> tuple[Path, Path]:
    """The same for a program that git would talk to: this one hangs up."""
    marker, program = tmp_path / "called", tmp_path / "server.sh"
    program.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    program.chmod(0o755)
    return program, marker


@pytest.fixture
def hostile(make_repository: Make, plain_git: Git) -> Path:
    top = make_repository({"code.py": "a = 1\n", ".gitattributes": "*.py diff=evil filter=evil\n"})
    (top / "code.py").write_text("a = 2\n")
    plain_git(top, "commit", "--quiet", "--all", "--message=second")
    (top / "code.py").write_text("a = 3\n")
    return top


TRAPS = {
    "18 fsmonitor": ({"core.fsmonitor": "TRAP"}, ["status"]),
    "19 textconv": ({"diff.evil.textconv": "TRAP"}, ["diff", "HEAD~1", "HEAD"]),
    "19 external diff": ({"diff.external": "TRAP"}, ["diff"]),
    "19 external diff of a driver": ({"diff.evil.command": "TRAP"}, ["diff", "HEAD~1", "HEAD"]),
    "20 clean filter": ({"filter.evil.clean": "TRAP"}, ["add", "code.py"]),
    "20 smudge filter": ({"filter.evil.smudge": "TRAP"}, ["checkout", "--force", "HEAD~1"]),
    "20 filter process": ({"filter.evil.process": "TRAP"}, ["add", "code.py"]),
    "21 hooks": ({"core.hooksPath": "HOOKS"}, ["update-ref", "refs/heads/other", "HEAD"]),
}


@pytest.mark.parametrize("case", TRAPS)
def test_configuration_runs_nothing(
    case: str, hostile: Path, trap: tuple[Path, Path], plain_git: Git, tmp_path: Path
) -> None:
    program, marker = trap
    settings, command = TRAPS[case]
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "reference-transaction").symlink_to(program)
    for key, value in settings.items():
        plain_git(hostile, "config", key, str(program if value == "TRAP" else hooks))
    use_everything(hostile, tmp_path / "clone")
    assert not marker.exists()
    plain_git(hostile, *command, check=False)
    assert marker.exists(), "the trap is not one: plain git did not run it either"


def test_hooks_in_the_repository_run_nothing(hostile: Path, trap: tuple[Path, Path], tmp_path: Path) -> None:
    program, marker = trap
    for name in ("reference-transaction", "post-checkout", "pre-commit", "post-index-change", "post-commit"):
        hook = hostile / ".git" / "hooks" / name
        hook.unlink(missing_ok=True)
        hook.symlink_to(program)
    use_everything(hostile, tmp_path / "clone")
    assert not marker.exists()
    assert not list((tmp_path / "clone" / ".git").glob("hooks/*"))


def test_a_signature_is_not_verified_by_a_program_of_the_repository(
    hostile: Path, trap: tuple[Path, Path], plain_git: Git
) -> None:
    program, marker = trap
    text = plain_git(hostile, "cat-file", "commit", "HEAD")
    head, body = text.split("\n\n", 1)
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n{body}"
    commit = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=hostile, input=signed, text=True, capture_output=True, check=True,
    ).stdout.strip()  # fmt: skip
    plain_git(hostile, "update-ref", "HEAD", commit)
    plain_git(hostile, "config", "log.showSignature", "true")
    plain_git(hostile, "config", "gpg.program", str(program))
    assert Repository.open(hostile).changes(1)
    assert not marker.exists()
    plain_git(hostile, "log", "-1", check=False)
    assert marker.exists()


def test_a_missing_object_is_not_fetched_by_a_program_of_the_repository(
    hostile: Path, server: tuple[Path, Path], plain_git: Git
) -> None:
    program, marker = server
    blob = plain_git(hostile, "rev-parse", "HEAD:code.py").strip()
    (hostile / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": str(hostile),
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": str(program),
    }.items():
        plain_git(hostile, "config", key, value)
    with pytest.raises(GitError):
        Repository.open(hostile).show("HEAD", "code.py")
    assert not marker.exists()
    plain_git(hostile, "cat-file", "-p", blob, check=False)
    assert marker.exists()


def test_22_a_bare_repository_in_a_subfolder_is_not_entered(
    hostile: Path, trap: tuple[Path, Path], plain_git: Git, tmp_path: Path
) -> None:
    program, marker = trap
    inner = hostile / "assets"
    inner.mkdir()
    plain_git(inner, "init", "--quiet", "--bare")
    plain_git(inner, "config", "core.bare", "false")
    plain_git(inner, "config", "core.worktree", "..")
    plain_git(inner, "config", "core.fsmonitor", str(program))
    assert Repository.open(inner).top == hostile
    use_everything(inner, tmp_path / "clone")
    assert not marker.exists()
    plain_git(inner, "status", check=False)
    assert marker.exists()


def test_23_submodules_are_never_fetched(
    hostile: Path, server: tuple[Path, Path], plain_git: Git, tmp_path: Path
) -> None:
    program, marker = server
    head = plain_git(hostile, "rev-parse", "HEAD").strip()
    (hostile / ".gitmodules").write_text(f'[submodule "m"]\n\tpath = m\n\turl = ext::{program} %S\n')
    plain_git(hostile, "config", "protocol.ext.allow", "always")
    plain_git(hostile, "config", "submodule.recurse", "true")
    plain_git(hostile, "add", ".gitmodules")
    plain_git(hostile, "update-index", "--add", "--cacheinfo", f"160000,{head},m")
    plain_git(hostile, "commit", "--quiet", "--message=module")
    use_everything(hostile, tmp_path / "clone")
    assert not marker.exists()
    assert not list((tmp_path / "clone").glob("m/*"))
    plain_git(hostile, "-c", "protocol.ext.allow=always", "submodule", "update", "--init", check=False)
    assert marker.exists()


@pytest.mark.parametrize("ref", ["-x", "--upload-pack=touch marker", "--output=marker", "", "a b", "HEAD\n-x", "a\0b"])
def test_24_a_ref_is_never_an_option(ref: str, hostile: Path) -> None:
    repository = Repository.open(hostile)
    for ask in (
        repository.resolve,
        lambda r: repository.commit_to_branch(r, {}, "m"),
        lambda r: repository.show(r, "a"),
    ):
        with pytest.raises(GitError):
            ask(ref)
    assert not (hostile / "marker").exists()


def test_24_a_branch_named_like_an_option_is_reached_by_its_full_name(hostile: Path) -> None:
    head = Repository.open(hostile).head
    (hostile / ".git" / "refs" / "heads" / "-x").write_text(f"{head}\n")
    assert Repository.open(hostile).resolve("refs/heads/-x") == head


def test_25_a_git_file_that_points_elsewhere_is_refused(hostile: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".git").write_text(f"gitdir: {hostile}/.git\n")
    with pytest.raises(GitError, match="does not know this folder"):
        Repository.open(other)


def test_25_a_git_link_and_a_commondir_are_refused(hostile: Path, make_repository: Make, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / ".git").symlink_to(hostile / ".git")
    with pytest.raises(GitError, match="symbolic link"):
        Repository.open(linked)
    mine = make_repository({"a.py": ""}, "mine")
    (mine / ".git" / "commondir").write_text(f"{hostile}/.git\n")
    with pytest.raises(GitError, match="commondir"):
        Repository.open(mine)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("name", ["HEAD", "config", "packed-refs", "objects/info/alternates"])
def test_a_pipe_that_git_would_wait_for_is_refused(make_repository: Make, name: str) -> None:
    top = make_repository({"code.py": "a = 1\n"})
    (top / ".git" / name).unlink(missing_ok=True)
    os.mkfifo(top / ".git" / name)
    with pytest.raises(GitError, match="no regular file"):
        Repository.open(top)


def test_a_folder_outside_of_git_is_not_taken_for_a_broken_repository(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    with pytest.raises(GitError, match="not in a git repository"):
        Repository.open(tmp_path)


def test_a_linked_worktree_and_a_submodule_are_honest_pointers(hostile: Path, plain_git: Git, tmp_path: Path) -> None:
    plain_git(hostile, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    tree = Repository.open(tmp_path / "tree")
    assert tree.top == tmp_path / "tree"
    assert tree.show("HEAD", "code.py") == b"a = 2\n"
    plain_git(hostile, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(hostile), "part")
    assert Repository.open(hostile / "part").top == hostile / "part"


def test_26_git_variables_of_the_caller_change_nothing(
    hostile: Path, make_repository: Make, trap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, marker = trap
    other = make_repository({"other.py": ""}, "other")
    for name, value in {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects"),
        "GIT_EXTERNAL_DIFF": str(program),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(program),
    }.items():
        monkeypatch.setenv(name, value)
    assert "code.py" in Repository.open(hostile).tracked()
    use_everything(hostile, tmp_path / "clone")
    assert not marker.exists()
    subprocess.run(["git", "diff", "HEAD"], cwd=hostile, capture_output=True, check=False)
    assert marker.exists()


def test_a_git_in_the_repository_is_not_taken_for_git(
    hostile: Path, trap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, marker = trap
    (hostile / "bin").mkdir()
    (hostile / "bin" / "git").symlink_to(program)
    monkeypatch.setenv("PATH", f"{hostile}/bin:.:{os.environ['PATH']}")
    assert Repository.open(hostile).head
    assert not marker.exists()


def test_no_repository_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        Repository.open(tmp_path)
    assert "git init" in caught.value.hint
    with pytest.raises(GitError, match="no such folder"):
        Repository.open(tmp_path / "absent")


def test_a_repository_without_a_commit_can_be_read(tmp_path: Path, plain_git: Git) -> None:
    plain_git(tmp_path, "init", "--quiet")
    (tmp_path / "new.py").write_text("a = 1\n")
    repository = Repository.open(tmp_path)
    assert repository.head == ""
    assert repository.changes(5) == ()
    assert repository.untracked() == ("new.py",)
    assert repository.dirty(["new.py"]) == ("new.py",)
    commit = repository.commit_to_branch("fix", {"new.py": b"a = 2\n"}, "First")
    assert repository.show(commit, "new.py") == b"a = 2\n"


def test_a_damaged_repository_is_an_error(make_repository: Make) -> None:
    top = make_repository({"a.py": "a = 1\n"})
    (top / ".git" / "HEAD").write_text("nonsense\n")
    with pytest.raises(RepairError):
        Repository.open(top).tracked()


def test_rules_that_are_a_pipe_hold_nobody_up(make_repository: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    top = make_repository({"a.py": "a\n"})
    os.mkfifo(top / ".gitignore")
    monkeypatch.setattr("fixbot_repair.git.repository.LOOKING", 0.3)
    with pytest.raises(GitError, match="took more than") as caught:
        Repository.open(top).untracked()
    assert "pipe" in caught.value.hint


def test_what_is_tracked_untracked_ignored_and_dirty(make_repository: Make, plain_git: Git) -> None:
    top = make_repository({"a.py": "a\n", "b.py": "b\n", "ä ö.py": "", ".gitignore": "*.log\nbuild/\n"})
    (top / "link").symlink_to("a.py")
    plain_git(top, "add", "link")
    plain_git(top, "commit", "--quiet", "--message=link")
    (top / "a.py").write_bytes(b"a\r\n")
    (top / "b.py").write_text("changed\n")
    (top / "new.py").write_text("")
    (top / "run.log").write_text("")
    (top / "build").mkdir()
    (top / "build" / "x.o").write_text("")
    repository = Repository.open(top / "build")
    assert set(repository.tracked()) == {"a.py", "b.py", "ä ö.py", ".gitignore", "link"}
    assert repository.untracked() == ("new.py",)
    assert set(repository.ignored()) == {"build/", "run.log"}
    assert repository.dirty(repository.tracked()) == ("b.py",)  # line ends are no change, nor is a link
    plain_git(top, "add", "b.py")
    (top / "b.py").write_text("b\n")
    assert repository.dirty(["b.py", "absent.py"]) == ("b.py",)


def test_changed_lines_are_those_of_the_head_side(make_repository: Make, plain_git: Git) -> None:
    top = make_repository({"a.py": "1\n2\n3\n4\n5\n", "b.py": "x\n", "gone.py": "y\n"})
    (top / "a.py").write_text("0\n1\n2\nthree\n4\n")
    (top / "b.bin").write_bytes(b"\0\1")
    (top / "gone.py").unlink()
    plain_git(top, "add", "--all")
    plain_git(top, "commit", "--quiet", "--message=second\n\nbody")
    repository = Repository.open(top)
    assert repository.diff_names("HEAD~1", "HEAD") == ("a.py", "b.bin", "gone.py")
    assert repository.changed_lines("HEAD~1", "HEAD") == {"a.py": (1, 4), "b.bin": (), "gone.py": ()}
    newest, oldest = repository.changes(10)
    assert (newest.message, newest.paths) == ("second\n\nbody", ("a.py", "b.bin", "gone.py"))
    assert oldest.paths == ("a.py", "b.py", "gone.py")
    assert repository.changes(1) == (newest,)


def test_a_commit_on_a_branch_leaves_checkout_and_index_alone(make_repository: Make, plain_git: Git) -> None:
    top = make_repository({"a.py": "a\n", "run.sh": "", "old.py": ""})
    (top / "run.sh").chmod(0o755)
    plain_git(top, "commit", "--quiet", "--all", "--message=mode")
    (top / "a.py").write_text("uncommitted\n")
    before = plain_git(top, "status", "--porcelain")
    repository = Repository.open(top)
    changes = {"a.py": b"a\r\nb\r\n", "run.sh": b"true\n", "old.py": None, "new/b.py": b"b\n"}
    commit = repository.commit_to_branch("fix/one", changes, "Fix\n\nFixed-by: fixbot\n")
    assert plain_git(top, "status", "--porcelain") == before
    assert plain_git(top, "rev-parse", "fix/one").strip() == commit
    assert repository.show(commit, "a.py") == b"a\nb\n"  # stored with LF, as before
    modes = {f.path: f.mode for f in repository.files(commit)}
    assert modes == {"a.py": 0o100644, "new/b.py": 0o100644, "run.sh": 0o100755}
    with pytest.raises(GitError, match="already"):
        repository.commit_to_branch("fix/one", changes, "again")


@pytest.mark.parametrize("path", ["../a", "/a", ".git/config", "a/../../b", ".GIT/hooks/x", "a/git~1/b", ""])
def test_no_path_leaves_the_repository(path: str, make_repository: Make) -> None:
    repository = Repository.open(make_repository({"a.py": ""}))
    with pytest.raises(GitError):
        repository.commit_to_branch("fix", {path: b""}, "m")
    with pytest.raises(GitError):
        repository.show("HEAD", path)


@pytest.mark.parametrize("entry", ["./tools", "tools", "", "{root}/tools"])
def test_no_program_of_the_repository_stands_in_for_one_of_the_machine(
    make_repository: Make, tmp_path: Path, entry: str
) -> None:
    names = ("git", "env", "bwrap", "python3", "ps", "pgrep", "uv", "rm")
    theirs = f"#!/bin/sh\ntouch {tmp_path}/was-run\nexit 0\n"
    root = make_repository({"a.py": "", **({} if entry == "" else {f"tools/{n}": theirs for n in names})})
    for name in names:
        place = root / name if entry == "" else root / "tools" / name
        place.write_text(theirs)
        place.chmod(0o755)
    code = (
        "from pathlib import Path\nfrom fixbot_repair import programs\nfrom fixbot_repair.git import Repository\n"
        "from fixbot_repair.sandbox.choosing import survey\nfrom fixbot_repair.sandbox.machine import tool\n"
        "assert Repository.open(Path('.')).tracked()\n[survey(), tool('bwrap'), tool('git'), tool('uv')]\n"
    )
    path = os.pathsep.join([entry.format(root=root), "/usr/local/bin", "/usr/bin", "/bin"])
    environment = {**os.environ, "PATH": path, "GIT_PYTHON_REFRESH": "raise", "GIT_PYTHON_GIT_EXECUTABLE": "git"}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, check=True)
    assert not (tmp_path / "was-run").exists()
