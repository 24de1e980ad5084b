"""The past of one project, asked: what changes together, what changed lately, which old fixes resemble a text."""

import time
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import TypeVar

from fixbot_analysis.history.answers import Churn, Cochange, Companion, Fix, Suspected
from fixbot_analysis.history.commits import Commits
from fixbot_analysis.history.mining import Edit, is_code
from fixbot_analysis.history.reading import PATCHED, read
from fixbot_analysis.history.wording import query_words
from fixbot_analysis.ports import History, Progress, Silent

Key = TypeVar("Key")

_DAY = 86_400.0  # seconds
# How long until a commit counts half. On flask, xarray and pylint one, two and four years told alike what changes together.
HALF_LIFE = 365 * _DAY
CODE_SHARE = 1.0  # words of what a fix changed, beside those of its message
_DOUBT = 1.0  # what changed once with another file has not shown much: so many more commits without it are assumed
_BESIDE = 0.3  # a fix that changed another part of the file, beside one that changed the definition itself
_ID, _SUBJECT = 10, 60  # characters of a commit's id and of its message that name it
_NEWEST = 300  # commits of one file whose fixes are looked into
# How commits that resemble a text speak for files: the best so many, by a power of their score, shared by their files.
# Learned on five repositories (flask, xarray, pylint, sphinx, pytest), by fixes that came later; others measure it.
_RESEMBLING, _SHARPNESS, _SHARING = 200, 4.0, 0.5


class ProjectHistory:
    """What is known of a project's past as of one commit; empty where there is no repository. For one thread at a time."""

    def __init__(self, commits: Commits | None = None) -> None:
        self._commits = commits or Commits()

    @classmethod
    def open(
        cls, source: History, cache: Path | None = None, progress: Progress | None = None, patched: int = PATCHED
    ) -> "ProjectHistory":
        """Effect: read what `source` has and `cache` does not, and keep it there.

        Patches of the newest `patched` fixes are mined; those that a smaller number left out come with the next larger one.
        """
        return cls(read(source, cache, progress or Silent(), patched))

    def without(self, commits: Iterable[str]) -> "ProjectHistory":
        """The same past as if the commits of these ids had not been made; columns are shared, nothing is read."""
        alive = bytearray(self._commits.alive)
        for commit in commits:
            number = self._numbers.get(bytes.fromhex(commit))
            if number is not None:
                alive[number] = 0
        return ProjectHistory(replace(self._commits, alive=alive))

    def __len__(self) -> int:
        """Number of commits."""
        return sum(self._commits.alive)

    @property
    def unmined(self) -> int:
        """Number of fixes of which only the message is known: their patches were not read."""
        return sum(number not in self._commits.mined for number in self._fix_numbers)

    @cached_property
    def now(self) -> int:
        """When the newest commit was made: the present, seen from the head. A date that is still to come is a wrong clock's."""
        latest = time.time() + _DAY
        return max((s for s in compress(self._commits.seconds, self._commits.alive) if s < latest), default=0)

    def recency(self, path: str) -> float:
        """1 for what the newest commit changed, half of that for each half-life since; 0 for what never changed."""
        last = self.churn(path).last
        return self._decay(last) if last else 0.0

    def churn(self, path: str, symbol: str = "") -> Churn:
        """How much happened to a file, under the names it had; with `symbol`, how often fixes changed that definition."""
        if symbol:
            return self._summed([n for n, edit in self._fixes_of.get(path, ()) if edit.symbol == symbol])
        return self._summed(self._by_path.get(path, ()))

    def cochanged(self, path: str, limit: int = 20) -> tuple[Cochange, ...]:
        """Files that changed with `path`, the most bound to it first: recent commits and small ones count more."""
        own, weights, counts = _DOUBT, dict[int, float](), dict[int, int]()
        for number in self._by_path.get(path, ()):
            files = self._present[number]
            decay = self._decay(self._commits.seconds[number])
            own += decay
            for other in files:
                counts[other] = counts.get(other, 0) + 1
                weights[other] = weights.get(other, 0.0) + decay / max(len(files) - 1, 1)
        names = self._commits.paths
        ranked = sorted((-weight, names[other], counts[other]) for other, weight in weights.items())
        return tuple(Cochange(name, -weight / own, count) for weight, name, count in ranked if name != path)[:limit]

    def companions(self, path: str, symbol: str, limit: int = 40) -> tuple[Companion, ...]:
        """Definitions of other files that fixes changed together with the definition `symbol` of `path`, or with its file."""
        commits, names = self._commits, self._commits.paths
        own, weights = _DOUBT, dict[tuple[int, str], float]()
        for number in self._by_path.get(path, ())[:_NEWEST]:
            places = self._places(number)
            others = [place for place in places if names[place[0]] != path]
            is_own = any(each == symbol and names[at] == path for at, each in places)
            weight = (1.0 if is_own else _BESIDE) * self._decay(commits.seconds[number])
            own += weight if places else 0.0
            for place in others:
                weights[place] = weights.get(place, 0.0) + weight / len(others)
        ranked = sorted((-weight, names[at], each) for (at, each), weight in weights.items())
        return tuple(Companion(other, each, -weight / own) for weight, other, each in ranked[:limit])

    def similar(self, text: str, limit: int = 20) -> tuple[Fix, ...]:
        """Fixes whose message, or what they changed, resembles `text` (an issue, a log, a question), the best first."""
        return tuple(self._fix(number, score) for number, score in self._resembling(text, self._mended, limit))

    def suspects(self, text: str) -> Suspected:
        """Files and definitions that commits which resemble `text` changed; definitions only as far as fixes tell.

        Not only fixes count for files: whoever wrote a feature says by its words where it lives.
        """
        commits = self._commits
        files: dict[int, float] = {}
        symbols: dict[tuple[int, str], float] = {}
        said: dict[tuple[int, str], tuple[float, int]] = {}
        for number, score in self._resembling(text, commits.alive, _RESEMBLING):
            present = [path for path in self._present[number] if is_code(commits.paths[path])]
            places = self._places(number)
            for path in present:
                part = score**_SHARPNESS / len(present) ** _SHARING
                files[path] = files.get(path, 0.0) + part
                said[path, ""] = max(said.get((path, ""), (0.0, 0)), (part, number))
            for place in places:
                part = score**_SHARPNESS / len(places) ** _SHARING
                symbols[place] = symbols.get(place, 0.0) + part
                said[place] = max(said.get(place, (0.0, 0)), (part, number))
        names = commits.paths
        return Suspected(
            _scaled({names[path]: weight for path, weight in files.items()}),
            _scaled({(names[path], symbol): weight for (path, symbol), weight in symbols.items()}),
            {(names[path], symbol): self._named(number) for (path, symbol), (_, number) in said.items()},
        )

    def _named(self, number: int) -> str:
        """A commit as people name it: the beginning of its id and, where it is known, of its message."""
        subject = self._commits.fixes.get(number, "").partition("\n")[0]
        return f"{self._commits.id(number)[:_ID]} {subject[:_SUBJECT]}".rstrip()

    def _resembling(self, text: str, among: bytearray, limit: int) -> list[tuple[int, float]]:
        """Commits `among` which are those that resemble `text` most, with their scores."""
        commits, words = self._commits, query_words(text)
        scores = commits.words.scores(words, among)
        for number, score in commits.code.scores(words, self._mended).items():
            scores[number] = scores.get(number, 0.0) + CODE_SHARE * score
        return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))[:limit]

    def _places(self, number: int) -> set[tuple[int, str]]:
        """(path as it is called now, symbol) of each definition that a fix changed."""
        if not self._mended[number]:
            return set()
        called = dict(zip(self._commits.files(number), self._present[number], strict=True))
        found = self._commits.edits(number)
        return {(called.get(path, path), symbol) for path, _, symbol, *_ in found if symbol}

    def fixes(self) -> Iterator[Fix]:
        """All fixes, newest first."""
        return (self._fix(number) for number in self._fix_numbers)

    def donors(self, text: str, limit: int = 20) -> tuple[Fix, ...]:
        """Resembling fixes that have small hunks, for patches to be modelled on: `text` is a symbol's name or any words."""
        small = (f for f in self.similar(text, limit * 5) if any(e.before or e.after for e in f.edits))
        return tuple(fix for _, fix in zip(range(limit), small, strict=False))

    def priors(self) -> Mapping[str, float]:
        """Share of each sort of small edit among those of all fixes, by families of repair's templates; empty without fixes."""
        counts: dict[str, int] = {}
        for number in self._fix_numbers:
            for *_, kind in self._commits.edits(number):
                if kind != "other":
                    counts[kind] = counts.get(kind, 0) + 1
        total = sum(counts.values())
        return {kind: count / total for kind, count in sorted(counts.items(), key=lambda item: -item[1])}

    def _decay(self, seconds: int) -> float:
        return float(0.5 ** (max(self.now - seconds, 0) / HALF_LIFE))

    def _summed(self, numbers: "list[int] | array[int] | tuple[()]") -> Churn:
        commits = self._commits
        own = set(numbers)
        authors = {commits.authors[n] for n in own}
        fixes = sum(self._mended[n] for n in own)
        return Churn(len(own), fixes, len(authors), max((commits.seconds[n] for n in own), default=0))

    def _fix(self, number: int, score: float = 0.0) -> Fix:
        commits, present = self._commits, self._present
        now_called = dict(zip(commits.files(number), present[number], strict=True))
        found = tuple(
            Edit(commits.paths[now_called.get(path, path)], line, symbol, before, after, kind)
            for path, line, symbol, before, after, kind in commits.edits(number)
        )
        paths = tuple(dict.fromkeys(commits.paths[path] for path in present[number]))
        return Fix(commits.id(number), commits.seconds[number], commits.fixes[number], paths, found, score)

    @cached_property
    def _numbers(self) -> Mapping[bytes, int]:
        return self._commits.numbers()

    @cached_property
    def _fix_numbers(self) -> "array[int]":
        return array("I", self._commits.living_fixes())

    @cached_property
    def _mended(self) -> bytearray:
        """1 at the number of each living fix."""
        marks = bytearray(len(self._commits))
        for number in self._fix_numbers:
            marks[number] = 1
        return marks

    @cached_property
    def _present(self) -> Mapping[int, "array[int]"]:
        """The files of each living commit by the names that they have now."""
        return _renamed(self._commits)

    @cached_property
    def _by_path(self) -> Mapping[str, "array[int]"]:
        """Living commits that touched a file, newest first, by the name that it has now."""
        found: dict[int, array[int]] = {}
        for number, files in self._present.items():
            for path in files:
                try:
                    found[path].append(number)
                except KeyError:
                    found[path] = array("I", (number,))
        return {self._commits.paths[path]: numbers for path, numbers in found.items()}

    @cached_property
    def _fixes_of(self) -> Mapping[str, list[tuple[int, Edit]]]:
        found: dict[str, list[tuple[int, Edit]]] = {}
        for number in self._fix_numbers:
            for edit in self._fix(number).edits:
                found.setdefault(edit.path, []).append((number, edit))
        return found


def _renamed(commits: Commits) -> dict[int, "array[int]"]:
    """Walk from the newest commit back, learning renames on the way."""
    renames: dict[int, list[tuple[int, int]]] = {}
    every = commits.renames
    for at in range(0, len(every), 3):
        renames.setdefault(every[at], []).append((every[at + 1], every[at + 2]))
    called: dict[int, int] = {}
    present: dict[int, array[int]] = {}
    alive, ends, touched = commits.alive, commits.ends, commits.touched
    for number in range(len(commits) - 1, -1, -1):
        if not alive[number]:
            continue
        files = touched[ends[number - 1] if number else 0 : ends[number]]
        present[number] = array("I", [called.get(path, path) for path in files]) if called else files
        for old, new in renames.get(number, ()):
            called[old] = called.get(new, new)
    return present


def _scaled(weights: Mapping[Key, float]) -> dict[Key, float]:
    best = max(weights.values(), default=1.0)
    return {key: weight / best for key, weight in sorted(weights.items(), key=lambda item: -item[1])}
