"""Tables of a project's lexicon in the cache: one file a project."""

import hashlib
import marshal
from array import array
from pathlib import Path

from fixbot_analysis.kept import read_decoded, write_kept
from fixbot_analysis.postings import Rows
from fixbot_analysis.retrieval.tables import Tables

_FORMAT = 2  # goes up with every change of what is stored or how it is counted
_MARSHAL = 4
_SUFFIX = ".lexicon"
_LIMIT = 512 * 1024 * 1024  # bytes of all files together


def kept(folder: Path, root: Path) -> Tables | None:
    """Effect: read the tables of the project at `root`; None where there are none, or none of this version."""
    return read_decoded(place_of(folder, root, _SUFFIX), _decoded)


def keep(folder: Path, root: Path, tables: Tables) -> None:
    """Effect: write the tables of the project at `root`. What the disk refuses costs time the next time, no more."""
    arrays = (tables.lengths.tobytes(), tables.lines.tobytes(), bytes(tables.marks))
    words = [table.stored() for table in tables.by_word]
    body = marshal.dumps((_FORMAT, tables.definitions, *arrays, words, tables.literals, tables.files), _MARSHAL)
    write_kept(place_of(folder, root, _SUFFIX), body, _LIMIT)


def place_of(folder: Path, root: Path, suffix: str) -> Path:
    """The file in `folder` that holds what is kept of the project at `root` under `suffix`."""
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return folder / f"{name}{suffix}"


def _decoded(body: bytes) -> Tables:
    version, *rest = marshal.loads(body)  # noqa: S302  its checksum said that we wrote it
    if version != _FORMAT:
        raise ValueError(f"format {version}, ours is {_FORMAT}")
    definitions, lengths, lines, marks, words, literals, files = rest
    terms, defined, assigned, parameters, referenced = map(Rows.load, words)
    return Tables(
        definitions, array("I", lengths), array("I", lines), bytearray(marks),
        terms, defined, assigned, parameters, referenced, literals, files,
    )  # fmt: skip
