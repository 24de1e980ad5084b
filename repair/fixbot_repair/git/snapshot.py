"""Trees out of repositories and repositories out of trees: what measuring and trying things out need."""

import os
from collections.abc import Iterator
from pathlib import Path

from fixbot_repair.git.command import Runner, check_path
from fixbot_repair.git.objects import SYMLINK
from fixbot_repair.git.repository import Repository
from fixbot_repair.git.writing import commit


def export(repository: Repository, revision: str, folder: Path) -> None:
    """Effect: write the files of `revision` to the empty `folder`, and nothing of git.

    Symbolic links are written only where they stay inside the tree; submodules are left out.
    """
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
    """Effect: make `folder` a repository of one commit that holds all its regular files."""
    git = Runner(folder / ".git", folder)
    git.run("init", "--quiet", "--template=", "--initial-branch=main")
    files: dict[str, bytes | None] = {p.relative_to(folder).as_posix(): p.read_bytes() for p in _regular(folder)}
    sha = commit(git, "", {}, files, message)
    git.run("update-ref", "--no-deref", "refs/heads/main", sha)
    git.run("read-tree", sha)
    return Repository.open(folder)


def _regular(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != ".git")
        yield from (p for name in sorted(names) if not (p := Path(place) / name).is_symlink() and p.is_file())


def committed_at(repository: Repository, revision: str) -> int:
    """Effect: when `revision` was committed, in seconds since the epoch."""
    return repository.committed_at(revision)
