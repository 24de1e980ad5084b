"""Which files were saved since the last look: for where no editor tells."""

import time
from pathlib import Path

from fixbot_analysis.source import SourceTree

_LEAST = 0.4  # seconds between two looks
_SHARE = 0.03  # of one core's time that looking may take


class Files:
    """The sources below `root`, by when they were changed and how large they are."""

    def __init__(self, root: Path) -> None:
        self._tree = SourceTree(root)
        self._known = self._look()
        self._cost = 0.0

    @property
    def wait(self) -> float:
        """Seconds to the next look: longer where looking takes long."""
        return max(_LEAST, self._cost / _SHARE)

    @property
    def count(self) -> int:
        """How many files are watched."""
        return len(self._known)

    def saved(self) -> tuple[str, ...]:
        """Effect: look; returns paths that were written, made or deleted since the last look, sorted."""
        began = time.process_time()
        self._tree = self._tree.refreshed()
        before, self._known = self._known, self._look()
        self._cost = time.process_time() - began
        changed = {path for path, stat in self._known.items() if before.get(path) != stat}
        return tuple(sorted(changed | (before.keys() - self._known.keys())))

    def _look(self) -> dict[str, object]:
        return {path: self._tree.stat(path) for path in self._tree.paths}
