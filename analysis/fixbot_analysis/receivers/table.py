"""Where names of the project's files in languages other than Python are defined; learnt file by file, a little at a time."""

import time
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.languages import is_test_file, language_of, registry
from fixbot_analysis.symbols import FileFacts, SymbolKind


class Defined(NamedTuple):
    """A definition at the top of a file."""

    name: str
    path: str
    kind: SymbolKind


class Table:
    """Definitions by their last name, by what holds them, and those at the top of files by their first letters."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, tuple[_Noted, ...]]] = {}  # path -> digest of the content, what is noted of it
        self._named: dict[str, set[str]] = defaultdict(set)
        self._held: dict[str, set[str]] = defaultdict(set)
        self._tops: dict[str, set[Defined]] = defaultdict(set)
        self._sorted: list[tuple[str, str]] = []  # (in small letters, name)
        self._groups = {name: each.group for name, each in registry().languages.items()}

    def read(self, index: Index, paths: Iterable[str], seconds: float) -> bool:
        """Effect: reads facts of those of `paths` that changed, for at most about `seconds`; `paths` are all that there are. Whether all is read."""
        until, paths = time.perf_counter() + seconds, list(paths)
        for path in self._told.keys() - set(paths):
            self._forget(path)
        for path in paths:
            digest = index.digest(path)
            if path in self._told and self._told[path][0] == digest:
                continue
            if time.perf_counter() > until:
                return False
            self._take(index, path, digest)
        return True

    def ids(self, name: str) -> list[str]:
        """Ids (``path::qualname``) of the definitions whose last name is `name`."""
        return sorted(self._named.get(name, ()))

    def holders(self, name: str) -> list[str]:
        """Files in which something stands in, or belongs to, a definition whose last name is `name`."""
        return sorted(self._held.get(name, ()))

    def tops(self, prefix: str, path: str) -> Iterator[Defined]:
        """Definitions at the top of files of the family of `path` that go on with `prefix` (whatever its case), those of tests only where it is one."""
        group, small = self._group(path), prefix.lower()
        at = bisect_left(self._sorted, (small, ""))
        while at < len(self._sorted) and self._sorted[at][0].startswith(small):
            for each in self._tops.get(self._sorted[at][1], ()):
                if (
                    self._group(each.path) == group
                    and each.path != path
                    and (is_test_file(path) or not is_test_file(each.path))
                ):
                    yield each
            at += 1

    def _group(self, path: str) -> str:
        return self._groups.get(language_of(path) or "", "")

    def _take(self, index: Index, path: str, digest: str) -> None:
        self._forget(path)
        try:
            noted = tuple(_noted(index.facts(path)))
        except SourceError:
            noted = ()
        self._told[path] = digest, noted
        for name, parent, kind in noted:
            self._named[name].add(_id(path, parent, name))
            if parent:
                self._held[parent.rpartition(".")[2]].add(path)
            else:
                self._note(name)
                self._tops[name].add(Defined(name, path, kind))

    def _note(self, name: str) -> None:
        if name not in self._tops:
            insort(self._sorted, (name.lower(), name))

    def _forget(self, path: str) -> None:
        for name, parent, kind in self._told.pop(path, ("", ()))[1]:
            self._named[name].discard(_id(path, parent, name))
            self._tops[name].discard(Defined(name, path, kind))
            self._held[parent.rpartition(".")[2]].discard(path)


_Noted = tuple[str, str, SymbolKind]  # name, qualified name of what it belongs to, kind


def _noted(facts: FileFacts) -> Iterator[_Noted]:
    return ((s.name, s.parent, s.kind) for s in facts.symbols if s.name and s.decorators[:1] != ("test",))


def _id(path: str, parent: str, name: str) -> str:
    return f"{path}::{parent}.{name}" if parent else f"{path}::{name}"
