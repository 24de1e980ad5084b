"""Vectors of texts in the cache: one file a model, so that a definition is embedded once for as long as it stays the same."""

import hashlib
import marshal
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

from fixbot_agent.models.ranking import Vector
from fixbot_analysis.kept import read_decoded, write_kept

_FORMAT = 1
_SUFFIX = ".vectors"
_LARGEST, _LIMIT = 64 << 20, 512 << 20  # bytes of one model's vectors, and of all files together


class Vectors:
    """Vectors of the model `name` (endpoint, model and all that its texts begin with) in `folder`, read when they are asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{_digest(name).hex()}{_SUFFIX}"
        self._known: dict[bytes, bytes] | None = None

    def of(self, texts: Sequence[str]) -> dict[str, "Vector[float]"]:
        """Effect: reads the file. Those of `texts` whose vectors are kept."""
        known = self._read()
        return {text: _vector(known[key]) for text in texts if (key := _digest(text)) in known}

    def keep(self, made: Mapping[str, "Vector[float]"]) -> None:
        """Effect: keep the vectors of these texts; where it is too much, the oldest go. What the disk refuses costs time, no more."""
        known = self._read()
        for text, vector in made.items():
            known[_digest(text)] = vector.tobytes()
        size = sum(map(len, known.values()))
        for key in list(known):
            if size <= _LARGEST:
                break
            size -= len(known.pop(key))
        write_kept(self._path, marshal.dumps((_FORMAT, known), 4), _LIMIT)

    def _read(self) -> dict[bytes, bytes]:
        if self._known is None:
            self._known = read_decoded(self._path, _decoded) or {}
        return self._known


def _decoded(body: bytes) -> dict[bytes, bytes]:
    version, known = marshal.loads(body)  # noqa: S302  its checksum said that we wrote it
    if version != _FORMAT:
        raise ValueError(f"format {version}, ours is {_FORMAT}")
    return dict(known)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _vector(stored: bytes) -> "Vector[float]":
    return array("f", stored)
