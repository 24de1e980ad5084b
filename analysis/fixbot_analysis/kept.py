"""Files of a cache folder that are written whole or not at all, and read back only if they are sound."""

import logging
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

log = logging.getLogger(__name__)

Value = TypeVar("Value")


def read_decoded(path: Path, decode: Callable[[bytes], Value]) -> Value | None:
    """Effect: what `decode` makes of the file at `path`; None where there is nothing sound, or it raises as for another version's."""
    body = read_kept(path)
    if body is None:
        return None
    try:
        return decode(body)
    except (ValueError, TypeError, EOFError) as error:
        log.info("%s is of another version (%s) and made anew", path, error)
        return None


def read_kept(path: Path) -> bytes | None:
    """Effect: what :func:`write_kept` wrote there; None where there is nothing, or nothing sound."""
    try:
        blob = path.read_bytes()
    except OSError:
        return None
    body = blob[4:]
    if not body or zlib.crc32(body) != int.from_bytes(blob[:4], "big"):
        log.warning("%s is damaged and made anew", path)
        return None
    with suppress(OSError):
        os.utime(path)  # it was of use
    return body


def write_kept(path: Path, body: bytes, limit: int) -> None:
    """Effect: keep `body` at `path`, making its folder. What the disk refuses costs time the next time, no more.

    When all files of the same suffix hold more than `limit` bytes, those that were not used for longest go.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(zlib.crc32(body).to_bytes(4, "big") + body)
        partial.replace(path)
        _prune(path, limit)
    except OSError as error:
        log.warning("%s cannot be kept: %s", path, error.strerror)
        with suppress(OSError):
            partial.unlink()


def _prune(used: Path, limit: int) -> None:
    """Effect: drop other files of the kind of `used`, the least recently used first; also what a killed process left half written."""
    others = [path for path in used.parent.iterdir() if used.suffix in path.suffixes and path != used]
    total = used.stat().st_size
    for _, path in sorted(((path.stat().st_mtime, path) for path in others), reverse=True):
        total += path.stat().st_size
        if total > limit:
            path.unlink(missing_ok=True)
