"""What the eyes need from outside their law; repair and agent hand it in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Change:
    """One commit as the eyes see it: when, why, and which files (POSIX, relative) it touched together."""

    commit: str
    seconds: int  # since the epoch
    message: str
    paths: tuple[str, ...]


class History(Protocol):
    """Who changed what together and when; filled by ``fixbot_repair.git``."""

    def changes(self, limit: int) -> Sequence[Change]:
        """Return at most `limit` commits, newest first."""
        ...


class Executor(Protocol):
    """Runs pure functions for indexing, in this process or in others; order is kept."""

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield ``function(item)`` for every item, in order."""
        ...


class SerialExecutor:
    """The executor that is always there: the calling thread."""

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield ``function(item)`` for every item, in order."""
        return map(function, items)


class Progress(Protocol):
    """Told how far a long piece of work is; the doors decide what becomes of it."""

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: `done` of `total` steps of `what` are finished; `total` is 0 where it is not known."""
        ...


class Silent:
    """The progress listener that does nothing."""

    def step(self, what: str, done: int, total: int) -> None:
        """Ignore the step."""
