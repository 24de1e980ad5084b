"""One SQLite file that several processes share, and that may be killed, damaged, read-only or full at any moment.

It holds a cache: whatever goes wrong with it costs time, never an answer. A damaged database is not repaired: a marker file says so
for good and everyone moves on to the next generation, so that no process ever deletes a file that another has just made.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")

SCHEMA_VERSION = (
    4  # goes up with every change of the tables or of how facts lie in them, and of what files are left out for
)
_PATIENCE = 10.0  # seconds to wait for another writer; transactions take milliseconds
_GENERATIONS = 100  # damaged databases in one folder before we stop making new ones

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
  digest TEXT NOT NULL, version INTEGER NOT NULL, symbols INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (digest, version));
CREATE TABLE IF NOT EXISTS files (
  root TEXT NOT NULL, path TEXT NOT NULL, mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, inode INTEGER NOT NULL,
  digest TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (root, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS graphs (root TEXT PRIMARY KEY, stamp TEXT NOT NULL, turn INTEGER NOT NULL, blob BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS blocks (root TEXT NOT NULL, path TEXT NOT NULL, blob BLOB, PRIMARY KEY (root, path)) WITHOUT ROWID;
"""

# Not a database, broken pages, or tables that are not ours. Everything else (full, read-only, locked) may pass.
_DAMAGE = frozenset({
    sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH,
})  # fmt: skip

# A broken schema can stand in the text of an error, which then is no text.
_FAULTS = (sqlite3.Error, UnicodeDecodeError)


class OldSchemaError(sqlite3.DatabaseError):
    """The database was made by another version of fixbot. Never leaves this module."""


class MisreadError(sqlite3.DatabaseError):
    """A row holds what nobody wrote, as where pages changed places. Never leaves this module."""


class Database:
    """The connection to the newest sound database of a `folder`; for one thread at a time.

    `warnings` says in sentences what is wrong with the folder. No method raises for a fault of the disk:
    what could not be read is None, what could not be written False.
    """

    def __init__(self, folder: Path) -> None:
        """Effect: opens the database in `folder`, making both where they are missing."""
        self.warnings: list[str] = []
        self._folder = folder
        self._writable = True
        self._connection: sqlite3.Connection | None = None
        self._path = folder
        self._open()

    def close(self) -> None:
        """Effect: close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Effect: what `work` reads; None where the database is of no use."""
        for _ in range(2):
            if self._connection is None:
                return None
            try:
                return work(self._connection)
            except _FAULTS as error:
                self._survive(error)
        return None

    def rows(self, statement: str, values: Sequence[object], *shapes: tuple[type, ...]) -> "list[tuple[Any, ...]]":
        """Effect: the rows that `statement` selects, each of one of the `shapes` (types of its columns); none where the database is of no use."""

        def select(db: sqlite3.Connection) -> "list[tuple[Any, ...]]":
            found = db.execute(statement, values).fetchall()
            if not {tuple(map(type, row)) for row in found} <= set(shapes):
                raise MisreadError("a row holds what was never written")
            return found

        return self.read(select) or []

    def write(self, work: Callable[[sqlite3.Connection], object]) -> bool:
        """Effect: run `work` in one transaction; whether it was stored."""
        for _ in range(2):
            if self._connection is None or not self._writable:
                return False
            try:
                with self._connection as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    work(connection)
            except _FAULTS as error:
                self._writable = _is_damage(error)
                self._survive(error)
            else:
                return True
        return False

    def _open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(OSError):
                self._folder.chmod(0o700)  # what it holds was made from the user's code; older ones were open to others
            for generation in range(_GENERATIONS):
                self._path = self._folder / f"index-{generation}.sqlite"
                if not self._marker.exists() and self._connected():
                    return
            self._warn("every database in it is damaged")
        except OSError as error:
            self._warn(error.strerror or str(error))
        except sqlite3.Error as error:
            self.close()
            self._warn(str(error))

    def _connected(self) -> bool:
        """Connect to the current path; False, and marked, where it is damaged."""
        try:
            self._connection = sqlite3.connect(
                self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            _patiently(lambda: _prepare(self._connection))
        except _FAULTS as error:
            if not _is_damage(error):
                raise
            self._mark(error)
            return False
        return True

    def _survive(self, error: Exception) -> None:
        """Move on to the next generation from a damaged database; do without one that cannot be used."""
        if _is_damage(error):
            self._mark(error)
            self._open()
        else:
            self._warn(str(error))
            if self._writable:  # even reading failed
                self.close()

    def _mark(self, error: Exception) -> None:
        self.close()
        log.warning("index store %s is rebuilt: %s", self._path, error)
        self._marker.touch()
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + suffix).unlink()

    @property
    def _marker(self) -> Path:
        return self._path.with_suffix(".damaged")

    def _warn(self, why: str) -> None:
        sentence = f"the index is kept in memory only: {self._folder} cannot be used ({why})"
        log.info(sentence)
        self.warnings.append(sentence)


def _is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, OldSchemaError | MisreadError | UnicodeDecodeError) or (
        code is not None and code & 0xFF in _DAMAGE
    )


def _prepare(connection: sqlite3.Connection | None) -> None:
    assert connection is not None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    if version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise OldSchemaError(f"made by another version (schema {version}, ours is {SCHEMA_VERSION})")
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


def _patiently(work: Callable[[], None]) -> None:
    """Changing the journal's mode does not wait for others by itself."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
