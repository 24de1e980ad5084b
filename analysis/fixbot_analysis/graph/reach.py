"""Which modules run when a file is loaded, and which files are tests."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from fixbot_analysis import languages
from fixbot_analysis.graph.modules import ModuleMap

_NOT_TESTS = frozenset({"__init__.py", "conftest.py"})


def is_test(path: str) -> bool:
    """Whether the file at `path` holds tests, by its name or by a folder called tests around it."""
    *folders, name = path.split("/")
    if not name.endswith(".py"):
        return languages.is_test_file(path)
    if name in _NOT_TESTS:
        return False
    named = name.startswith("test_") or name.endswith("_test.py") or name == "tests.py"
    return named or "tests" in folders


def runs_before(path: str, imported: Iterable[str], modules: ModuleMap) -> Iterator[str]:
    """Modules that run when the one at `path` does: what it imports, the packages around those and itself, conftest files for a test."""
    yield from modules.packages_around(path)
    for target in imported:
        yield target
        yield from modules.packages_around(target)
    if path.endswith(".py") and is_test(path):
        folders = PurePosixPath(path).parents
        yield from (str(f / "conftest.py") for f in folders)
