"""Protected paths before and after a command: what was changed, and what was newly made, which is removed."""

import os
from pathlib import Path

from fixbot_repair.clearing import remove_tree

# (inode, kind and mode, size, time of change in ns); for folders the first two. None: there is nothing.
_Sign = tuple[int, ...] | None


def signs(workdir: Path, names: list[str]) -> dict[str, _Sign]:
    """Effect: read what tells whether each of the protected `names` is still the same."""
    return {name: _sign(workdir / name) for name in names}


def changed(workdir: Path, before: dict[str, _Sign]) -> tuple[str, ...]:
    """Effect: compare with `before`; what did not exist then is removed. Returns the names that differ."""
    differing = []
    for name, sign in before.items():
        if _sign(workdir / name) == sign:
            continue
        differing.append(name)
        if sign is None:
            _remove(workdir, name)
    return tuple(differing)


def _sign(path: Path) -> _Sign:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if path.is_dir() and not path.is_symlink():
        return (found.st_ino, found.st_mode)
    return (found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns)


def _remove(workdir: Path, name: str) -> None:
    """Effect: remove what a command made, unless a link leads there: what lies behind it is not the command's."""
    path = workdir
    *above, last = name.split("/")
    for part in above:
        path = path / part
        if path.is_symlink():
            return
    path = path / last
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        remove_tree(path)
