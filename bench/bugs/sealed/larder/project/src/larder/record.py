"""One record: check sum, time of expiry, length of key, length of value, key, value. A deleted key has the value length -1."""

import struct
import zlib
from typing import BinaryIO, Iterator, NamedTuple, Optional, Tuple

from .errors import Damaged

_HEAD = struct.Struct(">IdHi")  # sum, expiry (0: never), key length, value length
_SUMMED = struct.Struct(">dHi")
LONGEST_KEY = 0xFFFF


class Record(NamedTuple):
    key: bytes
    value: Optional[bytes]  # None: deleted
    expires: float = 0.0

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return _HEAD.size + len(self.key) + len(self.value or b"")

    def live(self, now: float) -> bool:
        return self.value is not None and (not self.expires or now < self.expires)


def pack(record: Record) -> bytes:
    if len(record.key) > LONGEST_KEY:
        raise ValueError("the key is too long")
    length = -1 if record.value is None else len(record.value)
    rest = _SUMMED.pack(record.expires, len(record.key), length) + record.key + (record.value or b"")
    return struct.pack(">I", zlib.crc32(rest)) + rest


def read(stream: BinaryIO, where="") -> Optional[Record]:
    """The record at which the stream stands; None at the end. Raises Damaged for one that is cut short or changed."""
    at = stream.tell()
    head = stream.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise Damaged(where, at)
    total, expires, key_length, value_length = _HEAD.unpack(head)
    body = stream.read(key_length + max(value_length, 0))
    if len(body) < key_length + max(value_length, 0) or zlib.crc32(head[4:] + body) != total:
        raise Damaged(where, at)
    key = body[:key_length]
    return Record(key, None if value_length < 0 else body[key_length:], expires)


def scan(stream: BinaryIO, where="") -> Iterator[Tuple[int, Record]]:
    """(byte at which it begins, record) of all that is there."""
    while True:
        at = stream.tell()
        record = read(stream, where)
        if record is None:
            return
        yield at, record
