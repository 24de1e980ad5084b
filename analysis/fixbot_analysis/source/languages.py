"""Which files are read at all: source, by the languages there are, and documentation."""

from fixbot_analysis import languages

DOCUMENTATION_SUFFIXES = frozenset({".md", ".rst", ".txt"})


def language_of(path: str) -> str | None:
    """Language of the source file `path` (by its name), None where it is no source."""
    return languages.language_of(path)


def is_documentation(path: str) -> bool:
    """Whether `path` is prose about the project (by its suffix)."""
    dot = path.rfind(".")
    return dot > path.rfind("/") and path[dot:].lower() in DOCUMENTATION_SUFFIXES
