"""Which fixes are tried together, so that hundreds of them cost few trials: group testing by halves.

Most fixes are good, so a group that holds settles all of its members at once; one that does not is halved until the bad
ones stand alone (Dorfman 1943; Zeller and Hildebrandt 2002 for the halves).
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
Group = tuple[T, ...]


def spread(members: Sequence[T], count: int, unit: Callable[[T], Hashable]) -> list[Group[T]]:
    """`members` in at most `count` groups, those of one `unit` as far apart as there are groups.

    Each stands alone where `count` allows it.
    """
    if count >= len(members):
        return [(m,) for m in members]
    places: dict[Hashable, list[T]] = {}
    for member in members:
        places.setdefault(unit(member), []).append(member)
    groups: list[list[T]] = [[] for _ in range(max(count, 1))]
    for at, member in enumerate(m for members_of in places.values() for m in members_of):
        groups[at % len(groups)].append(member)
    return [tuple(g) for g in groups]


class Sieve(Generic[T]):
    """Asks of groups whether they hold, each by itself; all `questions` of one turn may be answered at once.

    `held` is the size of the group in which a member held, `dropped` why it did not when alone.
    """

    def __init__(self, groups: Sequence[Group[T]]) -> None:
        self.questions = [g for g in groups if g]
        self.held: dict[T, int] = {}
        self.dropped: dict[T, str] = {}

    def answer(self, group: Group[T], why: str) -> None:
        """Effect: note that `group` held ("") or why it did not."""
        self.questions.remove(group)
        if not why:
            self.held |= dict.fromkeys(group, len(group))
        elif len(group) == 1:
            self.dropped[group[0]] = why
        else:
            half = len(group) // 2
            self.questions += [group[:half], group[half:]]


class Growth(Generic[T]):
    """Grows a set that holds as a whole, from members in the order of their rights; `kept` held at every moment.

    What breaks it is left out, with the reason in `dropped`. A clash of two members costs the later one its place.
    """

    def __init__(self, members: Sequence[T]) -> None:
        self.kept: Group[T] = ()
        self.dropped: dict[T, str] = {}
        self._waiting: list[Group[T]] = [tuple(members)] if members else []
        self._failed: dict[frozenset[T], str] = {}

    @property
    def question(self) -> Group[T]:
        """The set to try next; () at the end."""
        return self.kept + self._waiting[-1] if self._waiting else ()

    def answer(self, why: str) -> None:
        """Effect: note that the set asked about held ("") or why it did not."""
        if why:
            self._failed[frozenset(self.question)] = why
        else:
            self.kept += self._waiting.pop()
        # A set that failed may come up once more, when the first half of what was added to it has held.
        while self._waiting and (known := self._failed.get(frozenset(self.question))):
            self._split(self._waiting.pop(), known)

    def _split(self, chunk: Group[T], why: str) -> None:
        if len(chunk) == 1:
            self.dropped[chunk[0]] = why
        else:
            half = len(chunk) // 2
            self._waiting += [chunk[half:], chunk[:half]]
