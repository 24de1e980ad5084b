"""Small fixes of a repository's past: one or two places of one module, as the file was before and as each place became.

What changes nothing that runs is no fix here: comments, layout, docstrings, annotations, and texts alone (messages, versions). Places that
only import go with the other one.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath

from fixbot_analysis.history import is_fix
from fixbot_analysis.ports import Change, FilePatch, Hunk
from fixbot_analysis.source import Span
from fixbot_bench.reach.sameness import normal
from fixbot_repair.candidates.edit import line_edits
from fixbot_repair.git import GitHistory

_BATCH = 200  # commits whose changes are read at once
_MOST_LINES = 4  # of a place, before or after
_MOST_PLACES = 2
_LARGEST = 200_000  # bytes of a file
_BESIDE = frozenset(
    ("conftest.py", "setup.py", "conf.py", "docs", "doc", "examples", "scripts", "tools", "benchmarks", "asv_bench")
)


@dataclass(frozen=True, slots=True)
class Place:
    """Whole lines of the file before a fix, and what became of them."""

    span: Span
    text: bytes


@dataclass(frozen=True)
class Fix:
    """One fix of one file; `before` is the file as it was, `message` what the commit says of it."""

    commit: str
    message: str
    path: str
    before: bytes
    places: tuple[Place, ...]

    def after(self, places: Sequence[Place]) -> bytes:
        """The file with some of the places mended."""
        parts, at = [], 0
        for place in places:
            parts += [self.before[at : place.span.start], place.text]
            at = place.span.end
        return b"".join([*parts, self.before[at:]])

    @cached_property
    def changes_code(self) -> bool:
        """Whether each place changes what the file does: comments, layout and docstrings do not."""
        was = normal(self.before, texts=False)
        return was is not None and all(normal(self.after([p]), texts=False) not in (None, was) for p in self.places)


def fixes(source: GitHistory, depth: int, most: int, seed: int) -> Iterator[Fix]:
    """Effect: reads the newest `depth` commits. Fixes that change one or two places, `most` of them, drawn by `seed`."""
    told = [c for c in source.changes(source.ids()[:depth]) if _is_small(c)]
    random.Random(seed).shuffle(told)
    messages = {change.commit: change.message for change in told}
    ids = iter(messages)
    found = 0
    while batch := list(islice(ids, _BATCH)):
        for commit, patches in source.patches(batch, is_module):
            fix = _fix(commit, messages[commit], patches[0]) if len(patches) == 1 else None
            if fix and fix.changes_code:
                yield fix
                found += 1
            if found >= most:
                return


def _is_small(change: Change) -> bool:
    return is_fix(change.message) and sum(map(is_module, change.paths)) == 1


def is_module(path: str) -> bool:
    """Whether `path` is Python of the program itself: no test, no build, no documentation."""
    parts = PurePosixPath(path).parts
    return path.endswith(".py") and _BESIDE.isdisjoint(parts) and not any(part.startswith("test") for part in parts)


def _fix(commit: str, message: str, patch: FilePatch) -> Fix | None:
    """The fix, where it is one or two small hunks; hunks are undone from the last to the first."""
    sizes = [max(h.before.count("\n"), h.after.count("\n")) for h in patch.hunks]
    if not 0 < len(sizes) <= _MOST_PLACES or max(sizes) > _MOST_LINES or not 0 < len(patch.content) <= _LARGEST:
        return None
    lines = patch.content.splitlines(keepends=True)
    parts: list[bytes] = []
    places: list[Place] = []
    at, size = 0, 0
    for hunk in patch.hunks:
        first = _first(hunk)
        kept = b"".join(lines[at:first])
        old, new = hunk.before.encode(), hunk.after.encode()
        at = first + new.count(b"\n")
        if b"".join(lines[first:at]) != new:
            return None  # another encoding, or no line end at the end
        places.append(Place(Span(size + len(kept), size + len(kept) + len(old)), new))
        parts += [kept, old]
        size += len(kept) + len(old)
    own = [p for p in places if not _only_imports(p)] or places
    return Fix(commit, message, patch.path, b"".join([*parts, *lines[at:]]), tuple(own))


def _only_imports(place: Place) -> bool:
    lines = [line.split() for line in place.text.splitlines() if line.strip()]
    return all(words[0] in (b"import", b"from") for words in lines)


def _first(hunk: Hunk) -> int:
    """Index of the first line of the new file that the hunk is about; where it puts nothing in, git names the line before."""
    return hunk.line - bool(hunk.after)


def of_cases(folder: Path) -> Iterator[Fix]:
    """Effect: reads ``folder/cases/NAME`` and what became of each file in ``folder/fixed/NAME``, laid out as for `fixbot bench repair`."""
    for case in sorted(path for path in (folder / "cases").iterdir() if path.is_dir()):
        yield from of_case(case, folder / "fixed" / case.name)


def of_case(case: Path, right: Path) -> Iterator[Fix]:
    """Effect: reads the files of `right` and what they were in `case`. A fix for each file whose code is another."""
    for mended in sorted(right.rglob("*.py")):
        path = mended.relative_to(right)
        before = (case / path).read_bytes() if (case / path).is_file() else b""
        places = [Place(edit.span, edit.text.encode()) for edit in line_edits("", before, mended.read_bytes())]
        own = tuple(p for p in places if not _only_imports(p))
        if before and own:
            yield Fix(case.name, "", path.as_posix(), before, own)
