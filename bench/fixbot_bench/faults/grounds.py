"""Where faults are tried: a private copy of a project, and its tests run there."""

import ast
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import Runner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.git.snapshot import create
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import Workspace

NO_CACHES = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".git")
_SRC = 'import sys\nfrom pathlib import Path\n\nsys.path.insert(0, str(Path(__file__).parent / "src"))\n'
_LEFT_OUT = """

_NOT_OF_THIS_CASE = {{  # they fail without the fault too
    {ids},
}}


def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if item.nodeid not in _NOT_OF_THIS_CASE]
"""


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
    if (folder / "src").is_dir():
        _add_to_conftest(folder, _SRC, first=True)


def leave_out(folder: Path, after: Feedback) -> tuple[str, ...]:
    """Effect: take what failed in `after` out of the tests of `folder`: whole files where they do not load; returns ids.

    Raises ValueError where that cannot be done: a source that does not load, a conftest that chooses tests itself.
    """
    unloaded = {path for path, _ in after.uncollected}
    if any(map(is_source, unloaded)):
        raise ValueError("a source does not load")
    for path in unloaded:
        (folder / path).unlink(missing_ok=True)
    if failing := [t for t in after.failing if t.partition("::")[0] not in unloaded]:
        _add_to_conftest(folder, _LEFT_OUT.format(ids=",\n    ".join(map(repr, failing))))
    return tuple(sorted({*unloaded, *failing}))


def _add_to_conftest(folder: Path, text: str, *, first: bool = False) -> None:
    place = folder / "conftest.py"
    old = place.read_text(encoding="utf-8") if place.is_file() else ""
    if "pytest_collection_modifyitems" in old and "pytest_collection_modifyitems" in text:
        raise ValueError("the conftest chooses tests itself")
    at = _head(old) if first else len(old)
    place.write_text(old[:at] + text + old[at:], encoding="utf-8")


def _head(text: str) -> int:
    """Where the first statement may go: behind the docstring and imports from ``__future__``; in characters."""
    head = 0
    for node in ast.parse(text).body:
        is_word = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_word and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        head = node.end_lineno or head
    return sum(map(len, text.splitlines(keepends=True)[:head]))


def is_source(path: str) -> bool:
    """Whether a fault in the file `path` counts: Python, and no test, example or script of the build."""
    folders = path.split("/")[:-1]
    return path.endswith(".py") and not is_test(path) and not _ASIDE & {*folders, path}


_ASIDE = frozenset({
    "test", "tests", "testing", "docs", "doc", "examples", "benchmarks", "bench", "tools", "setup.py", "conftest.py", "noxfile.py",
})  # fmt: skip
