"""What a command would fail to write at its end, refused at its beginning."""

import os
from pathlib import Path

from fixbot_agent.errors import UsageFailure


def refuse(root: Path, branch: str, *files: Path | None) -> None:
    """Effect: look whether a branch of that name ("" for none) and `files` can be made; nothing is.

    Raises UsageFailure for a file, GitError for a branch of the repository at `root`.
    """
    for path in files:
        why = _why_not(path) if path is not None else ""
        if why:
            raise UsageFailure(f"{path} cannot be written: {why}", "name another file, or make its folder first")
    if branch:
        from fixbot_repair.git import Repository

        Repository.open(root).check_branch(branch)


def unsaved(root: Path) -> str:
    """Effect: reads the files that git tracks. What is to be said, before anything is paid for, of a tree that --apply may not write to; "" of a clean one."""
    from fixbot_repair.git import Repository

    repository = Repository.open(root)
    dirty = repository.dirty(repository.tracked())
    if not dirty:
        return ""
    named = f"{', '.join(dirty[:3])}{f' and {len(dirty) - 3} more' if len(dirty) > 3 else ''}"
    return f"{named}: there is work that is not committed; a patch of such a file will not be applied without --allow-dirty"


def _why_not(path: Path) -> str:
    folder = path.parent
    if path.is_dir():
        return "it is a folder"
    if not folder.is_dir():
        return f"there is no folder {folder}"
    return "" if os.access(path if path.exists() else folder, os.W_OK) else "permission denied"
