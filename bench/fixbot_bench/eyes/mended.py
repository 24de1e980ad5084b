"""``fixbot bench edits``: how early the search would try what developers did, in fixes of the past that one template reaches.

Each fix is seen as its parent commit was: the model has learnt that tree and nothing later. The lines around the change are suspected alike;
candidates are those of the search there, 300 of them drawn by chance, ordered with and without the code model.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from statistics import median
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_agent.solving.strategies.naturalness import factor
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.history.fixes import is_fix
from fixbot_analysis.ports import FilePatch
from fixbot_analysis.source import Span
from fixbot_bench.errors import DatasetError
from fixbot_bench.ranking.learning import interval
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Naturalness, Proposal, proposals
from fixbot_repair.candidates.normal import changed_lines
from fixbot_repair.errors import GitError
from fixbot_repair.git import GitHistory, Repository

_BATCH = 200  # commits whose changes are read at once
_MOST_LINES = 4  # of a hunk, before or after
_MOST_BYTES = 100  # that really change, before or after; no template does more
_LARGEST = 200_000  # bytes of a file
_AROUND = 4  # lines before and after the changed ones that are suspected as well
_OTHERS = 300  # candidates beside the developer's
_NEAR = 60  # bytes from the developer's change that an edit may reach to and be the same
_MODULE = 1 << 20  # bytes of a file that the model learns


@dataclass(frozen=True, slots=True)
class Fix:
    """One fix: the file before and after it, and the lines (from 1) that were changed, as it was before."""

    commit: str
    path: str
    before: bytes
    after: bytes
    lines: range


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the developer's change stood among how many candidates, without the model and with it (from 1)."""

    plain: float
    modelled: float
    of: int

    @property
    def gain(self) -> float:
        """How much earlier it came with the model: the natural logarithm of the ranks' ratio."""
        return math.log(self.plain / self.modelled)


def fixes(source: GitHistory, depth: int) -> Iterator[Fix]:
    """Effect: reads the newest `depth` commits. Those that say they mend something and change a few lines in one place."""
    changes = source.changes(source.ids()[:depth])
    told = (each.commit for each in changes if is_fix(each.message) and sum(map(_is_module, each.paths)) == 1)
    while batch := list(islice(told, _BATCH)):
        for commit, patches in source.patches(batch, _is_module):
            if len(patches) == 1 and (fix := _fix(commit, patches[0])):
                yield fix


def _is_module(path: str) -> bool:
    tests = any(
        part in ("tests", "testing", "conftest.py") or part.startswith("test") for part in PurePosixPath(path).parts
    )
    return path.endswith(".py") and not tests


def _fix(commit: str, patch: FilePatch) -> Fix | None:
    """The fix, where it is one small hunk."""
    if len(patch.hunks) != 1 or not 0 < len(patch.content) <= _LARGEST:
        return None
    hunk = patch.hunks[0]
    old, new = hunk.before.encode(), hunk.after.encode()
    if max(hunk.before.count("\n"), hunk.after.count("\n")) > _MOST_LINES:
        return None
    shared = _shared(old, new) + _shared(old[::-1], new[::-1])
    if max(len(old), len(new)) - shared > _MOST_BYTES:
        return None
    lines = patch.content.splitlines(keepends=True)
    first = hunk.line - bool(new)  # where nothing was put in, git names the line before
    head, tail = b"".join(lines[:first]), b"".join(lines[first + hunk.after.count("\n") :])
    before = head + old + tail
    if head + new + tail != patch.content:
        return None
    start = head.count(b"\n") + 1
    return Fix(commit, patch.path, before, patch.content, range(start, start + max(old.count(b"\n"), 1)))


class Task:
    """One fix as the search sees it: the rewrite that makes it, and some others of the lines around, drawn by chance."""

    def __init__(self, fix: Fix) -> None:
        self._fix, self._code = fix, Code(fix.path, fix.before)
        self._same = _shared(fix.before, fix.after)
        self._end = len(fix.before) - _shared(fix.before[::-1], fix.after[::-1])
        right = (each for each in self._proposals(1) if self._is_right(each.rewrite.edits))
        self._right = max(right, key=lambda proposal: proposal.score, default=None)

    @cached_property
    def _others(self) -> Sequence[Proposal]:
        found = self._proposals(_AROUND)
        drawn = random.Random(self._fix.commit).sample(found, min(_OTHERS, len(found)))
        return [each for each in drawn if not self._is_right(each.rewrite.edits)]

    def _proposals(self, around: int) -> list[Proposal]:
        lines = self._fix.lines
        return proposals(self._code, dict.fromkeys(range(lines.start - around, lines.stop + around), 1.0))

    @property
    def size(self) -> int:
        """How many candidates are ranked."""
        return 1 + len(self._others)

    @property
    def is_reached(self) -> bool:
        """Whether one template makes the developer's change, white space aside."""
        return self._right is not None

    def rank(self, naturalness: Naturalness | None) -> float:
        """Rank (from 1) of the developer's change; among equals it stands in the middle."""
        assert self._right is not None
        own, others = self._score(self._right, naturalness), [self._score(each, naturalness) for each in self._others]
        return 1 + sum(each > own for each in others) + sum(each == own for each in others) / 2

    def _score(self, proposal: Proposal, naturalness: Naturalness | None) -> float:
        if naturalness is None:
            return proposal.score
        lines, text = changed_lines(self._fix.before, proposal.rewrite.edits)
        return proposal.score * naturalness(self._fix.path, self._fix.before, lines, text)

    def _is_right(self, edits: Sequence[tuple[Span, str]]) -> bool:
        first, last = min(span.start for span, _ in edits), max(span.end for span, _ in edits)
        if first < self._same - _NEAR or last > self._end + _NEAR:
            return False
        before, after = self._fix.before, self._fix.after
        start = before.rfind(b"\n", 0, min(first, self._same)) + 1
        end = max(last, self._end)
        made, at = b"", start
        for span, text in sorted(edits):
            made += before[at : span.start] + text.encode()
            at = span.end
        return _plain(made + before[at:end]) == _plain(after[start : len(after) - (len(before) - end)])


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes the two begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _plain(data: bytes) -> list[bytes]:
    """Lines of code with their indentation, without the other white space."""
    lines = [line.rstrip() for line in data.splitlines()]
    return [line[: len(line) - len(line.lstrip())] + line.replace(b" ", b"") for line in lines if line]


class Learner:
    """A model that knows a repository as it was at one commit after the other."""

    def __init__(self, repository: Repository) -> None:
        self._repository, self._model = repository, CodeModel()
        self._known: dict[str, str] = {}

    def at(self, commit: str) -> CodeModel:
        """Effect: reads what is different at `commit` from the commit before. The model of that tree."""
        files = {f.path: f for f in self._repository.files(commit) if f.is_regular and f.path.endswith(".py")}
        for path in self._known.keys() - files.keys():
            self._model.forget(path)
            del self._known[path]
        changed = [file for path, file in files.items() if self._known.get(path) != file.blob]
        for file, data in self._repository.contents(changed):
            self._known[file.path] = file.blob
            if len(data) <= _MODULE:
                self._model.learn(file.path, data)
        return self._model


def measure(git_dir: Path, depth: int, most: int, bar: Bar) -> list[Ranked]:
    """Effect: reads the repository. The newest fixes, `most` at most, that one template reaches."""
    source, repository = GitHistory.bare(git_dir), Repository.bare(git_dir)
    reached: list[tuple[Fix, Task]] = []
    for fix in fixes(source, depth):
        bar.step("fixes reached", len(reached), most)
        task = Task(fix)
        if task.is_reached:
            reached.append((fix, task))
        if len(reached) >= most:
            break
    learner, found = Learner(repository), []
    for done, (fix, task) in enumerate(reversed(reached)):
        bar.step("fixes ranked", done, len(reached))
        model = learner.at(repository.resolve(f"{fix.commit}^"))
        found.append(Ranked(task.rank(None), task.rank(factor(model)), task.size))
    return found


@click.command("edits", epilog="Example: fixbot bench edits ~/repositories/celery ~/repositories/mypy --depth 5000")
@click.argument("repositories", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--depth", type=click.IntRange(1), default=3000, show_default=True, help="Commits looked at, newest first."
)
@click.option("--most", type=click.IntRange(1), default=40, show_default=True, help="Fixes of each repository.")
@json_option
def command(*, repositories: tuple[Path, ...], depth: int, most: int, as_json: bool) -> int:
    """Rank of developers' own changes among candidate repairs, with the code model and without."""
    found: dict[str, list[Ranked]] = {}
    with Bar() as bar:
        for repository in repositories:
            try:
                found[str(repository)] = measure(repository, depth, most, bar)
            except GitError as error:
                raise DatasetError(f"{repository}: {error.message}", error.hint) from error
    every = [each for group in found.values() for each in group]
    if not every:
        raise DatasetError("no fix was found that one template reaches", "look deeper: --depth 10000")
    rows = {**{name: figures(group) for name, group in found.items() if group}, "all": figures(every)}
    if as_json:
        emit({"rows": cast("Json", rows)})
    else:
        click.echo(
            f"{'':<24} {'fixes':>5} {'candidates':>10} {'median rank':>18}   {'first 20':>18}   log rank gained, 95 %"
        )
        for name, row in rows.items():
            click.echo(printable(_line(name, row)))
    return ExitCode.OK


Row = Mapping[str, float | Sequence[float]]


def figures(group: Sequence[Ranked]) -> Row:
    """Median ranks and shares among the first 20 without and with the model; the mean gain in log rank, its bootstrap interval."""
    gains = [each.gain for each in group]
    return {
        "fixes": len(group),
        "candidates": median(each.of for each in group),
        "plain": median(each.plain for each in group),
        "modelled": median(each.modelled for each in group),
        "plain_first_20": round(sum(each.plain <= 20 for each in group) / len(group), 3),
        "modelled_first_20": round(sum(each.modelled <= 20 for each in group) / len(group), 3),
        "gain": round(sum(gains) / len(gains), 3),
        "interval": [round(end, 3) for end in interval(gains)],
    }


def _line(name: str, row: Row) -> str:
    low, high = cast("Sequence[float]", row["interval"])
    ranks, first = (f"{row[f'plain{of}']:g} -> {row[f'modelled{of}']:g}" for of in ("", "_first_20"))
    gained = f"{row['gain']:+.2f} ({low:+.2f} to {high:+.2f})"
    return f"{name[-24:]:<24} {row['fixes']:>5} {row['candidates']:>10g} {ranks:>18}   {first:>18}   {gained}"
