"""One case: a project with failing tests, what every test did there, and where its fault is."""

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import cast

from fixbot_analysis.errors import FixbotError
from fixbot_bench.faults.grounds import opened
from fixbot_bench.runner import Result
from fixbot_repair.baseline import baseline
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.git import past
from fixbot_repair.localisation import Past, prone
from fixbot_repair.localisation.outline import Outline, of_source
from fixbot_repair.localisation.scene import Key, Scene, gather
from fixbot_repair.localisation.spectrum import Line

FEEDBACK = "feedback.json.gz"
_SECONDS = 20.0  # a test may take
_FIX = re.compile(r"-fix-([0-9a-f]{7,40})$")  # as ``fixbot bench faults`` names an undone fix
_NO_CODE = re.compile(r"\s*(#.*)?$")


@dataclass(frozen=True)
class Suspected:
    """A case as it was measured: `folder` is the broken project, `right` holds the files to fix without their fault."""

    name: str
    folder: Path
    right: Path
    feedback: Feedback
    asked: tuple[str, ...]  # tests that fail here and pass with the files of `right`
    repositories: Path | None = None  # holds the git repository of each project, by its name
    cache: Path | None = None  # where what is read of their past is kept

    @property
    def project(self) -> str:
        """What it is a case of: what stands before the first dash of its name, else the folder that it is laid out in."""
        first, dash, _ = self.name.partition("-")
        return first if dash else self.folder.parent.parent.name

    def source(self, path: str) -> bytes | None:
        """Effect: a file of the broken project."""
        place = self.folder / path
        return place.read_bytes() if place.is_file() else None

    @cached_property
    def scene(self) -> Scene:
        """Effect: reads the project. What localisation has to go by."""
        return gather(self.feedback, self.asked, lambda _: None, self.source, None, (), None, self.past)

    @property
    def past(self) -> Past | None:
        """Effect: reads the repository. The past of a fix that was undone, as it was before it; other cases have none."""
        commit = _FIX.search(self.name)
        repository = self.repositories / self.project if self.repositories else None
        if commit is None or repository is None or not repository.is_dir():
            return None
        return prone(past(repository, self.cache, f"{commit[1]}^"))

    @cached_property
    def truth(self) -> "Truth":
        """Effect: reads both versions. Where the fault is."""
        return truth(self.folder, self.right)


@dataclass(frozen=True, slots=True)
class Truth:
    """The edited definitions that exist in the broken project (functions alone, and whatever holds an edit), and edited lines.

    What a fix only adds is told by the lines on both sides of it.
    """

    functions: frozenset[Key]
    holders: frozenset[Key]
    lines: frozenset[Line]


def measure(case: Path, right: Path, out: Path) -> Result:
    """Effect: run the tests of the broken project, traced, and those that fail once more with the right files."""
    with opened(case) as (workspace, tests):
        feedback = baseline(tests)
        fixed = {p.relative_to(right).as_posix(): p.read_bytes() for p in sorted(right.rglob("*")) if p.is_file()}
        workspace.write(dict(fixed))
        after = tests.run(feedback.failing, per_test_seconds=_SECONDS)
        asked = [t for t in feedback.failing if t in set(after.passing)]
    (out / FEEDBACK).write_bytes(gzip.compress(json.dumps(_packed(feedback)).encode(), 5))
    return {"asked": asked, "tests": len(feedback.outcomes), "problems": list(feedback.problems)}


def load(
    name: str,
    folder: Path,
    right: Path,
    stored: Path,
    result: Mapping[str, object],
    repositories: Path | None = None,
) -> Suspected:
    """Effect: read back what :func:`measure` stored."""
    document = json.loads(gzip.decompress((stored / FEEDBACK).read_bytes()))
    asked = tuple(cast("Sequence[str]", result["asked"]))
    return Suspected(name, folder, right, _unpacked(document), asked, repositories, stored.parent / "past")


def _packed(feedback: Feedback) -> Mapping[str, object]:
    """The outcomes as a document; what many tests ran alike is written once."""
    runs: dict[tuple[str, tuple[int, ...]], int] = {}
    outcomes = [
        [
            o.test, o.status.value, o.message, o.detail[-6000:] if not o.ok else "", [list(f) for f in o.frames],
            [runs.setdefault(run, len(runs)) for run in o.lines], o.collected,
        ]
        for o in feedback.outcomes
    ]  # fmt: skip
    return {"outcomes": outcomes, "runs": [[path, list(lines)] for path, lines in runs]}


def _unpacked(document: Mapping[str, list[list[object]]]) -> Feedback:
    runs = [(str(path), tuple(cast("list[int]", lines))) for path, lines in document["runs"]]
    outcomes = []
    for test, status, message, detail, frames, ran, collected in document["outcomes"]:
        places = [(str(p), int(n), str(f)) for p, n, f in cast("list[tuple[str, int, str]]", frames)]
        lines = tuple(runs[n] for n in cast("list[int]", ran))
        outcomes.append(
            TestOutcome(
                str(test),
                TestStatus(str(status)),
                0.0,
                str(message),
                str(detail),
                frames=tuple(places),
                lines=lines,
                collected=bool(collected),
            )
        )
    return Feedback(outcomes=tuple(outcomes))


def truth(broken: Path, right: Path) -> Truth:
    """Effect: compare the files of `right` with those of the broken project."""
    functions, holders, lines = set[Key](), set[Key](), set[Line]()
    for file in sorted(right.rglob("*.py")):
        path = file.relative_to(right).as_posix()
        old = (broken / path).read_bytes() if (broken / path).is_file() else b""
        before, after = _outline(old), _outline(file.read_bytes())
        for first, last, new_first, new_last in _changes(before, after):
            edited = [n for n in range(first, last) if not _NO_CODE.match(before.lines[n])]
            added = [n for n in range(new_first, new_last) if not _NO_CODE.match(after.lines[n])]
            if not edited and not added:
                continue
            around = edited or _around(before, first)
            lines |= {(path, n + 1) for n in around}
            names = {_holder(before, n) for n in edited} | {_holder(after, n) for n in added}
            holders |= {(path, n) for n in names if n in before.definitions}
    functions = {(p, n) for p, n in holders if _outline((broken / p).read_bytes()).definitions[n].is_function}
    return Truth(frozenset(functions), frozenset(holders), frozenset(lines))


def _outline(data: bytes) -> Outline:
    try:
        return of_source(data)
    except FixbotError:
        return Outline({}, ())


def _changes(before: Outline, after: Outline) -> list[tuple[int, int, int, int]]:
    matcher = SequenceMatcher(None, before.lines, after.lines, autojunk=False)
    return [(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _around(before: Outline, place: int) -> list[int]:
    """The nearest lines of code on both sides of an insertion (counted from 0)."""
    code = [n for n, line in enumerate(before.lines) if not _NO_CODE.match(line)]
    above, below = [n for n in code if n < place][-1:], [n for n in code if n >= place][:1]
    return above + below


def _holder(outline: Outline, line: int) -> str:
    """Name of the innermost definition around a line (from 0)."""
    held = [d for d in outline.definitions.values() if d.line <= line + 1 <= d.end_line]
    return max(held, key=lambda d: (d.line, -d.end_line, d.name)).name if held else ""
