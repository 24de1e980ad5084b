"""Which files of the index a path in a text means, and which files are tests."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from fixbot_analysis.graph import is_test


def is_test_code(path: str) -> bool:
    """Whether the POSIX `path` holds tests or what only they use: conftest files, and all in a folder called tests."""
    pure = PurePosixPath(path)
    return is_test(path) or pure.name == "conftest.py" or "tests" in pure.parts[:-1]


def matching(written: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths that share the longest end with the file `written` in a text, at least its whole name.

    ``/usr/lib/python3/site-packages/shop/cart.py`` means ``src/shop/cart.py``: the longest common end decides, and
    where several share it, all are returned.
    """
    ends = PurePosixPath(written).parts
    best, found = 0, list[str]()
    for path in paths:
        if not ends or not path.endswith(ends[-1]):
            continue
        common = common_end(ends, PurePosixPath(path).parts)
        if common > best:
            best, found = common, []
        if common == best and common:
            found.append(path)
    return tuple(sorted(found))


def matching_frame(written: str, paths: Iterable[str], whole: bool = False) -> tuple[str, ...]:
    """The same for a file in a traceback: of an installed package or the standard library, all that stands below must agree.

    Else numpy's ``linalg/linalg.py`` would mean any file of that name. `whole`: all that is written must agree.
    """
    below = f"/{written}" if whole else _INSTALLED.split(written)[-1]
    if below == written:
        return matching(written, paths)
    return tuple(sorted(path for path in paths if f"/{path}".endswith(below)))


def common_end(a: Sequence[str], b: Sequence[str]) -> int:
    """How many parts the ends of two paths or dotted names have in common."""
    count = 0
    for left, right in zip(reversed(a), reversed(b), strict=False):
        if left != right:
            break
        count += 1
    return count


@lru_cache(16_384)
def dotted_of(path: str) -> str:
    """The module that a path is by its place alone: ``src/shop/cart.py`` -> ``src.shop.cart``; packages without ``__init__``."""
    pure = PurePosixPath(path).with_suffix("")
    parts = pure.parts[:-1] if pure.name == "__init__" else pure.parts
    return ".".join(parts)


def vendored(path: str) -> bool:
    """Whether `path` lies in a copy of somebody else's code, by the names of its folders."""
    return not _VENDORS.isdisjoint(PurePosixPath(path).parts[:-1])


def outside_packages(paths: Iterable[str]) -> frozenset[str]:
    """Python files that no package holds, in a project most of whose files lie in packages: examples, scripts, set-up."""
    listed = [path for path in paths if path.endswith(".py")]
    folders = {path.rpartition("/")[0] for path in listed if path.endswith("__init__.py")}
    apart = frozenset(path for path in listed if path.rpartition("/")[0] not in folders)
    return apart if 2 * len(apart) < len(listed) else frozenset()


_INSTALLED = re.compile(r"/(?:site-packages|dist-packages|[Ll]ib/python\d[\w.]*|Python\d+/[Ll]ib)(?=/)")
_VENDORS = frozenset(
    {"vendor", "vendored", "_vendor", "_vendored", "third_party", "thirdparty", "extern", "externals", "node_modules"}
)
