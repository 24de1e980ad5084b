"""What an answer is made of, and the check that nothing in it cites what is not there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index


@dataclass(frozen=True, slots=True, order=True)
class Cited:
    """A line (from 1) of a file of the project (POSIX, relative); with `last` all lines up to that one."""

    path: str
    line: int
    last: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}{f'-{self.last}' if self.last > self.line else ''}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement, and the lines that it rests on: none only where a model says something that claims nothing of the code.

    `unknown` are names in it that stand nowhere: not in the project, in what it imports, or in the question.
    """

    text: str
    places: tuple[Cited, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that an answer is about, with its beginning as it is written; lines from 1, both ends in."""

    path: str
    name: str
    kind: str
    line: int
    end_line: int
    code: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is how the question was understood (``callers``, ``path``, …, ``located`` for words), `names` what it was found to be about.

    `notes` say what the answer may lack; they cite nothing and claim nothing of the code. `by` is the model that gave it, "" for the built-in
    answer, and `left_out` the number of its sentences that are not shown, since what they cite is not there.
    """

    kind: str
    names: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    definitions: tuple[Definition, ...] = ()
    notes: tuple[str, ...] = ()
    by: str = ""
    left_out: int = 0

    @property
    def is_unchecked(self) -> bool:
        """Whether a model gave it and no sentence of it cites a line, so that nothing of it could be held against the code."""
        return bool(self.by and self.sentences) and not any(s.places for s in self.sentences)

    @property
    def status(self) -> str:
        """``answered`` by a model, with citations that hold; ``unchecked`` by one without any; ``built-in``; ``none`` where nothing fits."""
        if not self.sentences:
            return "none"
        if not self.by:
            return "built-in"
        return "unchecked" if self.is_unchecked else "answered"

    def checked(self, index: Index) -> "Answer":
        """Effect: read what is cited. The answer without the places that are not there, and without sentences that have none left."""
        lines: dict[str, int] = {}

        def stands(place: Cited) -> bool:
            if place.path not in lines:
                lines[place.path] = _length(index, place.path)
            return 1 <= place.line <= lines[place.path]

        kept = (replace(s, places=tuple(filter(stands, s.places))) for s in self.sentences)
        definitions = tuple(d for d in self.definitions if stands(Cited(d.path, d.line)))
        return replace(self, sentences=tuple(s for s in kept if s.places), definitions=definitions)


def _length(index: Index, path: str) -> int:
    try:
        return len(index.tree.read(path).line_starts)
    except SourceError:
        return 0


def listed(items: Iterable[str], word: str = "and") -> str:
    """The items as a sentence lists them."""
    all_ = list(items)
    return f" {word} ".join(filter(None, [", ".join(all_[:-1]), *all_[-1:]]))


def counted(number: int, noun: str) -> str:
    """``1 caller``, ``2 callers``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
