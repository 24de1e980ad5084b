"""Finding a repository, and refusing one whose .git points at somebody else's."""

from dataclasses import dataclass
from pathlib import Path

from fixbot_repair.errors import GitError

# What git reads before it does anything.
_READ = ("HEAD", "config", "packed-refs", "shallow", "index", "objects/info/alternates", "info/grafts")
_MANY = 4096  # bytes: a .git file is one line


@dataclass(frozen=True, slots=True)
class Found:
    """Where a repository is: `top` is the working tree, `git_dir` its own folder, `common` the one with the objects."""

    top: Path
    git_dir: Path
    common: Path


def find(path: Path) -> Found:
    """Effect: look for the repository that `path` lies in, upwards. Raises GitError when there is none or it lies.

    A bare repository below `path` is never looked into, whatever it is named (safe.bareRepository's attack).
    """
    start = path.absolute()
    if not start.exists():
        raise GitError(f"no such folder: {path}", "check the path")
    start = start.resolve()
    for folder in (start, *start.parents) if start.is_dir() else start.parents:
        dot_git = folder / ".git"
        if dot_git.is_symlink():
            raise GitError(f"{dot_git} is a symbolic link", "fixbot follows no links out of a repository: clone it")
        if dot_git.is_dir():
            return _own_folder(folder, dot_git)
        if dot_git.is_file():
            return _pointer(folder, dot_git)
    if is_git_dir(start):
        raise GitError(f"{path} is a bare repository: it has no files to work on", "git clone it and work there")
    raise GitError(f"{path} is not in a git repository", "run `git init` there, or name another folder")


def is_git_dir(folder: Path) -> bool:
    """Effect: whether `folder` looks like the inside of a repository. Raises GitError for one in which git would wait for ever for a file."""
    if not all((folder / name).exists() for name in ("HEAD", "objects", "refs")):
        return False
    for name in _READ:
        if (folder / name).exists() and not (folder / name).is_file():
            raise GitError(f"{folder / name} is no regular file", "clone the repository anew")
    return True


def _own_folder(top: Path, git_dir: Path) -> Found:
    if (git_dir / "commondir").exists():
        raise GitError(
            f"{git_dir}/commondir points outside", "git writes no such file there: clone the repository anew"
        )
    if not is_git_dir(git_dir):
        raise GitError(f"{git_dir} is no repository: HEAD, objects or refs is missing", "run `git init`, or clone anew")
    return Found(top, git_dir, git_dir)


def _line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MANY).decode("utf-8", "surrogateescape").strip()
    except OSError:
        return ""


def _pointer(top: Path, dot_git: Path) -> Found:
    """A linked worktree or a submodule: the folder pointed at must point back, or it is not ours to read."""
    kind, _, target = _line(dot_git).partition(": ")
    git_dir = (top / target).resolve()
    if kind != "gitdir" or not (git_dir / "HEAD").is_file():
        raise GitError(f"{dot_git} points at no repository", "clone the repository anew")
    back = _line(git_dir / "gitdir")
    if back and (git_dir / back).resolve() == dot_git:
        common = (git_dir / _line(git_dir / "commondir")).resolve()
        if git_dir.parent == common / "worktrees" and is_git_dir(common):
            return Found(top, git_dir, common)
    elif _names_worktree(git_dir, top) and not (git_dir / "commondir").exists():
        return Found(top, git_dir, git_dir)
    raise GitError(
        f"{dot_git} points at a repository that does not know this folder",
        "if it was moved, run `git worktree repair` or `git submodule update`; else clone it anew",
    )


def _names_worktree(git_dir: Path, top: Path) -> bool:
    """Whether the configuration of `git_dir` says that its files are in `top`, read without git's includes."""
    for line in _line(git_dir / "config").splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip().lower() == "worktree":
            return (git_dir / value.strip().strip('"')).resolve() == top
    return False
