"""The source files of a project, as they are on disk with open buffers laid over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.source.document import Document


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why in a few words."""

    path: str
    why: str


class SourceTree:
    """The files below `root` that are source, each as its open buffer where there is one (`overlay`: path -> UTF-8)."""

    def __init__(self, root: Path, overlay: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self.overlay = dict(overlay or {})

    @property
    def paths(self) -> tuple[str, ...]:
        """POSIX paths relative to the root, sorted."""
        raise NotImplementedError

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out, and why."""
        raise NotImplementedError

    def read(self, path: str) -> Document:
        """Effect: read one file. Raises SourceError when it is absent, unreadable, binary or too large."""
        raise NotImplementedError
