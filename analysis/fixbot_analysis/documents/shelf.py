"""What is kept of a project's documents between two runs: one file a project."""

import hashlib
import marshal
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from fixbot_analysis.kept import read_decoded, write_kept
from fixbot_analysis.postings import Postings

_FORMAT = 3  # goes up when sections are cut or named differently
_MARSHAL = 4
_LIMIT = 128 * 1024 * 1024  # bytes of all projects together


class SectionRow(NamedTuple):
    """A section without its text."""

    path: str
    line: int
    end_line: int
    title: str
    kind: str
    names: tuple[str, ...]


class FileRow(NamedTuple):
    """A document: (mtime in ns, bytes, inode) when it was read, its content's name, its sections' numbers."""

    stat: tuple[int, int, int]
    digest: str
    first: int
    last: int


@dataclass(slots=True)
class Shelf:
    """Sections by number, and their words. Those of a document that changed are dead (`alive` is 0) until it is all made anew."""

    files: dict[str, FileRow] = field(default_factory=dict)
    rows: list[SectionRow] = field(default_factory=list)
    alive: bytearray = field(default_factory=bytearray)
    words: Postings = field(default_factory=Postings)

    @property
    def wasted(self) -> bool:
        """Whether most of it is dead."""
        return len(self.rows) > 200 and sum(self.alive) * 2 < len(self.rows)

    def add(self, row: SectionRow, words: Mapping[str, int]) -> None:
        """Take in one section."""
        self.words.add(len(self.rows), words)
        self.rows.append(row)
        self.alive.append(1)

    def drop(self, path: str) -> None:
        """Forget a document."""
        known = self.files.pop(path, None)
        if known:
            self.alive[known.first : known.last] = bytes(known.last - known.first)

    def encode(self) -> bytes:
        """All of it as bytes for :meth:`decode`."""
        files = {path: tuple(row) for path, row in self.files.items()}
        rows = [tuple(row) for row in self.rows]
        return marshal.dumps((_FORMAT, files, rows, bytes(self.alive), self.words.stored()), _MARSHAL)

    @classmethod
    def decode(cls, body: bytes) -> "Shelf":
        """What :meth:`encode` wrote, unharmed. Raises ValueError for what another version wrote."""
        version, *rest = marshal.loads(body)  # noqa: S302  its checksum said that we wrote it
        if version != _FORMAT:
            raise ValueError(f"format {version}, ours is {_FORMAT}")
        files, rows, alive, words = rest
        return cls(
            {path: FileRow(*row) for path, row in files.items()},
            list(starmap(SectionRow, rows)),
            bytearray(alive),
            Postings.load(words),
        )


def load(folder: Path | None, root: str) -> Shelf:
    """Effect: read what is kept of the project at `root`; empty where there is nothing, or nothing sound."""
    kept = read_decoded(_place(folder, root), Shelf.decode) if folder else None
    return kept or Shelf()


def save(folder: Path | None, root: str, shelf: Shelf) -> None:
    """Effect: keep the documents of a project."""
    if folder:
        write_kept(_place(folder, root), shelf.encode(), _LIMIT)


def _place(folder: Path, root: str) -> Path:
    name = hashlib.blake2b(root.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return folder / f"{name}.documents"
