"""Which files are read at all, as data: suffixes of source, with their language, and of documentation."""

from pathlib import PurePosixPath

# Suffix -> name of the language, as `syntax` and `symbols` know it.
SOURCE_SUFFIXES: dict[str, str] = {".py": "python"}

DOCUMENTATION_SUFFIXES = frozenset({".md", ".rst", ".txt"})


def language_of(path: str) -> str | None:
    """Language of the source file `path` (by its suffix), None where it is no source."""
    return SOURCE_SUFFIXES.get(_suffix(path))


def is_documentation(path: str) -> bool:
    """Whether `path` is prose about the project (by its suffix)."""
    return _suffix(path) in DOCUMENTATION_SUFFIXES


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
