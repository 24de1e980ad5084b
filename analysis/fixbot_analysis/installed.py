"""Where the packages lie that are installed for a project, which they are, and their files: looked at, never run."""

import os
import stat
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import blake2b, sha256
from pathlib import Path

Folders = tuple[Path, ...]  # that installed packages lie in

_HOMES = (".venv", "venv", "env")  # of virtual environments, by their usual names
_ACTIVE = ("VIRTUAL_ENV", "CONDA_PREFIX")
_SITES = ("lib/python3*/site-packages", "Lib/site-packages")
_DISTRIBUTIONS = (".dist-info", ".egg-info")


def packages_of(root: Path) -> Folders:
    """Effect: looks for the packages installed for the project at `root`, those that count first before others.

    Virtual environments in it, in the folders above it up to the top of its repository, then the active one (conda's, too), if the
    project and the current folder lie in each other, then those that poetry keeps for it in a folder of its own.
    """
    place = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would leave the folder that the user named
    around = _around(place)
    homes = [*(folder / name for folder in around for name in _HOMES), *_active(place), *_poetry(around)]
    found = (folder for home in homes for pattern in _SITES for folder in sorted(home.glob(pattern)))
    return tuple(dict.fromkeys(folder for folder in found if folder.is_dir()))


def listed(folder: Path) -> frozenset[str]:
    """Effect: names of what lies in `folder`; none where it cannot be read."""
    try:
        return frozenset(entry.name for entry in os.scandir(folder))
    except OSError:
        return frozenset()


def signature(folders: Folders) -> str:
    """Effect: a name for the distributions (name and version) that lie in `folders`, another one after an upgrade; ``""`` for no folder."""
    texts = [f"{folder}\n" + "\n".join(sorted(_distributions(folder))) for folder in folders]
    return blake2b("\n\n".join(texts).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest() if texts else ""


def content(path: Path, largest: int) -> bytes | None:
    """Effect: what the regular file at `path` holds; None where it is none, cannot be read or has more than `largest` bytes."""
    try:
        found = path.stat()
        return path.read_bytes() if stat.S_ISREG(found.st_mode) and found.st_size <= largest else None
    except OSError:
        return None


def _distributions(folder: Path) -> Iterator[str]:
    return (name for name in listed(folder) if name.endswith(_DISTRIBUTIONS))


def _around(place: Path) -> tuple[Path, ...]:
    """The folder `place` and those above it up to the top of its repository; itself where it is in none."""
    folders = (place, *place.parents)
    top = next((n for n, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    return folders[: top + 1]


def _poetry(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Poetry's environments of the projects at `folders`, the newest Python first: it names them by a digest of the project's folder."""
    home = os.path.expanduser("~/.cache")  # noqa: PTH111 - which raises nothing where there is no home
    usual = Path(os.environ.get("XDG_CACHE_HOME") or home, "pypoetry")
    cache = os.environ.get("POETRY_CACHE_DIR") or usual
    kept = Path(os.environ.get("POETRY_VIRTUALENVS_PATH") or Path(cache, "virtualenvs"))
    for folder in folders:
        if kept.is_absolute() and (folder / "pyproject.toml").is_file():
            name = urlsafe_b64encode(sha256(os.fsencode(os.path.realpath(folder))).digest())[:8].decode()
            yield from sorted(kept.glob(f"*-{name}-py*"), key=_version, reverse=True)


def _version(home: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in home.name.rpartition("-py")[2].split(".") if part.isdecimal())


def _active(place: Path) -> Iterator[Path]:
    try:
        here = Path.cwd()
    except OSError:  # the folder is gone
        return
    if place.is_relative_to(here) or here.is_relative_to(place):
        yield from (
            Path(named) for name in _ACTIVE if (named := os.environ.get(name, "")) and Path(named).is_absolute()
        )
