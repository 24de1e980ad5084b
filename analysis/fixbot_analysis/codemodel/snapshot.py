"""The settled counts of a project in one file of the cache, mapped into memory when they are read back."""

import hashlib
import logging
import marshal
import mmap
import os
import struct
import sys
import zlib
from array import array
from contextlib import suppress
from pathlib import Path

from fixbot_analysis.codemodel.counting import Counting
from fixbot_analysis.codemodel.frozen import Frozen
from fixbot_analysis.codemodel.segment import Segment
from fixbot_analysis.codemodel.usage import Usage

log = logging.getLogger(__name__)

CODEMODEL_VERSION = 1  # goes up with every change of what is counted: of tokens, sites, keys or this format

_MAGIC = b"fixbot codemodel"
_HEAD = struct.Struct("<16sIIIQ")  # magic, version, machine, checksum of the rest, bytes of the names
_FORMAT = 4  # of marshal
_MACHINE = array("I").itemsize | (sys.byteorder == "big") << 8  # what reads other numbers learns anew
_ALIGNED = 8  # bytes that arrays begin at multiples of


def snapshot_path(folder: Path, root: Path) -> Path:
    """Where the counts of the project at `root` are kept in the cache `folder`."""
    name = hashlib.blake2b(os.fsencode(root.resolve()), digest_size=8).hexdigest()
    return folder / f"codemodel-{name}.bin"


def save(counting: Counting, path: Path) -> bool:
    """Effect: write the frozen counts to `path`, whole or not at all; whether that worked."""
    frozen = counting.frozen
    segment, usage = frozen.segment, frozen.usage
    arrays = (segment.tokens, segment.order, segment.starts, usage.spans, usage.members, usage.hashes, usage.numbers)
    digests, spans = (tuple(kept[p] for p in frozen.paths) for kept in (frozen.digests, frozen.spans))
    names = marshal.dumps(
        ("\n".join(counting.words), tuple(frozen.paths), digests, spans, tuple(map(len, arrays))), _FORMAT
    )
    names += b"\0" * (-(_HEAD.size + len(names)) % _ALIGNED)
    body = b"".join([names, *(memoryview(each) for each in arrays)])
    head = _HEAD.pack(_MAGIC, CODEMODEL_VERSION, _MACHINE, zlib.crc32(body), len(names))
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(head + body)
        draft.replace(path)
    except OSError as error:
        log.info("the code model is not stored: %s", error)
        with suppress(OSError):
            draft.unlink()
        return False
    return True


def load(path: Path) -> Counting | None:
    """Effect: the counts that :func:`save` wrote to `path`; None where there are none, or they are damaged or of another version.

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
    counting = _read(body, length)
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)  # what the checksum went through is not all needed
    return counting


def _read(body: memoryview, length: int) -> Counting:
    # The checksum says that we wrote it.
    text, paths, digests, spans, lengths = marshal.loads(body[:length])  # noqa: S302
    numbers, arrays, at = body[length:].cast("I"), [], 0
    for count in lengths:
        arrays.append(numbers[at : at + count])
        at += count
    tokens, order, starts, *usage = arrays
    return Counting(text.split("\n"), Frozen(paths, digests, spans, Segment(tokens, order, starts), Usage(*usage)))
