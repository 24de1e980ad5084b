"""Trees of instances: the base commit alone, in a repository of one commit, so that the future cannot leak."""

from pathlib import Path

from fixbot_repair.candidates.diff import unified
from fixbot_repair.git import Repository
from fixbot_repair.git.snapshot import create, export


def export_tree(repository: Path, commit: str, folder: Path) -> None:
    """Effect: write the files of `commit` to `folder`, and nothing of git. Raises GitError when it is not there."""
    export(repository, commit, folder)


def one_commit_repository(repository: Path, commit: str, folder: Path) -> None:
    """Effect: the same as a fresh repository whose only commit is that tree."""
    export(repository, commit, folder)
    create(folder, f"{commit[:12]} as it was")


def change_of(folder: Path) -> str:
    """Effect: everything that differs from the last commit, new files too, as a unified diff.

    Read without git's own diff: what an agent wrote into the repository's configuration must not run here.
    """
    repository = Repository.open(folder)
    committed = {f.path: data for f, data in repository.contents(repository.files(repository.head)) if f.is_regular}
    paths = {*committed, *repository.untracked()}
    now = {p: (folder / p).read_bytes() for p in paths if (folder / p).is_file() and not (folder / p).is_symlink()}
    changed = [p for p in sorted(paths) if committed.get(p) != now.get(p)]
    return unified({p: committed[p] for p in changed if p in committed}, {p: now[p] for p in changed if p in now})
