"""Which members were accessed where: every access of the project under every key that describes its site, as sorted arrays.

Accesses are numbered by path and place, and those of one key are sorted by number, so that the accesses of a file, of a folder
and of the folders around it are ranges inside the range of a key: nested counts cost two bisections each.
"""

import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from fixbot_analysis.codemodel.segment import Numbers
from fixbot_analysis.codemodel.sites import Site

# What a site is described by, from the most general to the most particular.
KEYS = (
    "any", "last", "lead", "call", "slot", "target", "receiver", "previous", "function", "origin", "made", "type", "base",
    "role", "trail", "opening",
)  # fmt: skip
_WIDE = 2048  # accesses from which a count is kept
_COMMONEST = 600  # members that such a count is cut to
_BUCKETS, _SHIFT = 16, 28  # hashes are sorted in so many parts, by their upper bits: less memory at a time
_SALT = {name: zlib.crc32(name.encode()) for name in KEYS}


def keys(site: Site) -> Iterator[tuple[str, int]]:
    """The keys of a site: (name among :data:`KEYS`, hash of 32 bits)."""
    last, receiver = site.last, site.receiver
    yield "any", ANYWHERE
    yield "last", hashed("last", last)
    yield "lead", hashed("lead", f"{last} {site.lead}")
    yield "opening", hashed("opening", site.lead)
    yield "trail", hashed("trail", f"{last} {site.trail}")
    yield "receiver", hashed("receiver", receiver)
    yield "previous", hashed("previous", f"{receiver} {site.previous}")
    if site.callee:
        callee = site.callee.rpartition(".")[2]
        yield "call", hashed("call", f"{callee} {site.slot} {last}")
        yield "slot", hashed("slot", f"{callee} {site.slot}")
    if site.target:
        yield "target", hashed("target", f"{last} {site.target.rpartition('.')[2]}")
    if site.function:
        yield "function", hashed("function", f"{last} {site.function}")
    if site.origin:
        yield "origin", hashed("origin", site.origin)
        yield "made", hashed("made", site.origin.rpartition(".")[2])
    if name := site.type_name:
        yield "type", hashed("type", name)
    if site.is_self:
        for base in site.bases:
            yield "base", hashed("base", base)
            yield "role", hashed("role", f"{base} {site.function}")


def hashed(name: str, text: str) -> int:
    """The hash of one key."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"), _SALT[name])


ANYWHERE = hashed("any", "")  # the key that every access stands under


class Accesses:
    """The accesses of one stretch of text, in order: member ids, and the keys that each stands under."""

    __slots__ = ("_places", "hashes", "members", "numbers")

    def __init__(self) -> None:
        self.members = array("I")
        self.hashes = array("I")
        self.numbers = array("I")  # beside each hash, the index of its access
        self._places: dict[int, list[int]] | None = None

    def add(self, member: int, described: Iterable[tuple[str, int]]) -> None:
        """Add an access of `member`; not after :meth:`under` was asked."""
        number = len(self.members)
        for _, key in described:
            self.hashes.append(key)
            self.numbers.append(number)
        self.members.append(member)

    def under(self, key: int) -> list[int]:
        """Members accessed under `key`, in order."""
        if self._places is None:
            self._places = {}
            for each, number in zip(self.hashes, self.numbers, strict=True):
                self._places.setdefault(each, []).append(self.members[number])
        return self._places.get(key, [])

    def rest(self) -> None:
        """Let go of what :meth:`under` finds again when it is asked."""
        self._places = None


class Usage:
    """Accesses of many files, frozen: those of the n-th are numbered from ``spans[n]`` to before ``spans[n + 1]``.

    `hashes` and, beside them, `numbers` of accesses are sorted together.
    """

    def __init__(self, spans: Numbers, members: Numbers, hashes: Numbers, numbers: Numbers) -> None:
        self.spans, self.members, self.hashes, self.numbers = spans, members, hashes, numbers
        self._wide: dict[int, Counter[int]] = {}

    @classmethod
    def of(cls, files: Iterable[Sequence[Accesses]]) -> "Usage":
        """Of the accesses of all files."""
        members, spans = array("I"), array("I", [0])
        buckets = [array("Q") for _ in range(_BUCKETS)]
        for parts in files:
            for part in parts:
                first = len(members)
                members.extend(part.members)
                for key, at in zip(part.hashes, part.numbers, strict=True):
                    buckets[key >> _SHIFT].append(key << 32 | first + at)
            spans.append(len(members))
        hashes, numbers = array("I"), array("I")
        for bucket in buckets:
            pairs = sorted(bucket)
            hashes.extend([pair >> 32 for pair in pairs])
            numbers.extend([pair & 0xFFFFFFFF for pair in pairs])
        return cls(spans, members, hashes, numbers)

    @property
    def arrays(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """What it is made of, for keeping it."""
        return self.spans, self.members, self.hashes, self.numbers

    def part(self, number: int) -> Accesses:
        """The accesses of one file; the first time takes a pass over all of them."""
        return self._parts[number]

    def among(self, key: int, first: int, last: int) -> list[int]:
        """Members accessed under `key` in the files from `first` to before `last`, in order."""
        low, high = self._range(key)
        low = bisect_left(self.numbers, self.spans[first], low, high)
        high = bisect_left(self.numbers, self.spans[last], low, high)
        members = self.members
        return [members[number] for number in self.numbers[low:high]]

    def within(self, key: int, files: Sequence[int]) -> list[int]:
        """Members accessed under `key` in the files of those numbers, which rise, in order."""
        low, high = self._range(key)
        spans, numbers, members = self.spans, self.numbers, self.members
        if high - low < len(files):
            wanted = set(files)
            return [members[number] for number in numbers[low:high] if bisect_right(spans, number) - 1 in wanted]
        found: list[int] = []
        for file in files:
            low = bisect_left(numbers, spans[file], low, high)
            end = bisect_left(numbers, spans[file + 1], low, high)
            found += [members[number] for number in numbers[low:end]]
            low = end
        return found

    def counts(self, key: int) -> Counter[int]:
        """How often each member was accessed under `key` in all files, of very many the commonest; not to be changed."""
        low, high = self._range(key)
        if high - low < _WIDE:
            return Counter([self.members[number] for number in self.numbers[low:high]])
        if key not in self._wide:
            counts = Counter([self.members[number] for number in self.numbers[low:high]])
            self._wide[key] = Counter(dict(counts.most_common(_COMMONEST)))
        return self._wide[key]

    def _range(self, key: int) -> tuple[int, int]:
        low = bisect_left(self.hashes, key)
        return low, bisect_right(self.hashes, key, low)

    @cached_property
    def _parts(self) -> list[Accesses]:
        """All accesses again by file, for learning them together with others."""
        parts = []
        for first, last in pairwise(self.spans):
            part = Accesses()
            part.members.extend(self.members[first:last])
            parts.append(part)
        for key, number in zip(self.hashes, self.numbers, strict=True):
            file = bisect_right(self.spans, number) - 1
            parts[file].hashes.append(key)
            parts[file].numbers.append(number - self.spans[file])
        return parts
