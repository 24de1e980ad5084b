"""Facts by content and files by root: the tables of the index, with memory to fall back on."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fixbot_analysis.index.database import Database
from fixbot_analysis.source import FileStat

log = logging.getLogger(__name__)
T = TypeVar("T")

_SIZE_LIMIT = 512 * 1024 * 1024  # bytes; above it, facts that no known file has are dropped
_CHUNK = 500  # parameters of one statement


# Name of the content, number of symbols, encoded facts.
FactsRow = tuple[str, int, bytes]


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is known of a file: its `digest`, or `why` it was left out."""

    path: str
    stat: FileStat
    digest: str
    why: str = ""


class Store:
    """Facts of one extractor `version`, in `folder` or, where that is None or cannot be used, in memory.

    No method raises for a fault of the disk: see :attr:`warnings`.
    """

    def __init__(self, folder: Path | None, version: int) -> None:
        """Effect: opens or makes the database in `folder`."""
        self._version = version
        self._memory: dict[str, tuple[int, bytes]] = {}
        self._memory_files: dict[str, dict[str, FileRow]] = {}
        self._database = Database(folder) if folder is not None else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the folder is not used, in sentences."""
        return tuple(self._database.warnings) if self._database else ()

    def close(self) -> None:
        """Effect: close the database."""
        if self._database is not None:
            self._database.close()

    def known(self, digests: Sequence[str]) -> dict[str, int]:
        """Effect: for those of `digests` whose facts are kept, how many symbols they hold."""
        found = {d: self._memory[d][0] for d in digests if d in self._memory}
        return found | dict(self._of_digests("symbols", int, digests))

    def facts(self, digests: Sequence[str]) -> dict[str, bytes]:
        """Effect: the kept facts of `digests`, as they were put."""
        found = {d: self._memory[d][1] for d in digests if d in self._memory}
        return found | dict(self._of_digests("blob", bytes, digests))

    def put(
        self, rows: Sequence[FactsRow], root: str = "", files: Sequence[FileRow] = (), gone: Iterable[str] = ()
    ) -> None:
        """Effect: keep facts; remember `files` below `root`, and forget those `gone`. All of it or nothing."""
        stored = [(digest, self._version, symbols, blob) for digest, symbols, blob in rows]
        new = [(root, f.path, f.stat.mtime_ns, f.stat.size, f.stat.inode, f.digest, f.why) for f in files]
        old = [(root, path) for path in gone]

        def save(db: sqlite3.Connection) -> None:
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", stored)
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", new)
            db.executemany("DELETE FROM files WHERE root = ? AND path = ?", old)

        if not (stored or new or old) or (self._database and self._database.write(save)):
            return
        self._memory.update({digest: (symbols, blob) for digest, symbols, blob in rows})
        kept = self._memory_files.setdefault(root, {})
        kept.update({f.path: f for f in files})
        for _, path in old:
            kept.pop(path, None)

    def files(self, root: str) -> dict[str, FileRow]:
        """Effect: what was last known of the files below `root`."""
        statement = "SELECT path, mtime_ns, size, inode, digest, why FROM files WHERE root = ?"
        rows = self._select(statement, (root,), (str, int, int, int, str, str))
        found = {path: FileRow(path, FileStat(mtime, size, inode), d, why) for path, mtime, size, inode, d, why in rows}
        return found | self._memory_files.get(root, {})

    def graph(self, root: str, stamp: str) -> tuple[int, bytes, dict[str, bytes | None]] | None:
        """Effect: the graph kept for `root`, if it was made under the same `stamp`: its turn, the whole, and blocks made anew since (None: gone)."""
        rows = self._select("SELECT turn, blob FROM graphs WHERE root = ? AND stamp = ?", (root, stamp), (int, bytes))
        if not rows:
            return None
        shapes = (str, bytes), (str, type(None))
        (turn, whole), blocks = rows[0], self._select("SELECT path, blob FROM blocks WHERE root = ?", (root,), *shapes)
        return turn, whole, dict(blocks)

    def save_graph(self, root: str, stamp: str, blob: bytes) -> int:
        """Effect: keep the whole graph of `root`; its turn, 0 where it could not be kept."""
        turns: list[int] = []

        def save(db: sqlite3.Connection) -> None:
            turns.append(self._turn(db, root) + 1)
            db.execute("INSERT OR REPLACE INTO graphs VALUES (?, ?, ?, ?)", (root, stamp, turns[-1], blob))
            db.execute("DELETE FROM blocks WHERE root = ?", (root,))

        return turns[-1] if self._database and self._database.write(save) else 0

    def save_blocks(self, root: str, turn: int, blocks: Mapping[str, bytes | None]) -> int:
        """Effect: keep blocks made since the graph's `turn`; the next turn, 0 where another process had its turn first."""
        turns: list[int] = []

        def save(db: sqlite3.Connection) -> None:
            turns.clear()
            if self._turn(db, root) == turn:
                db.execute("UPDATE graphs SET turn = ? WHERE root = ?", (turn + 1, root))
                rows = ((root, path, blob) for path, blob in blocks.items())
                db.executemany("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)", rows)
                turns.append(turn + 1)

        return turns[-1] if self._database and self._database.write(save) and turns else 0

    @staticmethod
    def _turn(db: sqlite3.Connection, root: str) -> int:
        found = db.execute("SELECT turn FROM graphs WHERE root = ?", (root,)).fetchone()
        return found[0] if found and isinstance(found[0], int) else 0

    def prune(self) -> None:
        """Effect: above the size limit, forget folders that are gone and facts that no known file has."""
        size = self._select("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", (), (int,))
        if not self._database or not size or size[0][0] < _SIZE_LIMIT:
            return
        roots = self._select("SELECT DISTINCT root FROM files", (), (str,))
        gone = [(root,) for (root,) in roots if not Path(root).is_dir()]

        def drop(db: sqlite3.Connection) -> None:
            db.executemany("DELETE FROM files WHERE root = ?", gone)
            db.executemany("DELETE FROM graphs WHERE root = ?", gone)
            db.executemany("DELETE FROM blocks WHERE root = ?", gone)
            db.execute(
                "DELETE FROM facts WHERE version <> ? OR digest NOT IN (SELECT digest FROM files)", (self._version,)
            )

        log.info("index store over %d MB: pruned", _SIZE_LIMIT // 1024 // 1024)
        if self._database.write(drop):
            self._database.read(lambda db: db.execute("VACUUM"))

    def _of_digests(self, column: str, kind: type[T], digests: Sequence[str]) -> "Iterator[tuple[str, T]]":
        for at in range(0, len(digests), _CHUNK):
            chunk = digests[at : at + _CHUNK]
            marks = ",".join("?" * len(chunk))
            statement = f"SELECT digest, {column} FROM facts WHERE version = ? AND digest IN ({marks})"  # noqa: S608  both are ours
            yield from self._select(statement, (self._version, *chunk), (str, kind))

    def _select(self, statement: str, values: Sequence[object], *shapes: tuple[type, ...]) -> list[tuple[Any, ...]]:
        return self._database.rows(statement, values, *shapes) if self._database is not None else []
