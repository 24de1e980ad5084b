"""Where faults are tried: a private copy of a project, and its tests run there."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks.tests import Runner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.git.snapshot import create
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import Workspace

NO_CACHES = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".git")
_SRC = b'import sys\nfrom pathlib import Path\n\nsys.path.insert(0, str(Path(__file__).parent / "src"))\n'


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[tuple[Workspace, Runner]]:
    """Effect: copy the project in `folder`, for the time of the block; its tests run with the interpreter that runs us."""
    with tempfile.TemporaryDirectory(prefix="fixbot-faults-") as scratch:
        project = Path(scratch) / "project"
        shutil.copytree(folder, project, ignore=NO_CACHES, symlinks=True)
        repository = create(project, "as it is")
        environment = Environment.find(repository.top, Path(sys.executable))
        sandbox = choose("auto", trusted=True, root=repository.top)
        with Workspace.create(repository.top, environment, sandbox) as workspace:
            yield workspace, runner(workspace)


def importable(folder: Path) -> None:
    """Effect: let the tests of a project with a ``src`` folder find it without being installed."""
    if (folder / "src").is_dir() and not (folder / "conftest.py").exists():
        (folder / "conftest.py").write_bytes(_SRC)


def is_source(path: str) -> bool:
    """Whether a fault in the file `path` counts: Python, and no test, example or script of the build."""
    folders = path.split("/")[:-1]
    return path.endswith(".py") and not is_test(path) and not _ASIDE & {*folders, path}


_ASIDE = frozenset({
    "test", "tests", "testing", "docs", "doc", "examples", "benchmarks", "bench", "tools", "setup.py", "conftest.py", "noxfile.py",
})  # fmt: skip
