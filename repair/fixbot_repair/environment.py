"""The project's own interpreter: which one it is, and what of the machine it needs to see.

Nothing from the project's folder is run here: a virtual environment in a hostile tree may hold any program under the
name of python. The base interpreter that it stands on is asked, and packages are found by looking at files.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.interpreters import candidates, without_shim

OLDEST, NEWEST = (3, 6), (3, 14)
_PROBE = (
    "import json, site, sys, sysconfig; print(json.dumps([sys.version_info[:3], sys.prefix, sys.base_prefix,"
    " sys.executable, sorted(set(site.getsitepackages() + [sysconfig.get_paths()[k] for k in"
    " ('stdlib', 'platstdlib', 'purelib', 'platlib')]))]))"
)
_SECONDS = 20.0
_SYSTEM = tuple(Path(p) for p in ("/usr", "/bin", "/lib", "/lib64", "/etc"))  # every sandbox shows these
_PYTEST_TESTS = re.compile(rb"^\s*(?:import pytest|from pytest\b|def test_\w+\(|async def test_)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter and its packages. `source` says how it was found, in words for a report.

    `site` are its package folders, `editable` the folders outside them that ``.pth`` files and editable installs name,
    `readable` what a sandbox must show besides the system's own folders. `pytest` is its version, "" without one.
    """

    python: Path
    version: tuple[int, int, int]
    source: str
    site: tuple[Path, ...] = ()
    editable: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    pytest: str = ""

    @property
    def bin(self) -> Path:
        """The folder of the interpreter, which goes first on PATH."""
        return self.python.parent

    @classmethod
    def find(cls, root: Path, given: Path | None = None) -> "Environment":
        """Effect: find the interpreter of the project at `root`, or look at the one that is `given`.

        Order: given, VIRTUAL_ENV, a virtual environment in the project, poetry, conda, pipenv, pyenv's
        ``.python-version``, ``python3`` on PATH, fixbot's own. Raises EnvironmentFailure when none can be used.
        """
        root = root.resolve()
        if given is not None:
            return cls._look(root, given, "--python")
        problems = []
        for python, source in candidates(root):
            try:
                found = cls._look(root, python, source)
            except EnvironmentFailure as error:
                problems.append(error.message)
                continue
            if source == "PATH" and not found.pytest and needs_pytest(root):
                continue  # fixbot's own interpreter has pytest
            return found
        raise EnvironmentFailure(
            "no usable Python was found for this project" + "".join(f"; {p}" for p in problems),
            "name one with --python PATH",
        )

    @classmethod
    def _look(cls, root: Path, python: Path, source: str) -> "Environment":
        try:
            return cls._look_at(root, python, source)
        except OSError as error:  # a link into another user's folder
            why = f"{python} cannot be used: {error.strerror or error}"
            raise EnvironmentFailure(why, "name another interpreter with --python PATH") from error

    @classmethod
    def _look_at(cls, root: Path, python: Path, source: str) -> "Environment":
        python = without_shim(root, _as_executable(python))
        base = _base(root, python, trusted=source == "--python")
        version, prefix, base_prefix, executable, folders = _probe(base)
        if not OLDEST <= version[:2] <= NEWEST:
            raise EnvironmentFailure(
                f"{python} is Python {'.'.join(map(str, version))}; 3.6 to 3.14 can be worked with",
                "name another with --python PATH",
            )
        home = _home(python)
        site = _site(home, version, folders) if home else tuple(Path(f) for f in folders if "packages" in f)
        editable = tuple(dict.fromkeys(_pth_targets(site)))
        prefixes = [*([home] if home else []), Path(prefix), Path(base_prefix), Path(executable).parent.parent]
        readable = _outermost([*prefixes, *site, *(Path(f) for f in folders), *editable], root)
        return cls(python, version, source, site, editable, readable, _pytest_version(site))


def needs_pytest(root: Path) -> bool:
    """Effect: whether the tests below `root` are written for pytest, as far as the first 200 of their files tell."""
    if (root / "conftest.py").exists() or (root / "tests" / "conftest.py").exists():
        return True
    for place in _test_files(root, 200):
        try:
            text = place.read_bytes()[:200_000]
        except OSError:
            continue
        if _PYTEST_TESTS.search(text) and b"unittest" not in text:
            return True
    return False


def _test_files(root: Path, most: int) -> Iterator[Path]:
    left = most
    for folder, names, files in os.walk(root):
        names[:] = [n for n in names if not n.startswith(".") and n not in ("node_modules", "venv", "build", "dist")]
        for name in files:
            if name.endswith(".py") and (name.startswith("test") or name.endswith("_test.py")):
                yield Path(folder, name)
                left -= 1
                if not left:
                    return


def _as_executable(python: Path) -> Path:
    """The interpreter itself where a virtual environment's folder was named."""
    place = Path(os.path.abspath(python.expanduser()))  # noqa: PTH100 - resolve() would leave the environment
    for inner in ("bin/python", "bin/python3"):
        if place.is_dir() and (place / inner).exists():
            return place / inner
    if place.is_dir() or not os.access(place, os.X_OK):
        raise EnvironmentFailure(f"there is no Python at {python}", "name an interpreter with --python PATH")
    return place


def _home(python: Path) -> Path | None:
    """The virtual environment that `python` belongs to."""
    home = python.parent.parent
    return home if (home / "pyvenv.cfg").is_file() else None


def _base(root: Path, python: Path, *, trusted: bool) -> Path:
    """The interpreter outside the project that `python` is, or stands on; it is the one that may be asked.

    One that lies in the project itself is asked only when the user named it (`trusted`).
    """
    real = python.resolve()
    if not real.is_relative_to(root) or (trusted and _home(python) is None):
        return real
    for line in _lines(python.parent.parent / "pyvenv.cfg"):
        key, _, value = line.partition("=")
        if key.strip() == "home":
            for name in (python.name, "python3", "python"):
                base = Path(value.strip()) / name
                if base.is_absolute() and not base.resolve().is_relative_to(root) and os.access(base, os.X_OK):
                    return base
    raise EnvironmentFailure(
        f"{python} lies in the project itself, which may not say what is run", "name it with --python if you trust it"
    )


def _probe(python: Path) -> tuple[tuple[int, int, int], str, str, str, list[str]]:
    """Effect: ask an interpreter for version, prefix, base prefix, executable and package folders."""
    try:
        done = subprocess.run(
            [python, "-I", "-S", "-c", _PROBE],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            cwd="/",
        )
        version, prefix, base, executable, folders = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise EnvironmentFailure(f"{python} is not a working Python 3", "name another with --python PATH") from error
    return (version[0], version[1], version[2]), prefix, base, executable, folders


def _site(home: Path, version: tuple[int, int, int], base_folders: list[str]) -> tuple[Path, ...]:
    """Package folders of a virtual environment, and of its base where it shows through."""
    name = f"python{version[0]}.{version[1]}"
    own = [home / lib / name / "site-packages" for lib in ("lib", "lib64")]
    found = list(dict.fromkeys(f.resolve() for f in own if f.is_dir()))
    shows_through = any(
        key.strip() == "include-system-site-packages" and value.strip().lower() == "true"
        for key, _, value in (line.partition("=") for line in _lines(home / "pyvenv.cfg"))
    )
    return (*found, *(Path(f) for f in base_folders if shows_through and "packages" in f))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:100_000].splitlines()
    except OSError:
        return []


def _pth_targets(site: tuple[Path, ...]) -> Iterator[Path]:
    """Folders that ``.pth`` files add and that setuptools' editable finders map to."""
    for folder in site:
        for file in sorted(folder.glob("*.pth")):
            for line in _lines(file):
                place = Path(line.strip())
                if line.strip() and not line.startswith(("import ", "import\t", "#")):
                    yield from _existing(place if place.is_absolute() else folder / place)
        for file in sorted(folder.glob("__editable__*finder.py")):
            for text in re.findall(r"'(/[^']+)'", file.read_text(encoding="utf-8", errors="replace")[:100_000]):
                yield from _existing(Path(text))


def _existing(place: Path) -> Iterator[Path]:
    if os.access(place, os.R_OK):
        yield place.resolve()


def _outermost(places: list[Path], root: Path) -> tuple[Path, ...]:
    """Folders that a sandbox must show, those inside another left out; the project is shown as its clone anyway."""
    known = sorted(
        {p.resolve() for p in places if p.exists()} | {p for p in places if p.exists()}, key=lambda p: p.parts
    )
    kept: list[Path] = []
    for place in known:
        shown = (*_SYSTEM, *kept)
        part_of_project = place == root or (place.is_relative_to(root) and not _is_environment(place, root))
        if len(place.parts) > 1 and not part_of_project and not any(place.is_relative_to(k) for k in shown):
            kept.append(place)
    return tuple(kept)


def _is_environment(place: Path, root: Path) -> bool:
    """Whether `place`, inside the project, is (in) a virtual environment."""
    return any((p / "pyvenv.cfg").is_file() for p in (place, *place.parents) if p != root and p.is_relative_to(root))


def _pytest_version(site: tuple[Path, ...]) -> str:
    for folder in site:
        for info in sorted(folder.glob("pytest-*.dist-info")):
            return info.name.removeprefix("pytest-").removesuffix(".dist-info")
        if (folder / "pytest.py").exists() or (folder / "pytest").is_dir():
            return "unknown"
    return ""
