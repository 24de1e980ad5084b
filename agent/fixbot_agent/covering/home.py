"""Where the tests of a module go: the file that tests it already, or a new one in the project's own place."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_CASE = re.compile(rb"^class \w+\([^)\n]*TestCase\)", re.MULTILINE)
_TEST_FILE = re.compile(r"(?:test_.+|.+_test|tests?)\.py")
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
    stem = _stem(module)
    tests = [p for p in paths if is_test_file(p)]
    for path in sorted((p for p in tests if _named(p, stem)), key=lambda p: (-_shared(p, module), p)):
        data = read(path) or b""
        if _FUNCTION.search(data) and not _CASE.search(data) and _is_plain(data):
            return Home(path, data)
    folders = Counter(str(PurePosixPath(p).parent) for p in tests)
    beside = str(PurePosixPath(module).parent)
    folder = (
        beside
        if folders[beside]
        else max(folders, key=lambda f: (_shared(f"{f}/x", module), folders[f], f), default="tests")
    )
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


def _named(path: str, stem: str) -> bool:
    return PurePosixPath(path).stem in (f"test_{stem}", f"{stem}_test", f"tests_{stem}", f"test{stem}")


def _shared(path: str, other: str) -> int:
    return len(set(PurePosixPath(path).parts[:-1]) & set(PurePosixPath(other).parts[:-1]))


def module_name(path: str) -> str:
    """The dotted name that a file is imported by from the project's top, or from ``src`` or ``lib`` there."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if len(parts) > 1 and parts[0] in ("src", "lib"):
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def mentioning(paths: Sequence[str], read: Callable[[str], bytes | None], module: str, most: int) -> list[str]:
    """Test files that speak of a module by its last name, those named for it first."""
    stem = _stem(module)
    word = re.compile(rb"\b" + re.escape(stem.encode()) + rb"\b")
    found = [p for p in paths if is_test_file(p) and (_named(p, stem) or word.search(read(p) or b""))]
    return sorted(found, key=lambda p: (not _named(p, stem), -_shared(p, module), p))[:most]
