"""What is known of a question, or of a place, before anybody is asked: the built-in answer, by which a model begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from fixbot_agent.errors import UsageFailure
from fixbot_agent.settings import Places
from fixbot_analysis.index import Index

if TYPE_CHECKING:
    from fixbot_agent.asking import Answer, Cited, Failure
    from fixbot_analysis.ports import Progress

PLACE = re.compile(r"(?P<path>.+):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A `question` in words, about the place `at` where one is given; `about` and `frames` are what is said of that place."""

    question: str
    at: str = ""
    about: str = ""
    frames: tuple[str, ...] = ()
    past: bool = True


@dataclass(frozen=True, slots=True)
class Grounds:
    """The built-in `answer`, the `place` that is asked about, and what the question's words alone lead to where there is a place, too."""

    answer: "Answer"
    place: "Cited | None" = None
    found: "Answer | None" = None


def grounds(asked: Asked, repo: Path, index: Index, progress: "Progress") -> Grounds:
    """Effect: reads the project. Raises UsageFailure where there is no code, or the place is not there."""
    from fixbot_agent.asking import Cited, ask, explain
    from fixbot_agent.asking.telling import FOR_A_MODEL
    from fixbot_repair.git import past

    if not index.paths:
        raise UsageFailure(f"no source code in {repo}", "name the folder of a project with --repo")
    cache = Places.current().index
    found = None
    if asked.question.strip():
        history = past(repo, cache, progress=progress) if asked.past else None
        found = ask(index, asked.question, history, cache, progress)
    if not asked.at:
        assert found is not None, "a question or a place was asked about"
        return Grounds(found)
    path, first, last = _place(index, asked.at)
    told = explain(index, path, first, last, _failure(repo, asked.about, asked.frames))
    place = Cited(path, first, last if last > first else 0)
    if found is None:
        return Grounds(told, place)
    if found.kind == "located":  # words that only lie near: for who can judge them
        return Grounds(replace(told, notes=(*told.notes, FOR_A_MODEL)), place, found)
    both = replace(
        told, sentences=(*told.sentences, *found.sentences), definitions=(*told.definitions, *found.definitions)
    )
    return Grounds(both, place)


def _failure(repo: Path, about: str, frames: Sequence[str]) -> "Failure":
    """Effect: ask git. What is said, where it failed, and what is changed; frames that are no FILE:LINE are passed over."""
    from fixbot_agent.asking.answer import Cited
    from fixbot_agent.asking.changes import changes
    from fixbot_agent.asking.failing import Failure

    found = [(match["path"], match["first"]) for each in frames if (match := PLACE.fullmatch(each))]
    places = tuple(Cited(str(PurePosixPath(path)), int(line)) for path, line in found)
    return Failure(about, places, changes(repo) if places else ())


def _place(index: Index, written: str) -> tuple[str, int, int]:
    """Effect: reads the file. Path and lines of ``FILE:LINE-LINE``. Raises UsageFailure where they are not there."""
    match = PLACE.fullmatch(written)
    if match is None:
        raise UsageFailure(f"{written!r} is no place in a file", "write FILE:LINE or FILE:LINE-LINE")
    path, first = str(PurePosixPath(match["path"])), int(match["first"])
    if not index.digest(path):
        raise UsageFailure(f"{path} is no indexed file", "'fixbot index' says what was left out, and why")
    text = index.tree.read(path)
    end = len(text.line_starts) - text.data.endswith(b"\n")
    last = min(int(match["last"] or first), end)
    if not 1 <= first <= last:
        raise UsageFailure(
            f"{path} has no lines {match['first']} to {match['last'] or first}", f"its lines are 1 to {end}"
        )
    return path, first, last
