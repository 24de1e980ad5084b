"""The languages there are: ours, and those of the entry-point group ``fixbot.languages``."""

import logging
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from fixbot_analysis.languages import c, cpp, go, java, javascript, project, python, rust, typescript
from fixbot_analysis.languages.installed import entries_of
from fixbot_analysis.languages.language import Language

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "fixbot.languages"
_SNIFFED = 64 * 1024  # bytes that are looked at to tell a dialect
_log = logging.getLogger(__name__)

BUILTIN: tuple[Language, ...] = (
    python.PYTHON,
    javascript.JAVASCRIPT,
    typescript.TYPESCRIPT,
    typescript.TSX,
    go.GO,
    rust.RUST,
    java.JAVA,
    c.C,
    cpp.CPP,
    project.PROJECT,
)


class Registry:
    """Languages by name and by what their files are called. Of two that claim the same, the first given counts."""

    def __init__(self, languages: Iterable[Language]) -> None:
        self.languages: dict[str, Language] = {}
        self._suffixes: dict[str, str] = {}
        self._filenames: dict[str, str] = {}
        for each in languages:
            if each.name in self.languages:
                _log.warning("language %s is there already: the second one is left out", each.name)
                continue
            self.languages[each.name] = each
            for suffix in each.suffixes:
                self._suffixes.setdefault(suffix, each.name)
            for name in each.filenames:
                self._filenames.setdefault(name, each.name)

    def name_of(self, path: str) -> str | None:
        """Name of the language of the file at `path`, by its name alone; None where it is no source."""
        name = path[path.rfind("/") + 1 :]
        dot = name.rfind(".")
        found = self._suffixes.get(name[dot:].lower()) if dot > 0 else None
        return found or self._filenames.get(name)


def load(entries: "Iterable[EntryPoint] | None" = None) -> Registry:
    """Effect: import the plug-ins. Ours, and each plug-in's (a :class:`Language` or several).

    A plug-in that cannot be loaded, or offers something else, is left out with a line in the log.
    """
    found = list(BUILTIN)
    for entry in entries_of(GROUP) if entries is None else entries:
        try:
            found += _offered(entry.load())
        except Exception as error:  # noqa: BLE001 a plug-in may do anything; ours go on without it
            _log.warning("language plug-in %s left out: %s", entry.name, error)
    return Registry(found)


def _offered(offered: object) -> list[Language]:
    many = list(offered) if isinstance(offered, list | tuple) else [offered]
    result = [each for each in many if isinstance(each, Language)]
    if len(result) != len(many) or not many:
        raise TypeError(f"expected Language objects, got {type(offered).__name__}")
    return result


@cache
def registry() -> Registry:
    """Effect: import the plug-ins, once a process."""
    return load()


def get(name: str) -> Language:
    """The language called `name`. Raises KeyError where there is none."""
    return registry().languages[name]


def language_of(path: str) -> str | None:
    """Name of the language of the source file `path` (by its name alone), None where it is no source."""
    return registry().name_of(path)


def dialect_of(data: bytes, name: str) -> str:
    """The language that the source `data` in `name` is better read as, as far as its beginning shows; else `name`."""
    dialects = get(name).dialects
    head = data[:_SNIFFED].decode("utf-8", "replace") if dialects else ""
    return next((other for pattern, other in dialects if re.search(pattern, head, re.MULTILINE)), name)


def is_test_file(path: str) -> bool:
    """Whether the file at `path` holds tests, as its language calls them; False for what is no source."""
    name = language_of(path)
    return name is not None and get(name).is_test_file(path)
