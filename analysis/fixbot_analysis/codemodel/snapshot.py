"""The settled counts of a project in one file of the cache."""

import hashlib
import os
from pathlib import Path
from typing import cast

from fixbot_analysis.codemodel.counting import Counting
from fixbot_analysis.codemodel.frozen import Frozen, Span
from fixbot_analysis.codemodel.segment import Segment
from fixbot_analysis.codemodel.stored import read, write
from fixbot_analysis.codemodel.usage import Usage


def snapshot_path(folder: Path, root: Path) -> Path:
    """Where the counts of the project at `root` are kept in the cache `folder`."""
    name = hashlib.blake2b(os.fsencode(root.resolve()), digest_size=8).hexdigest()
    return folder / f"codemodel-{name}.bin"


def save(counting: Counting, path: Path) -> bool:
    """Effect: write the frozen counts to `path`, whole or not at all; whether that worked."""
    frozen = counting.frozen
    digests, spans = (tuple(kept[p] for p in frozen.paths) for kept in (frozen.digests, frozen.spans))
    names = (tuple(counting.words), tuple(frozen.paths), digests, spans)  # a word may hold any character
    return write(path, names, (*frozen.segment.arrays, *frozen.roles.arrays, *frozen.usage.arrays))


def load(path: Path) -> Counting | None:
    """Effect: the counts that :func:`save` wrote to `path`; None where there are none, or they are damaged or of another version."""
    found = read(path)
    if found is None:
        return None
    names, arrays = found
    words, paths, digests, spans = cast(
        "tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Span, ...]]", names
    )
    segment, roles, usage = Segment(*arrays[:3]), Segment(*arrays[3:6]), Usage(*arrays[6:])
    return Counting(list(words), Frozen(paths, digests, spans, segment, usage, roles))
