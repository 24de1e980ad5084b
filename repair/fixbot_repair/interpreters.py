"""Where interpreters are looked for: environment variables, environments in the project, poetry, conda, pyenv, PATH."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from fixbot_repair import programs
from fixbot_repair.errors import EnvironmentFailure


def candidates(root: Path) -> Iterator[tuple[Path, str]]:
    """Interpreters in the order in which they are tried, each with the words for how it was found."""
    active = os.environ.get("VIRTUAL_ENV", "")
    own = Path(active).resolve() == Path(sys.prefix).resolve() if active else False
    inside = [(root / name, f"{name} in the project") for name in (".venv", "venv", "env")]
    places = [(Path(active), "VIRTUAL_ENV")] if active and not own else []
    places += [(folder, why) for folder, why in inside if os.access(folder / "pyvenv.cfg", os.R_OK)]
    if active and own:
        places.append((Path(active), "VIRTUAL_ENV"))
    places += [(folder, "poetry") for folder in _poetry(root)]
    if conda := os.environ.get("CONDA_PREFIX"):
        places.append((Path(conda), "conda"))
    yield from ((folder / "bin" / "python", why) for folder, why in places)
    if pinned := _pyenv(root):
        yield pinned, ".python-version"
    yield from ((python, "PATH") for python in _on_path(root))
    yield Path(sys.executable), "fixbot's own interpreter"


def _poetry(root: Path) -> Iterator[Path]:
    """Environments that poetry keeps for this folder: NAME-HASH-pyX.Y, the hash being of the folder's path."""
    if not (root / "poetry.lock").is_file():
        return
    import base64
    import hashlib

    digest = base64.urlsafe_b64encode(hashlib.sha256(str(root).encode()).digest()).decode()[:8]
    cache = Path(os.environ.get("POETRY_CACHE_DIR") or Path.home() / ".cache" / "pypoetry")
    yield from sorted((cache / "virtualenvs").glob(f"*-{digest}-py*"), reverse=True)


def _pyenv_root() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _pyenv(root: Path) -> Path | None:
    """The interpreter that a ``.python-version`` file names, where pyenv has it."""
    try:
        words = (root / ".python-version").read_text()[:200].split()
    except (OSError, UnicodeDecodeError):
        return None
    if not words or not re.fullmatch(r"[\w.\-]+", words[0]):
        return None
    python = _pyenv_root() / "versions" / words[0] / "bin" / "python"
    return python if os.access(python, os.X_OK) else None


def _on_path(root: Path) -> Iterator[Path]:
    """Every python3 on PATH outside the project and outside fixbot's own environment."""
    for place in map(Path, programs.search_path(root)):
        if place != Path(sys.prefix) / "bin":
            for name in ("python3", "python"):
                if os.access(place / name, os.X_OK):
                    yield place / name
                    break


def without_shim(root: Path, python: Path) -> Path:
    """Effect: return the interpreter that a shim of pyenv would start (a shell script that needs HOME and all of pyenv).

    Raises EnvironmentFailure when it would start none.
    """
    if python.parent.name != "shims":
        return python
    names = [os.environ.get("PYENV_VERSION", "").split(":")[0]]
    pinned = _pyenv(root)
    with contextlib.suppress(OSError):
        names += (_pyenv_root() / "version").read_text()[:200].split()
    for real in [*([pinned] if pinned else []), *(_pyenv_root() / "versions" / n / "bin" / "python" for n in names)]:
        if os.access(real, os.X_OK):
            return real
    raise EnvironmentFailure(f"{python} leads to no interpreter", "pyenv install one, or name one with --python PATH")
