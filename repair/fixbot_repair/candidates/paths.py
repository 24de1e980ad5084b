"""Paths that a patch may name: well-formed, inside the repository, and neither protected nor a test."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from fixbot_repair.errors import PatchError

# Files that run code, or decide what is run, on somebody's machine or in CI: lower case, compared by name.
_PROTECTED_NAMES = frozenset(
    [
        ".env",
        ".envrc",
        ".gitattributes",
        ".gitconfig",
        ".gitignore",
        ".gitmodules",
        ".gitlab-ci.yml",
        ".mailmap",
        ".netrc",
        ".pre-commit-config.yaml",
        ".pypirc",
        ".travis.yml",
        "appveyor.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "codecov.yml",
        "conftest.py",
        "dockerfile",
        "fixbot.toml",
        "jenkinsfile",
        "makefile",
        "noxfile.py",
        "pytest.ini",
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "sitecustomize.py",
        "tox.ini",
        "usercustomize.py",
        "package.json",
    ]
)
_PROTECTED_FOLDERS = frozenset(
    (".circleci", ".devcontainer", ".git", ".github", ".gitlab", ".husky", ".idea", ".vscode")
)
_PROTECTED_SUFFIXES = (".pth", ".code-workspace")
_TEST_NAME = re.compile(r"(test_.*|.*_test|tests?)\.py|conftest\.py")
_GIT_SHORT_NAME = re.compile(r"git~\d+")  # what NTFS may call .git
_IGNORED_BY_HFS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def check(path: str) -> str:
    """Return `path` when a patch may name it at all. Raises PatchError: absolute, ``..``, ``.git``, control characters."""
    parts = path.split("/")
    if not path or path.startswith("/") or re.match(r"[A-Za-z]:", path) or "\\" in path:
        raise PatchError(f"a patch must name paths relative to the repository, not {path!r}", _HINT)
    if any(part in ("", ".", "..") for part in parts):
        raise PatchError(f"a patch must not leave the repository: {path!r}", _HINT)
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in path):
        raise PatchError(f"control characters in a path: {path!r}", _HINT)
    if any(_is_git(part) for part in parts):
        raise PatchError(f"a patch must not touch git's own files: {path!r}", _HINT)
    return path


_HINT = "leave that file out of the patch"


def _is_git(part: str) -> bool:
    name = _IGNORED_BY_HFS.sub("", unicodedata.normalize("NFKC", part)).casefold().rstrip(". ").split(":")[0]
    return name == ".git" or bool(_GIT_SHORT_NAME.fullmatch(name))


def is_protected(path: str) -> bool:
    """Whether `path` decides what runs on somebody's machine: CI, editor and git settings, build and test configuration."""
    *folders, name = PurePosixPath(path.casefold()).parts
    return name in _PROTECTED_NAMES or name.endswith(_PROTECTED_SUFFIXES) or not _PROTECTED_FOLDERS.isdisjoint(folders)


def is_test(path: str) -> bool:
    """Whether `path` is a test or belongs to tests (``tests/`` anywhere, ``test/`` at the top, ``test_*.py``, conftest)."""
    *folders, name = PurePosixPath(path).parts
    return bool(_TEST_NAME.fullmatch(name)) or "tests" in folders or folders[:1] == ["test"]


def check_all(paths: Iterable[str], existing: Iterable[str] = (), allow_tests: bool = False) -> None:
    """Check the paths that one patch touches; `existing` are the files of the repository that new names may collide with.

    Raises PatchError for a path that is malformed, protected, a test (unless allowed), or differs from another by case only.
    """
    touched = [check(p) for p in paths]
    for path in touched:
        if is_protected(path):
            raise PatchError(f"{path} is protected: it decides what is run", _HINT)
        if is_test(path) and not allow_tests:
            raise PatchError(f"{path} is a test; fixes do not change tests", "use --allow-test-edits if you mean it")
    known: dict[str, str] = {}
    for path in {*touched, *existing}:
        other = known.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if other != path and (path in touched or other in touched):
            raise PatchError(f"{path} and {other} are one file where case does not count", _HINT)
