"""The files under repair: as they were, and as they are with all fixes that held so far."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document, SourceTree
from fixbot_repair.fixing.fix import Fix, changed, combined

Overlay: TypeAlias = Mapping[str, Document]


class State:
    """Files of the project at `root`, read once; `documents` are as they are now, `overlay` those that changed since."""

    def __init__(self, root: Path) -> None:
        self.documents: dict[str, Document] = {}
        self.overlay: dict[str, Document] = {}
        self._tree = SourceTree(root)
        self._before: dict[str, Document] = {}

    def read(self, paths: Iterable[str]) -> None:
        """Effect: read those of `paths` that were not; what cannot be read stays away."""
        for path in paths:
            if path not in self._before:
                try:
                    self._before[path] = self.documents[path] = self._tree.read(path)
                except SourceError:
                    continue

    def with_fixes(self, fixes: Iterable[Fix]) -> dict[str, Document]:
        """What would be the overlay with `fixes`, none in another's way. Raises PatchError."""
        by_path: dict[str, list[Fix]] = defaultdict(list)
        for fix in fixes:
            by_path[fix.path].append(fix)
        return {**self.overlay, **{path: self._changed(path, group) for path, group in by_path.items()}}

    def keep(self, fixes: Iterable[Fix]) -> None:
        """Effect: let the files be as they are with `fixes`."""
        self.overlay = self.with_fixes(fixes)
        self.documents |= self.overlay

    def contents(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The own bytes of the files that changed, before and after."""
        before = {path: self._before[path].encode(self._before[path].data) for path in self.overlay}
        return before, {path: d.encode(d.data) for path, d in self.overlay.items()}

    def _changed(self, path: str, fixes: Iterable[Fix]) -> Document:
        return changed(self.documents[path], combined(fixes))
