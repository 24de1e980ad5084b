"""Trees out of repositories and repositories out of trees: what measuring and trying things out need."""

import os
from pathlib import Path
from typing import BinaryIO, cast

from fixbot_repair import temporary
from fixbot_repair.git.command import Runner, check_path
from fixbot_repair.git.objects import SYMLINK
from fixbot_repair.git.repository import Repository

_NOBODY = {f"GIT_{role}_{what}": "fixbot@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def export(git_dir: Path, revision: str, folder: Path) -> None:
    """Effect: write the files of `revision` to the empty `folder`, and nothing of git.

    Symbolic links are written only where they stay inside the tree; submodules are left out.
    """
    repository = Repository.bare(git_dir)
    folder.mkdir(parents=True, exist_ok=True)
    links: list[tuple[Path, str]] = []
    for file, data in repository.contents(repository.files(repository.resolve(revision))):
        target = folder / check_path(file.path)
        if file.mode == SYMLINK:
            links.append((target, data.decode("utf-8", "surrogateescape")))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(file.mode & 0o777)
    for place, destination in links:  # last, so that no file is written through a link
        inside = Path(os.path.normpath(place.parent / destination)).is_relative_to(folder)
        if inside and not Path(destination).is_absolute():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(destination)


def create(folder: Path, message: str) -> Repository:
    """Effect: make `folder` a repository of one commit that holds all its files, ignored ones too.

    No configuration but ours is read, so no filter can be defined and none runs.
    """
    git = Runner(folder / ".git", folder)
    git.run("init", "--quiet", "--template=", "--initial-branch=main")
    git.run("add", "--all", "--force", extra={"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"})
    tree = git.run("write-tree").decode().strip()
    with temporary.file() as words:
        words.write(message.encode())
        words.seek(0)
        sha = git.run("commit-tree", tree, stdin=cast("BinaryIO", words), extra=_NOBODY).decode().strip()
    git.run("update-ref", "--no-deref", "refs/heads/main", sha)
    return Repository.open(folder)


def committed_at(git_dir: Path, revision: str) -> int:
    """Effect: when `revision` was committed, in seconds since the epoch. Raises GitError."""
    repository = Repository.bare(git_dir)
    out = Runner(git_dir_of(git_dir)).run("show", "--no-patch", "--format=%ct", repository.resolve(revision))
    return int(out.split()[-1])


def git_dir_of(place: Path) -> Path:
    """The git folder of a repository, bare or not."""
    return (place / ".git" if (place / ".git").is_dir() else place).resolve()
