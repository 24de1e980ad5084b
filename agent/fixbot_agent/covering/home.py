"""Where the tests of a module go: the file that tests it already, or a new one in the project's own place."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixbot_agent.covering.layout import is_found, layout

_CASE = re.compile(rb"^class \w+\([^)\n]*TestCase\)", re.MULTILINE)
_TEST_FILE = re.compile(r"(?:test_.+|.+_test|tests?)\.py")
_MARKED = re.compile(r"test_[^/]+$|_test\.py$")  # a file `test.py` may be what helps others to test
_HOLDS = re.compile(rb"^\s*(?:(?:async )?def test|class \w+\([^)\n]*TestCase\))", re.MULTILINE)
_FUNCTION = re.compile(rb"^(?:async )?def test", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Home:
    """A test file, and its bytes as they are; None for a new one."""

    path: str
    before: bytes | None


def home(paths: Sequence[str], read: Callable[[str], bytes | None], module: str) -> Home:
    """The file for tests of `module`, among a project's `paths`.

    One that is named for the module and holds plain functions is added to; any other file is left as it is.
    """
    stem, here = _stem(module), layout(paths, module)
    own = [p for p in paths if p.startswith(f"{here.base}/" if here.base else "")]
    tests = [p for p in own if holds_tests(p, read)]
    for path in sorted((p for p in tests if _named(p, stem)), key=lambda p: (-_shared(p, module), p)):
        data = read(path) or b""
        if _FUNCTION.search(data) and not _CASE.search(data) and _is_plain(data):
            return Home(path, data)
    beside = str(PurePosixPath(module).parent)
    folders = Counter(str(PurePosixPath(p).parent) for p in tests)
    if folders:
        folder = beside if folders[beside] else max(folders, key=lambda f: (_shared(f"{f}/x", module), folders[f], f))
    else:  # where plain ``pytest`` finds the module
        folder = str(PurePosixPath(here.base) / "tests") if is_found(here, paths, read) else here.top
    taken = {PurePosixPath(p).name for p in paths}
    parent = PurePosixPath(module).parent.name
    names = [f"test_{stem}.py", f"test_{parent}_{stem}.py", *(f"test_{stem}_{n}.py" for n in range(2, 99))]
    return Home(str(PurePosixPath(folder) / next(n for n in names if n not in taken)), None)


def _is_plain(data: bytes) -> bool:
    """Whether it is UTF-8 with plain line ends: what is added to it is."""
    try:
        return "\r" not in data.decode("utf-8") and not data.startswith(b"\xef\xbb\xbf")
    except UnicodeDecodeError:
        return False


def _stem(module: str) -> str:
    path = PurePosixPath(module)
    stem = path.parent.name if path.stem == "__init__" else path.stem
    return stem.strip("_") or stem or "module"


def is_test_file(path: str) -> bool:
    """Whether a file is one of tests, by its name."""
    name = PurePosixPath(path).name
    return bool(_TEST_FILE.fullmatch(name))


def holds_tests(path: str, read: Callable[[str], bytes | None]) -> bool:
    """Whether a file is one of tests, by its name and, where that does not say, by what stands in it."""
    return is_test_file(path) and bool(_MARKED.search(path) or _HOLDS.search(read(path) or b""))


def _named(path: str, stem: str) -> bool:
    return PurePosixPath(path).stem in (f"test_{stem}", f"{stem}_test", f"tests_{stem}", f"test{stem}")


def _shared(path: str, other: str) -> int:
    return len(set(PurePosixPath(path).parts[:-1]) & set(PurePosixPath(other).parts[:-1]))


def mentioning(paths: Sequence[str], read: Callable[[str], bytes | None], module: str, most: int) -> list[str]:
    """Test files that speak of a module by its last name, those named for it first."""
    stem = _stem(module)
    word = re.compile(rb"\b" + re.escape(stem.encode()) + rb"\b")
    found = [p for p in paths if is_test_file(p) and (_named(p, stem) or word.search(read(p) or b""))]
    return sorted(found, key=lambda p: (not _named(p, stem), -_shared(p, module), p))[:most]
