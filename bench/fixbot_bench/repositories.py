"""Finding the git repositories of instances below a folder."""

from pathlib import Path

from fixbot_bench.errors import RepositoryMissing


def find_repository(folder: Path, repo: str) -> Path:
    """Effect: the repository `repo` (owner/name) below `folder`: ``owner__name``, ``owner+name`` or ``owner/name``.

    Bare or not, or one folder further down (``owner+name/repo``). Raises RepositoryMissing.
    """
    owner, _, name = repo.partition("/")
    for spelling in (f"{owner}__{name}", f"{owner}+{name}", f"{owner}/{name}"):
        for place in (folder / spelling, folder / f"{spelling}.git", folder / spelling / "repo"):
            if (place / ".git").exists() or (place / "HEAD").is_file():
                return place
    raise RepositoryMissing(f"no repository of {repo} in {folder}", f"clone it to {folder / f'{owner}__{name}'}")
