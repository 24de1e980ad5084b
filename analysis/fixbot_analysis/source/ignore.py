"""What a project says should not be read: .gitignore and .fixbotignore of every folder, git's own lists, and the usual junk."""

import logging
import os
import re
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

log = logging.getLogger(__name__)

# Folders that hold nothing a project's authors wrote. Environments are known by their pyvenv.cfg, not by a name.
JUNK_FOLDERS = frozenset({
    ".git", ".hg", ".svn", ".bzr", "__pycache__", "node_modules", "bower_components", ".tox", ".nox", ".venv", ".eggs",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".ipynb_checkpoints", ".cache", "__pypackages__",
})  # fmt: skip
JUNK_SUFFIXES = (".egg-info", ".dist-info")

# The later one may bring back what the earlier one left out.
RULE_FILES = (".gitignore", ".fixbotignore")
_RULES_LIMIT = 256 * 1024  # bytes
# Patterns are matched by backtracking, whose steps grow with the length of a name to the power of its wildcards
# (measured: 4 on 250 characters, 1.5 s; 5, 85 s). A hostile rule must not hang us.
_STARS_LIMIT = 3  # in one part of a pattern, and ** in all of it
_NAME_LIMIT = 100  # characters; no rule is tried on a longer name
_LINES_LIMIT = 2000
_NAMED_LIMIT = 4096  # characters of a path
_EXCLUDES = re.compile(r"^\s*excludesfile\s*=\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


def is_junk(name: str) -> bool:
    """Whether a folder of this `name` is never looked into."""
    return name in JUNK_FOLDERS or name.endswith(JUNK_SUFFIXES)


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The rules in force in one folder: those of the folders above, then its own, each relative to where it was written.

    Each of `specs` is for the paths below a folder, which it sees with a prefix: the way from where it was written to the project's root.
    """

    specs: "tuple[tuple[str, str, GitIgnoreSpec], ...]" = ()

    @classmethod
    def around(cls, root: Path) -> "IgnoreRules":
        """Effect: read the rules that hold in `root` without standing in it: the user's, the repository's, those of folders above up to its top."""
        top = next((f for f in (root, *root.parents) if (f / ".git").exists()), None)
        if top is None:
            return cls()
        found = [("", _read(file)) for file in (*_users_files(), _repository(top / ".git") / "info" / "exclude")]
        way = root.relative_to(top).parts
        for depth in range(len(way)):
            folder = top.joinpath(*way[:depth])
            found += [("/".join(way[depth:]) + "/", _read(folder / name)) for name in RULE_FILES]
        prefix = "".join(part + "/" for part in way)
        return cls(tuple(("", below or prefix, spec) for below, spec in found if spec is not None))

    def below(self, folder: str, names: Collection[str], root: Path) -> "IgnoreRules":
        """Effect: read the rule files among `names` of `folder` (POSIX, ``""`` or ending in /) of the project at `root`."""
        own = [name for name in RULE_FILES if name in names]
        found = [_read(root / folder / name) for name in own]
        added = tuple((folder, "", spec) for spec in found if spec is not None)
        return IgnoreRules(self.specs + added) if added else self

    def can_tell(self, path: str) -> bool:
        """Whether rules are tried on `path` at all: none of its names is too long for that."""
        return len(max(path.split("/"), key=len)) <= _NAME_LIMIT

    def ignores(self, path: str) -> bool:
        """Whether `path` (POSIX, a folder ends in /) is left out: the last rule that speaks of it decides."""
        if not self.specs or not self.can_tell(path):
            return False
        for folder, prefix, spec in reversed(self.specs):
            verdict = spec.check_file(prefix + path[len(folder) :]).include
            if verdict is not None:
                return verdict
        return False


def _users_files() -> Iterator[Path]:
    """Effect: where git keeps what this user never wants to see (gitignore(5), core.excludesFile)."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  Path.home() raises where there is none
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    for file in (home / ".gitconfig", settings / "config"):
        try:
            named = _EXCLUDES.findall(file.read_text("utf-8", "replace")[:_RULES_LIMIT])
        except OSError:
            continue
        if named:
            yield Path(os.path.expanduser(named[-1].strip().strip('"')))  # noqa: PTH111  as above
            return
    yield settings / "ignore"


def _repository(git: Path) -> Path:
    """Effect: the folder of a repository that `git` is or, as in a worktree, names."""
    try:
        if not git.is_file():
            return git
        folder = git.parent / git.read_text("utf-8", "replace")[:_NAMED_LIMIT].removeprefix("gitdir:").strip()
        common = folder / "commondir"
        return folder / common.read_text("utf-8", "replace")[:_NAMED_LIMIT].strip() if common.is_file() else folder
    except (OSError, ValueError):
        return git


def _read(path: Path) -> "GitIgnoreSpec | None":
    try:
        status = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _RULES_LIMIT:
        return None
    return _parsed(path, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=256)
def _parsed(path: Path, _written: int, _size: int, _inode: int) -> "GitIgnoreSpec | None":
    try:
        lines = path.read_text("utf-8", "replace").splitlines()[:_LINES_LIMIT]
    except OSError as error:
        log.warning("%s cannot be read: %s", path, error.strerror)
        return None
    from pathspec import GitIgnoreSpec  # only where there are rules

    return GitIgnoreSpec.from_lines([line for line in lines if _usable(GitIgnoreSpec, line, path)])


def _usable(kind: "type[GitIgnoreSpec]", line: str, path: Path) -> bool:
    parts = line.split("/")
    if parts.count("**") > _STARS_LIMIT or any(p.count("*") > _STARS_LIMIT for p in parts):
        log.warning("%s: pattern with over %d wildcards left out", path, _STARS_LIMIT)
        return False
    try:
        kind.from_lines([line])
    except ValueError:
        log.warning("%s: not a pattern: %r", path, line)
        return False
    return True
