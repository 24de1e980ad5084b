"""Where programs of the machine are looked for: never in the project, nor in a folder that the current one decides."""

import os
import shutil
from pathlib import Path


def search_path(inside: Path | None = None) -> tuple[str, ...]:
    """Effect: the absolute folders of PATH, without those in the project `inside` and in the one around the current folder."""
    closed = [Path(os.path.realpath(p)) for p in (inside, _project_here()) if p]
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return tuple(f for f in folders if Path(f).is_absolute() and not _is_within(f, closed))


def find(name: str, inside: Path | None = None) -> Path | None:
    """Effect: the absolute path of the program `name`, None where there is none outside the project (`inside`)."""
    found = shutil.which(name, path=os.pathsep.join(search_path(inside)))
    return Path(found) if found else None


def _is_within(folder: str, closed: list[Path]) -> bool:
    real = Path(os.path.realpath(folder))
    return any(real.is_relative_to(c) or Path(folder).is_relative_to(c) for c in closed)


def _project_here() -> Path | None:
    """The repository around the current folder; a home folder that is kept in git is none."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        return None
    home = Path(os.path.realpath(Path.home()))
    around = (p for p in (here, *here.parents) if not home.is_relative_to(p))
    return next((p for p in around if os.path.lexists(p / ".git")), None)
