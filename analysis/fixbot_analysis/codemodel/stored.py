"""Files of numbers in the cache: checked, written whole or not at all, mapped into memory when they are read back."""

import logging
import marshal
import mmap
import os
import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from fixbot_analysis.codemodel.segment import Numbers

log = logging.getLogger(__name__)

CODEMODEL_VERSION = 5  # goes up with every change of what is counted: of tokens, sites, keys or this format

_MAGIC = b"fixbot codemodel"
_HEAD = struct.Struct("<16sIIIQ")  # magic, version, machine, checksum of the rest, bytes of the names
_FORMAT = 4  # of marshal
_MACHINE = array("I").itemsize | (sys.byteorder == "big") << 8  # what reads other numbers learns anew
_ALIGNED = 8  # bytes that arrays begin at multiples of

Names = tuple[tuple[str | tuple[int, ...], ...], ...]


def write(path: Path, names: Names, arrays: Sequence[Numbers]) -> bool:
    """Effect: write `names` and `arrays` to `path`; whether that worked."""
    head = marshal.dumps((names, tuple(map(len, arrays))), _FORMAT)
    head += b"\0" * (-(_HEAD.size + len(head)) % _ALIGNED)
    body = b"".join([head, *(memoryview(each) for each in arrays)])
    first = _HEAD.pack(_MAGIC, CODEMODEL_VERSION, _MACHINE, zlib.crc32(body), len(head))
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_bytes(first + body)
        draft.replace(path)
    except OSError as error:
        log.info("the code model is not stored: %s", error)
        with suppress(OSError):
            draft.unlink()
        return False
    return True


def read(path: Path) -> tuple[Names, list[memoryview]] | None:
    """Effect: what :func:`write` wrote to `path`; None where there is nothing, or it is damaged or of another version.

    The file stays mapped: pages come into memory where they are looked at.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # ValueError: the file is empty
        return None
    whole = memoryview(mapped)
    if len(whole) < _HEAD.size:
        return None
    magic, version, machine, checksum, length = _HEAD.unpack_from(whole)
    body = whole[_HEAD.size :]
    if (magic, version, machine) != (_MAGIC, CODEMODEL_VERSION, _MACHINE) or zlib.crc32(body) != checksum:
        log.warning("the code model in %s is learnt anew: damaged, or of another version", path)
        return None
    # The checksum says that we wrote it.
    names, lengths = marshal.loads(body[:length])  # noqa: S302
    numbers, arrays, at = body[length:].cast("I"), list[memoryview](), 0
    for count in lengths:
        arrays.append(numbers[at : at + count])
        at += count
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)  # what the checksum went through is not all needed
    return names, arrays
