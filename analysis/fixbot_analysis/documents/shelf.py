"""What is kept of a project's documents between two runs: one file a project, written whole or not at all."""

import hashlib
import logging
import marshal
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from fixbot_analysis.postings import Postings

log = logging.getLogger(__name__)

_FORMAT = 3  # goes up when sections are cut or named differently
_MARSHAL = 4
_SUFFIX = ".documents"


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
        """All of it as bytes for :meth:`decode`, a checksum first."""
        files = {path: tuple(row) for path, row in self.files.items()}
        rows = [tuple(row) for row in self.rows]
        body = marshal.dumps((_FORMAT, files, rows, bytes(self.alive), self.words.stored()), _MARSHAL)
        return zlib.crc32(body).to_bytes(4, "big") + body

    @classmethod
    def decode(cls, blob: bytes) -> "Shelf":
        """What :meth:`encode` wrote. Raises ValueError for anything else."""
        body = memoryview(blob)[4:]
        if not body or zlib.crc32(body) != int.from_bytes(blob[:4], "big"):
            raise ValueError("checksum")
        version, *rest = marshal.loads(body)  # noqa: S302  the checksum says that we wrote it
        if version != _FORMAT:
            raise ValueError("format")
        files, rows, alive, words = rest
        return cls(
            {path: FileRow(*row) for path, row in files.items()},
            list(starmap(SectionRow, rows)),
            bytearray(alive),
            Postings.load(words),
        )


def load(folder: Path | None, root: str) -> Shelf:
    """Effect: read what is kept of the project at `root`; empty where there is nothing, or nothing sound."""
    if folder is None:
        return Shelf()
    path = _place(folder, root)
    try:
        return Shelf.decode(path.read_bytes())
    except OSError:
        return Shelf()
    except (ValueError, TypeError, EOFError) as error:
        log.warning("kept documents %s are read anew: %s", path, error)
        return Shelf()


def save(folder: Path | None, root: str, shelf: Shelf) -> None:
    """Effect: keep the documents of a project. What the disk refuses costs time the next time, no more."""
    if folder is None:
        return
    path = _place(folder, root)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(shelf.encode())
        partial.replace(path)
    except OSError as error:
        log.warning("documents are not kept: %s cannot be written (%s)", path, error.strerror)
        with suppress(OSError):
            partial.unlink()


def _place(folder: Path, root: str) -> Path:
    name = hashlib.blake2b(root.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return folder / (name + _SUFFIX)
