"""What the tests of the bench share: a past made of given files."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fixbot_repair.git.command import Runner

_NOBODY = {f"GIT_{role}_{what}": "x@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def _commit(folder: Path, files: Mapping[str, str], message: str) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git = Runner(folder / ".git", folder)
    if not (folder / ".git").is_dir():
        git.run("init", "--quiet", "--template=", "--initial-branch=main")
    git.run("add", "--all")
    git.run("commit", "--quiet", "--no-verify", "-m", message, extra=_NOBODY)


@pytest.fixture
def commit() -> Callable[[Path, Mapping[str, str], str], None]:
    """Writes files below a folder, which becomes a repository, and commits them with a message."""
    return _commit
