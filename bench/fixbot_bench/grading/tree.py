"""Trees of instances: the base commit alone, in a repository of one commit, so that the future cannot leak."""

from pathlib import Path

from fixbot_repair.git import Repository


def export_tree(repository: Path, commit: str, folder: Path) -> None:
    """Effect: write the files of `commit` to `folder`, and nothing of git. Raises GitError when it is not there."""
    Repository.open(repository).export(commit, folder)


def one_commit_repository(repository: Path, commit: str, folder: Path) -> None:
    """Effect: the same as a fresh repository whose only commit is that tree."""
    export_tree(repository, commit, folder)
    Repository.create(folder, f"{commit[:12]} as it was")


def change_of(folder: Path) -> str:
    """Effect: everything that differs from the last commit, new files too, as a unified diff."""
    return Repository.open(folder).working_diff()
