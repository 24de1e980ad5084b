"""Names in a text that are another package's: what its code imports from outside of the project, and what is dotted below such a module."""

import sys
from collections.abc import Iterable, Iterator

from fixbot_analysis.retrieval.mentions import NameMention
from fixbot_analysis.retrieval.paths import dotted_of
from fixbot_analysis.retrieval.snippets import imported

_ROOTS = frozenset({"src", "lib", "source", "python"})  # folders that hold packages and are none


def foreign(blocks: Iterable[str], paths: Iterable[str]) -> frozenset[str]:
    """Modules and names that the code `blocks` of a text import from outside of a project of the files `paths`."""
    tops = frozenset(_tops(paths))
    names: set[str] = set()
    for module, name in imported(blocks):
        top = module.partition(".")[0]
        if top and top not in tops:
            names.update(part for part in (top, name) if part)
    return frozenset(names)


def owned(names: Iterable[NameMention], blocks: Iterable[str], paths: Iterable[str]) -> tuple[NameMention, ...]:
    """Those of `names` that may be the project's.

    A name that the text imports from elsewhere is not, nor is one that is dotted below a module of Python's own (``json.dumps``) where
    the project has no module or folder of that name.
    """
    known = tuple(paths)
    outside = foreign(blocks, known)
    parts = {part for path in known for part in dotted_of(path).split(".")}
    return tuple(each for each in names if not _is_outside(each.name, outside, parts))


def _is_outside(name: str, outside: frozenset[str], parts: set[str]) -> bool:
    first, dot, _ = name.partition(".")
    return first in outside or (bool(dot) and first in sys.stdlib_module_names and first not in parts)


def _tops(paths: Iterable[str]) -> Iterator[str]:
    """What the project's own modules may begin with."""
    for path in paths:
        parts = dotted_of(path).split(".")
        yield parts[0]
        if parts[0] in _ROOTS and len(parts) > 1:
            yield parts[1]
