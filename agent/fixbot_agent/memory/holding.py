"""Whether a memory still holds: it does while the code that it is about reads as it did, before the fix or after it."""

import hashlib
from collections.abc import Callable

from fixbot_agent.memory.entry import About, Entry
from fixbot_analysis.source import language_of
from fixbot_analysis.symbols import extract

Read = Callable[[str], bytes | None]  # a file in UTF-8, None where there is none


def about(name: str, *reads: Read) -> About | None:
    """`name` ("path::Class.method", or a path) as it reads by each of `reads`; None where none of them has it."""
    digests = dict.fromkeys(d for read in reads if (d := digest(name, read)))
    return About(name, tuple(digests)) if digests else None


def holds(entry: Entry, read: Read) -> bool:
    """Whether all that `entry` is about reads as it did; one that is about nothing never holds."""
    return bool(entry.about) and all(digest(a.name, read) in a.digests for a in entry.about)


def digest(name: str, read: Read) -> str:
    """A digest of a definition's text, or of a file's; "" where there is none. Spaces at the ends of lines do not count."""
    path, _, qualname = name.partition("::")
    data = read(path)
    if data is None:
        return ""
    if qualname:
        language = language_of(path)
        found = [s for s in extract(data, language).symbols if s.qualname == qualname] if language else []
        if not found:
            return ""
        data = data[found[0].span.start : found[0].span.end]
    text = b"\n".join(line.rstrip() for line in data.split(b"\n"))
    return hashlib.blake2b(text, digest_size=8).hexdigest()
