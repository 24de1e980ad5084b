"""What the past of a project is asked for: the shapes of the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fixbot_analysis.history.mining import Edit


@dataclass(frozen=True, slots=True)
class Cochange:
    """A file that changed with another one: in so many commits, and `weight` in 0..1: of all changes, how much together."""

    path: str
    weight: float
    commits: int


@dataclass(frozen=True, slots=True)
class Companion:
    """A definition that fixes changed together with another one, or with its file; `weight` in 0..1, as of :class:`Cochange`."""

    path: str
    symbol: str
    weight: float


@dataclass(frozen=True, slots=True)
class Churn:
    """How much happened to a file or symbol: commits, of them fixes, authors, and when last (seconds since the epoch, 0: never)."""

    commits: int = 0
    fixes: int = 0
    authors: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Fix:
    """A commit that mended a bug; `score` says how well it resembles what was asked. `edits` are those in source files.

    `paths` are where its files are now, as far as renames tell.
    """

    commit: str
    seconds: int
    message: str
    paths: tuple[str, ...]
    edits: tuple[Edit, ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Suspected:
    """Source files (path -> weight) and definitions ((path, qualified name) -> weight) that resembling commits changed; the best weighs 1.

    `commits` is the one that says most of each, in words: by (path, qualified name), with ``""`` for a file.
    """

    files: Mapping[str, float]
    symbols: Mapping[tuple[str, str], float]
    commits: Mapping[tuple[str, str], str] = field(default_factory=dict)
