"""What was counted in one installed package: the outermost level of the nest, the same for every project that imports it."""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from fixbot_analysis.codemodel.counting import Counting
from fixbot_analysis.codemodel.frozen import Frozen, Learnt
from fixbot_analysis.codemodel.segment import Numbers, Segment
from fixbot_analysis.codemodel.stored import read, write
from fixbot_analysis.codemodel.usage import Accesses, Usage

_REMEMBERED = 1 << 14  # words whose numbers are remembered
_MANY = 100  # members of a key from which they are remembered; there are few such keys


class Package:
    """Counts of one package: `letters` are its words (UTF-8) one after the other in the order of their bytes, `ends` where each ends."""

    def __init__(self, letters: Numbers, ends: Numbers, segment: Segment, usage: Usage) -> None:
        self._letters, self._ends = memoryview(letters).cast("B"), ends
        self.arrays = (letters, ends, *segment.arrays, *usage.arrays)
        self.segment, self.usage = segment, usage
        self._known: dict[str, int] = {}
        self._wide: dict[int, Mapping[str, int]] = {}

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Numbers of `words`; -1 for those never seen."""
        known = self._known
        return [known[word] if word in known else self._find(word) for word in words]

    def word(self, number: int) -> str:
        """The word of a number."""
        return str(self._bytes(number), "utf-8", "surrogatepass")

    def accesses(self, key: int) -> Mapping[str, int]:
        """How often each member was accessed under `key`."""
        if key in self._wide:
            return self._wide[key]
        found = {self.word(member): times for member, times in self.usage.counts(key).items()}
        if len(found) >= _MANY:
            self._wide[key] = found
        return found

    def _find(self, word: str) -> int:
        wanted = word.encode("utf-8", "surrogatepass")
        at = bisect_left(range(len(self._ends)), wanted, key=self._bytes)
        number = at if at < len(self._ends) and self._bytes(at) == wanted else -1
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[word] = number
        return number

    def _bytes(self, number: int) -> bytes:
        return bytes(self._letters[self._ends[number - 1] if number else 0 : self._ends[number]])


def package_path(folder: Path, name: str, files: Iterable[tuple[str, bytes]]) -> Path:
    """Where the counts of a package of these files are kept in the cache `folder`: under its content, whoever installed it."""
    content = hashlib.blake2b(digest_size=12)
    for path, data in files:
        content.update(f"{path}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        content.update(data)
    return folder / f"package-{name}-{content.hexdigest()}.bin"


def load_package(path: Path) -> Package | None:
    """Effect: what :func:`save_package` wrote; None where there is nothing, or it is damaged or of another version."""
    found = read(path)
    if found is None:
        return None
    _, (letters, ends, tokens, order, starts, *usage) = found
    return Package(letters, ends, Segment(tokens, order, starts), Usage(*usage))


def save_package(package: Package, path: Path) -> bool:
    """Effect: write a package to `path`, whole or not at all; whether that worked."""
    return write(path, (), package.arrays)


def count_package(files: Iterable[tuple[str, bytes]]) -> Package:
    """Learn the files of a package; about a second for a megabyte."""
    counting = Counting()
    for path, data in files:
        counting.learn(path, data)
    encoded = [word.encode("utf-8", "surrogatepass") for word in counting.words]
    order = sorted(
        range(len(encoded)), key=encoded.__getitem__
    )  # the boundary, 0, is the empty word and stays the first
    numbers = array("I", order)
    for number, old in enumerate(order):
        numbers[old] = number
    ends = array("I", accumulate(len(encoded[old]) for old in order))
    letters = b"".join(encoded[old] for old in order)
    frozen = _renumbered(counting, numbers)
    frozen.segment.settle()
    return Package(array("I", letters + b"\0" * (-len(letters) % 4)), ends, frozen.segment, frozen.usage)


def _renumbered(counting: Counting, place: Sequence[int]) -> Frozen:
    files = {}
    for path in counting.paths:
        learnt = counting.learnt(path)
        files[path] = Learnt(array("I", [place[t] for t in learnt.tokens]), [_moved(a, place) for a in learnt.accesses])
    return Frozen.of(files, dict.fromkeys(files, ""))


def _moved(accesses: Accesses, place: Sequence[int]) -> Accesses:
    moved = Accesses()
    moved.members = array("I", [place[member] for member in accesses.members])
    moved.hashes, moved.numbers = accesses.hashes, accesses.numbers
    return moved
