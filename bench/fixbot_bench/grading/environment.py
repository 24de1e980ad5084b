"""The environment of a (repository, version): built once with uv, shared by its instances."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fixbot_agent.settings import Places
from fixbot_bench.errors import BenchEnvironmentError
from fixbot_bench.grading.specification import Specification
from fixbot_bench.grading.tree import export_tree
from fixbot_repair import programs
from fixbot_repair.git.snapshot import committed_at

_INSTALL_SECONDS = 1800
_PEP_660_DAY = "2022-12-01"


@dataclass(frozen=True, slots=True)
class BenchEnvironment:
    """A virtual environment and the tree it was installed from (which holds the generated files)."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def source(self) -> Path:
        """The tree of the set-up commit, as the install left it."""
        return self.folder / "source"


def build(spec: Specification, repository: Path, commit: str, day: str, cache: Path) -> BenchEnvironment:
    """Effect: build the environment of `spec` below `cache`, or find it there.

    `commit` is the set-up commit, `day` (ISO 8601) the newest that a package may be, so that what was not pinned is
    resolved as it was then. Runs the repository's own build scripts without a sandbox: the dataset chose them.
    """
    key = hashlib.sha256(json.dumps([asdict(spec), commit, day]).encode()).hexdigest()[:12]
    folder = cache / f"{spec.repo.replace('/', '__')}-{spec.version}-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        if not (folder / "complete").exists():
            _build(folder, spec, repository, commit, day)
            (folder / "complete").touch()
    return BenchEnvironment(folder)


def environments() -> Path:
    """Effect: reads FIXBOT_BENCH_ENVIRONMENTS. The folder that environments are kept in."""
    return Path(os.environ.get("FIXBOT_BENCH_ENVIRONMENTS") or Places.current().cache / "bench")


def setup_day(repository: Path, commit: str) -> str:
    """Effect: the day after `commit` was made (ISO 8601): packages as they were then."""
    seconds = committed_at(repository, commit)
    return (datetime.fromtimestamp(seconds, UTC) + timedelta(days=1)).date().isoformat()


def _build(folder: Path, spec: Specification, repository: Path, commit: str, day: str) -> None:
    for part in ("venv", "source"):
        shutil.rmtree(folder / part, ignore_errors=True)
    environment = BenchEnvironment(folder)
    export_tree(repository, commit, environment.source)
    _uv(["venv", "--quiet", "--python", str(find_interpreter(spec.python)), str(folder / "venv")], folder, spec)
    target = ["pip", "install", "--compile-bytecode", "--python", str(environment.python)]
    pinned = [package for package in spec.packages if "==" in package]
    if pinned:
        _uv([*target, *pinned], folder, spec)
    # What is not pinned is taken as it was on the day of the set-up commit.
    loose = [package for package in spec.packages if package not in pinned]
    edited = ["--editable", str(environment.source)] if spec.install else []
    if loose or edited:
        _uv([*target, "--exclude-newer", day, *_build_tools(day), *loose, *edited], folder, spec)
    _uv(["pip", "freeze", "--python", str(environment.python)], folder, spec)


def _build_tools(day: str) -> list[str]:
    """The day's setuptools cannot install editably (PEP 660 came in 2022): it may be as new as a known good one."""
    newest = max(day, _PEP_660_DAY)
    return [part for tool in ("setuptools", "wheel") for part in ("--exclude-newer-package", f"{tool}={newest}")]


def _uv(arguments: Sequence[str], folder: Path, spec: Specification) -> None:
    uv = programs.find("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        raise BenchEnvironmentError("grading builds environments with uv, which is not installed", "pip install uv")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    with (folder / "install.log").open("ab") as log:
        ended = subprocess.run(
            [uv, *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False, cwd=folder,
            timeout=_INSTALL_SECONDS, env={**kept, **dict(spec.environment)},
        )  # fmt: skip
    if ended.returncode:
        raise BenchEnvironmentError(f"{spec.repo} {spec.version} could not be installed", f"see {log.name}")


def find_interpreter(version: str) -> Path:
    """Effect: an interpreter of `version` (``3.9``): on the PATH, of pyenv or of uv. Raises BenchEnvironmentError."""
    home = Path.home()
    folders = [
        *home.glob(f".pyenv/versions/{version}.*/bin"),
        *home.glob(f".local/share/uv/python/cpython-{version}.*/bin"),
    ]
    on_path = (Path(found) for f in programs.search_path() if (found := shutil.which(f"python{version}", path=f)))
    for candidate in (*(folder / "python" for folder in sorted(folders)), *on_path):
        if _is_version(candidate, version):
            return candidate
    raise BenchEnvironmentError(f"no Python {version} on this machine", f"uv python install {version}, or pyenv")


def _is_version(candidate: Path, version: str) -> bool:
    # A shim of pyenv is there for every version that is installed anywhere and fails when that one is not active.
    probe = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        said = subprocess.run([candidate, "-I", "-c", probe], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.stdout.strip() == version


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
