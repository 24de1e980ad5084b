"""Tables of a project's lexicon on disk: one file in the cache folder, written whole or not at all, read only if it is sound."""

import hashlib
import logging
import marshal
import os
import zlib
from array import array
from contextlib import suppress
from pathlib import Path

from fixbot_analysis.retrieval.tables import Table, Tables

log = logging.getLogger(__name__)

_VERSION = b"lexicon 1\n"  # goes up with every change of what is stored or how it is counted
_SUFFIX = ".lexicon"
_LIMIT = 512 * 1024 * 1024  # bytes of all files together; above it the least recently used go
_FORMAT = 4  # of marshal


def kept(folder: Path, root: Path) -> Tables | None:
    """Effect: read the tables of the project at `root`; None where there are none, or none that are sound."""
    path = _place(folder, root)
    try:
        blob = path.read_bytes()
    except OSError:
        return None
    body = memoryview(blob)[len(_VERSION) + 4 :]
    check = blob[len(_VERSION) : len(_VERSION) + 4]
    if not blob.startswith(_VERSION) or zlib.crc32(body) != int.from_bytes(check, "big"):
        log.warning("the lexicon %s is of another version or damaged: made anew", path)
        return None
    with suppress(OSError):
        os.utime(path)
    return _decoded(body)


def keep(folder: Path, root: Path, tables: Tables) -> None:
    """Effect: write the tables of the project at `root`. What the disk refuses costs time the next time, no more."""
    path = _place(folder, root)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    body = _encoded(tables)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(_VERSION + zlib.crc32(body).to_bytes(4, "big") + body)
        partial.replace(path)
        _prune(folder, path)
    except OSError as error:
        log.warning("the lexicon is not kept: %s cannot be written (%s)", path, error.strerror)
        with suppress(OSError):
            partial.unlink()


def _place(folder: Path, root: Path) -> Path:
    return folder / (hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32] + _SUFFIX)


def _encoded(tables: Tables) -> bytes:
    arrays = (tables.lengths.tobytes(), tables.lines.tobytes(), bytes(tables.marks))
    words = [table.stored() for table in tables.by_word]
    return marshal.dumps((tables.definitions, *arrays, words, tables.literals, tables.files), _FORMAT)


def _decoded(body: memoryview) -> Tables:
    definitions, lengths, lines, marks, words, literals, files = marshal.loads(body)  # noqa: S302  the checksum says that we wrote it
    terms, defined, assigned, parameters, referenced = map(Table.load, words)
    return Tables(
        definitions, array("I", lengths), array("I", lines), bytearray(marks),
        terms, defined, assigned, parameters, referenced, literals, files,
    )  # fmt: skip


def _prune(folder: Path, used: Path) -> None:
    """Effect: drop what was not used for longest while all together is too large, and what a killed process left."""
    others = [(path.stat().st_mtime, path) for path in folder.iterdir() if _SUFFIX in path.name and path != used]
    total = used.stat().st_size
    for _, path in sorted(others, reverse=True):
        total += path.stat().st_size
        if total > _LIMIT:
            path.unlink(missing_ok=True)
