"""A copy of a project with open buffers laid over it, for tools that can only be shown files."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from fixbot_analysis.source.ignore import is_junk
from fixbot_repair.errors import CheckFailed

_LARGEST = 4 << 20  # bytes of a file that a compiler would read
_MOST_BYTES = 1 << 30
_LINKED = frozenset({"node_modules", ".venv", "venv", ".tox"})  # what is installed, and too much to copy
# Sources and what configures the tools; pictures and data make no difference to a compiler.
_SUFFIXES = frozenset({
    "", ".py", ".pyi", ".typed", ".toml", ".cfg", ".ini", ".json", ".jsonc", ".yaml", ".yml", ".lock", ".mod", ".sum", ".work",
    ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".c", ".h", ".cc", ".hh", ".cpp", ".hpp",
    ".cxx", ".hxx", ".inc", ".ipp", ".rs", ".go", ".s", ".java", ".txt",
})  # fmt: skip


def copy(root: Path, target: Path, overlay: Mapping[str, bytes]) -> None:
    """Effect: copy what tools read of `root` to `target`, with `overlay` (path -> content) in place of what is there.

    Installed packages are linked. Links of the project's own are left out: they may lead anywhere.
    Raises CheckFailed when there is too much, or no room.
    """
    left = _MOST_BYTES
    try:
        for path, size in _files(root, target):
            if path not in overlay:
                left -= size
                if left < 0:
                    raise CheckFailed(
                        f"the project holds more than {_MOST_BYTES >> 30} GiB of sources", "save the files"
                    )
                _place(target, path)
                shutil.copyfile(root / path, target / path, follow_symlinks=False)
        for path, data in overlay.items():
            _place(target, path).write_bytes(data)
    except OSError as error:
        raise CheckFailed(
            f"the project cannot be copied: {error.strerror}", "free some space, or set TMPDIR"
        ) from error


def _place(target: Path, path: str) -> Path:
    place = target / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _files(root: Path, target: Path) -> Iterator[tuple[str, int]]:
    """Path and size of what is to be copied; Effect: links the folders of installed packages."""
    for folder, names, files in os.walk(root):
        inside = [Path(folder, name) for name in names]
        installed = {p.name for p in inside if p.name in _LINKED or (p / "pyvenv.cfg").exists()}
        for name in installed:
            place = Path(folder, name)
            _place(target, str(place.relative_to(root))).symlink_to(place.resolve())
        names[:] = [n for n in names if n not in installed and not is_junk(n)]
        for place in (Path(folder, name) for name in files):
            if place.suffix.lower() in _SUFFIXES:
                status = place.lstat()
                if stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST:
                    yield place.relative_to(root).as_posix(), status.st_size
