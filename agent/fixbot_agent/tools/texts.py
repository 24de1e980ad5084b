"""What the files of a desk hold, kept at hand for whoever looks through all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fixbot_agent.tools.desk import Desk
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode

_MOST = 64 << 20  # bytes that are kept; what comes after is read each time
_LARGEST = 4 << 20  # bytes of a file that is looked through


@dataclass(slots=True)
class Texts:
    """UTF-8 of all files that may be shown; one that was written to since is read again."""

    desk: Desk
    _known: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _size: int = 0
    _paths: tuple[int, list[str]] = (-1, [])

    def paths(self) -> list[str]:
        """The files, sorted."""
        if self._paths[0] != len(self.desk.created):
            self._paths = len(self.desk.created), self.desk.listed()
        return self._paths[1]

    def each(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Effect: reads files. Path and content of those below `prefix`; what is no text has none."""
        for path in self.paths():
            if path.startswith(prefix):
                yield path, self.of(path)

    def of(self, path: str) -> bytes:
        """Effect: reads the file where it is not at hand."""
        times = self.desk.written.get(path, 0)
        kept = self._known.get(path)
        if kept is not None and kept[0] == times:
            return kept[1]
        try:
            data = decode(path, self.desk.files.read(path)).data
        except FixbotError:
            data = b""  # no text, or gone
        data = data if len(data) <= _LARGEST else b""
        self._size += len(data) - (len(kept[1]) if kept else 0)
        if self._size <= _MOST:
            self._known[path] = times, data
        else:
            self._size -= len(data)
            self._known.pop(path, None)
        return data
