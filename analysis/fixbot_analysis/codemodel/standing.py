"""What was sorted of a project: the whole once, and the files that changed since beside it, so that few changes cost little."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from fixbot_analysis.codemodel.frozen import Frozen, Learnt
from fixbot_analysis.codemodel.segment import Segment
from fixbot_analysis.codemodel.usage import Usage

_MANY, _KEPT = 64, 256  # accesses that are taken away from counts that are kept, and how many such counts


@dataclass(frozen=True, slots=True)
class Changed:
    """A file as it is now: its counts, and the name of its content."""

    learnt: Learnt
    digest: str


class Standing:
    """The counts of `whole`, less what it says of the files in `gone`, plus `late`, which has those of them that there still are.

    To sort a few files takes hundredths of a second, where all of a large project would take one, and twice its memory. Of `gone` only
    n-grams are sorted: accesses of a file are looked up in the whole, which takes two bisections.
    """

    def __init__(self, whole: Frozen | None = None, late: Frozen | None = None, gone: Frozen | None = None) -> None:
        self.whole = whole or Frozen.of({}, {})
        self._late, self._gone = late or Frozen.of({}, {}), gone or Frozen.of({}, {})
        self._numbers = sorted(self.whole.number(path) for path in self._gone.paths)
        self._counts: dict[int, Counter[int]] = {}

    @property
    def paths(self) -> set[str]:
        """The files counted."""
        return (self.whole.digests.keys() - self._gone.digests.keys()) | self._late.digests.keys()

    @property
    def apart(self) -> int:
        """How many files are not counted as the whole has them."""
        return len(self._gone.digests.keys() | self._late.digests.keys())

    @property
    def share(self) -> float:
        """How much was sorted beside the whole, as a share of that."""
        return (len(self._late.segment) + len(self._gone.segment)) / len(self.whole.segment)

    def tidy(self) -> None:
        """Let go of groups that were picked out for files and folders nobody asks about any more."""
        for _, part in self._parts():
            part.tidy()

    def digest(self, path: str) -> str:
        """Name of the content counted of `path`; "" where none is."""
        holder = self._holder(path)
        return holder.digests[path] if holder else ""

    def learnt(self, path: str) -> Learnt:
        """What is counted of one file; of the whole, the first time takes a pass over all of it."""
        holder = self._holder(path)
        return holder.learnt(path) if holder else Learnt((), ())

    def file(self, path: str, *, roles: bool) -> Segment | None:
        """The n-grams of one file, of tokens or of the parts they play; None where it is not counted."""
        holder = self._holder(path)
        return holder.file(path, roles=roles) if holder else None

    def everything(self, *, roles: bool) -> Iterator[tuple[int, Segment]]:
        """Segments that are together the n-grams of all files, each with the sign that it counts with."""
        for sign, part in self._parts():
            yield sign, part.roles if roles else part.segment

    def folder(self, folder: str, *, roles: bool) -> Iterator[tuple[int, Segment]]:
        """The same, of the files below `folder` (with a slash at its end)."""
        for sign, part in self._parts():
            yield sign, part.folder(folder, roles=roles)

    def members(self, path: str, key: int) -> list[int]:
        """Members accessed under `key` in one file, in order."""
        holder = self._holder(path)
        return holder.usage.within(key, [holder.number(path)]) if holder else []

    def others(self, folder: str, paths: AbstractSet[str]) -> "Others":
        """The accesses of all files but `paths`, and of those among them that are below `folder` ("": none)."""
        whole = (self.whole, paths - self._gone.digests.keys(), {*self._gone.paths, *paths})
        return Others(self.counts, [whole, (self._late, paths, paths)], folder)

    def counts(self, key: int) -> Counter[int]:
        """How often each member was accessed under `key` in all files, of very many the commonest; not to be changed."""
        found = self._counts.get(key)
        if found is None:
            found = Counter(self.whole.usage.counts(key))
            before = self.whole.usage.within(key, self._numbers)
            _subtract(found, before)
            found.update(self._late.usage.counts(key))
            if len(before) >= _MANY:
                if len(self._counts) >= _KEPT:
                    self._counts.clear()
                self._counts[key] = found
        return found

    def with_files(self, changed: Mapping[str, Changed | None]) -> "Standing":
        """The same, of which the files `changed` are as they are now; None: gone. Sorts what changed, now and earlier, and no more."""
        kept = {
            p: Changed(self._late.learnt(p), digest) for p, digest in self._late.digests.items() if p not in changed
        }
        now = kept | {path: each for path, each in changed.items() if each is not None}
        late = Frozen.of({p: each.learnt for p, each in now.items()}, {p: each.digest for p, each in now.items()})
        left = [p for p in {*self._gone.paths, *changed} if p in self.whole.digests]
        gone = Frozen.of({p: self.whole.ngrams(p) for p in left}, {p: self.whole.digests[p] for p in left})
        return Standing(self.whole, late, gone)

    def _parts(self) -> Iterator[tuple[int, Frozen]]:
        yield 1, self.whole
        if self._gone.paths:
            yield -1, self._gone
        if self._late.paths:
            yield 1, self._late

    def _holder(self, path: str) -> Frozen | None:
        """Which of the three says what a file is."""
        if path in self._late.digests:
            return self._late
        return self.whole if path in self.whole.digests and path not in self._gone.digests else None


class Others:
    """Accesses in all files but some, and in those of them below `folder` ("": none).

    `counts` are those of all files; each part says which of its files are not to be counted, of those in `counts` and of all that it has.
    """

    def __init__(
        self,
        counts: Callable[[int], Counter[int]],
        parts: Sequence[tuple[Frozen, Iterable[str], Iterable[str]]],
        folder: str,
    ) -> None:
        self._counts = counts
        self._parts: list[tuple[Usage, list[int], tuple[int, int], list[int]]] = []
        for part, but, without in parts:
            first, last = part.below(folder) if folder else (0, 0)
            below = [number for number in _numbers(part, without) if first <= number < last]
            self._parts.append((part.usage, _numbers(part, but), (first, last), below))

    def under(self, key: int) -> tuple[Counter[int], Counter[int]]:
        """How often each member was accessed under `key`: in all files, and in those of the folder."""
        project, below = Counter(self._counts(key)), Counter[int]()
        for usage, but, span, but_below in self._parts:
            _subtract(project, usage.within(key, but))
            below.update(usage.among(key, *span))
            _subtract(below, usage.within(key, but_below))
        return project, below


def _numbers(part: Frozen, paths: Iterable[str]) -> list[int]:
    return sorted(part.number(path) for path in paths if path in part.digests)


def _subtract(counts: Counter[int], members: Sequence[int]) -> None:
    """Take `members` out of `counts`; of what is left of none nothing stays."""
    counts.subtract(members)
    for member in set(members):
        if counts[member] <= 0:
            del counts[member]
