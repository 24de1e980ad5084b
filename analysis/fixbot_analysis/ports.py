"""What the eyes need from outside their law; repair and agent hand it in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from fixbot_analysis.symbols import FileFacts

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Change:
    """One commit as the eyes see it: when, why, and which files (POSIX, relative) it touched together.

    `renames` are (old, new) paths, the new one being among `paths`; `author` tells authors apart and names nobody.
    """

    commit: str
    seconds: int  # since the epoch
    message: str
    paths: tuple[str, ...]
    renames: tuple[tuple[str, str], ...] = ()
    author: str = ""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that a commit took out (`before`) and put in (`after`), line ends kept; `line` (from 1) is where in the new file."""

    line: int
    before: str
    after: str
    header: str = ""  # the line that git takes for the head of the function around it; often right


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What one commit did to one file; `content` is the file afterwards, as bytes (empty where it is too large)."""

    path: str
    content: bytes
    hunks: tuple[Hunk, ...]


class History(Protocol):
    """Who changed what together and when, as of one commit: nothing that is not an ancestor of it is ever told.

    Filled by ``fixbot_repair.git``. Everything raises a FixbotError where the repository cannot be read.
    """

    @property
    def identity(self) -> str:
        """Name of the repository, the same each time it is opened."""
        ...

    @property
    def head(self) -> str:
        """Id of the commit that it is seen from; ``""`` where there is none."""
        ...

    def ids(self, known: str = "") -> tuple[str, ...]:
        """Effect: ids of the commits (merges left out), newest first, that are not ancestors of the commit `known`."""
        ...

    def gone(self, known: str) -> tuple[str, ...] | None:
        """Effect: ids of `known` and its ancestors that are no ancestors of the head; None where `known` is lost."""
        ...

    def changes(self, commits: Sequence[str]) -> Iterator[Change]:
        """Effect: yield the commits of these ids, in the same order."""
        ...

    def patches(
        self, commits: Sequence[str], wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, tuple[FilePatch, ...]]]:
        """Effect: yield what each of `commits` changed in files whose path is `wanted`; one that changed none may be left out."""
        ...


class Outside(Protocol):
    """Modules that are not of the project, such as installed packages: told by name, their facts read when they are asked for.

    A *location* begins with a slash, as no path of a project does: ``/shelves/depth.py`` is the module ``shelves.depth``, ``/shelves/__init__.py``
    a package, ``/shelves/`` a folder without ``__init__.py``.
    """

    @property
    def signature(self) -> str:
        """A name for all that the answers hang on, another one when they may have changed; ``""`` where there is nothing outside."""
        ...

    def location(self, dotted: str) -> str:
        """Effect: where the module `dotted` is; ``""`` where there is none of that name."""
        ...

    def facts(self, location: str) -> FileFacts | None:
        """Effect: what a module says; None where it cannot be read, or is left out."""
        ...


class Nothing:
    """The outside that holds no module."""

    signature = ""

    def location(self, dotted: str) -> str:
        """There is none."""
        return ""

    def facts(self, location: str) -> FileFacts | None:
        """There are none."""
        return None


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
