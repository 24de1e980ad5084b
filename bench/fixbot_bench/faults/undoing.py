"""Undone fixes of a project's past, laid out as cases whose tests were seen to fail and to pass twice."""

import ast
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from random import Random

from fixbot_analysis.errors import FixbotError
from fixbot_bench.faults.grounds import importable, is_source, leave_out, opened
from fixbot_bench.faults.layer import Files, Layer
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import Runner
from fixbot_repair.git import GitHistory, Repository
from fixbot_repair.git.snapshot import export

_FIX = re.compile(
    r"\b(fix(es|ed)?|bug|crash\w*|wrong\w*|incorrect\w*|regression|broken?|fail(s|ed|ure)?)\b", re.IGNORECASE
)
MOST_FILES = 3  # sources that a fix may touch; there is no limit on lines
_TRIED = 12  # as many draws for each case that is wanted, at most
_TEST_SECONDS = 20.0  # a test may take
SUITE_SECONDS = (
    600.0  # all tests of the project together may take; generous, for a busy machine must not draw otherwise
)


@dataclass(frozen=True, slots=True)
class Undone:
    """One case: the commit whose fix it lacks, how many lines of sources that fix touches, and its tests.

    `left_out` are tests that fail with the fix too (no network, a package that is missing), taken out of the case.
    """

    name: str
    commit: str
    lines: int
    failing: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(slots=True)
class Drawn:
    """What came of drawing from one history. `refused` counts the commits that were tried in vain, by reason."""

    commits: int = 0
    fixes: int = 0  # whose message says so
    eligible: int = 0  # of these, that touch tests and one to three sources
    tried: int = 0
    cases: list[Undone] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def said(self) -> str:
        """The figures in a sentence."""
        why = "; ".join(f"{count} {reason}" for reason, count in self.refused.most_common())
        return (
            f"{len(self.cases)} fixes undone: of {self.commits} commits {self.fixes} speak of a fix, {self.eligible}"
            f" touch tests and 1 to {MOST_FILES} sources, {self.tried} were tried{f' ({why})' if why else ''}"
        )


class _RefusedError(Exception):
    """A commit makes no case; the text is the reason, as a clause with commits for its subject."""


def undone(git_dir: Path, wanted: int, chance: Random, layer: Layer) -> Drawn:
    """Effect: bring back faults that commits of the whole history mended, drawn by `chance` alone, one at a time."""
    history = GitHistory.bare(git_dir)
    ids = history.ids()
    fixes = [c for c in history.changes(ids) if _FIX.search(c.message.partition("\n")[0])]
    eligible = [c.commit for c in fixes if _is_small(c.paths)]
    drawn = Drawn(len(ids), len(fixes), len(eligible))
    chance.shuffle(eligible)
    for commit in eligible[: _TRIED * wanted]:
        if len(drawn.cases) >= wanted:
            break
        drawn.tried += 1
        try:
            drawn.cases.append(_undo(git_dir, commit, layer))
        except _RefusedError as refused:
            drawn.refused[str(refused)] += 1
        except (FixbotError, OSError, SyntaxError, ValueError):  # a conftest of Python 2, names that are no UTF-8
            drawn.refused["have tests that do not run here, or add or remove a source"] += 1
    return drawn


def _is_small(paths: tuple[str, ...]) -> bool:
    return 0 < sum(map(is_source, paths)) <= MOST_FILES and any(map(_is_of_tests, paths))


def _is_of_tests(path: str) -> bool:
    return path.endswith(".py") and (is_test(path) or "/test" in path)


def _undo(git_dir: Path, commit: str, layer: Layer) -> Undone:
    """Effect: lay out `commit` without its fix. Raises _RefusedError, or FixbotError where its tests cannot run at all."""
    repository = Repository.bare(git_dir)
    touched = repository.diff_names(f"{commit}^", commit)
    sources = [p for p in touched if is_source(p)]
    right = {p: repository.show(commit, p) for p in sources}
    broken = {p: repository.show(f"{commit}^", p) for p in sources}  # raises where the commit made a file
    if all(_meaning(right[p]) == _meaning(broken[p]) for p in sources):
        raise _RefusedError("change no code")
    with tempfile.TemporaryDirectory(prefix="fixbot-fixes-") as scratch:
        tree = Path(scratch) / "tree"
        export(git_dir, commit, tree)
        importable(tree)
        left_out = _prepared(tree, broken, [p for p in touched if _is_of_tests(p) and (tree / p).is_file()])
        failing = _shown(tree, broken)
        name = layer.lay(f"fix-{commit[:10]}", tree, broken, right)
    return Undone(name, commit, sum(_lines(broken[p], right[p]) for p in sources), failing, left_out)


def _prepared(tree: Path, broken: Files, tests_of_it: Sequence[str]) -> tuple[str, ...]:
    """Effect: take out of `tree` the tests that fail with the fix too; returns them."""
    with opened(tree) as (workspace, tests):
        workspace.write(dict(broken))
        before = tests.run(tests_of_it, per_test_seconds=_TEST_SECONDS)
        workspace.reset()
        if not before.failing:
            raise _RefusedError("are noticed by none of the tests that they touch")
        after = _whole(tests)
    if not set(after.passing) & set(before.failing):
        raise _RefusedError("have tests that do not load without them, or fail with them")
    try:
        return leave_out(tree, after)
    except ValueError as error:
        raise _RefusedError("have failing tests that cannot be taken out") from error


def _shown(tree: Path, broken: Files) -> tuple[str, ...]:
    """Effect: run all tests of the case without its fix, and twice more what fails so; the ids of those that it mends.

    What passes has then passed twice: here, and before the case was made.
    """
    with opened(tree) as (workspace, tests):
        workspace.write(dict(broken))
        one = _whole(tests)
        again = tests.run(one.failing, per_test_seconds=_TEST_SECONDS)
        workspace.reset()
        right = tests.run(one.failing, per_test_seconds=_TEST_SECONDS)
    if one.uncollected:
        raise _RefusedError("have tests that do not load without them")
    if right.failing or set(one.failing) != set(again.failing):
        raise _RefusedError("have tests that do not end alike twice")
    if not one.failing or not one.passing:
        raise _RefusedError("leave no test that fails, or none that passes")
    return one.failing


def _whole(tests: Runner) -> Feedback:
    feedback = tests.run(per_test_seconds=_TEST_SECONDS)
    if sum(o.seconds for o in feedback.outcomes) > SUITE_SECONDS:
        raise _RefusedError(f"have tests that take more than {SUITE_SECONDS:g} s")
    return feedback


def _meaning(data: bytes) -> str:
    try:
        return ast.dump(ast.parse(data))
    except (SyntaxError, ValueError):
        return data.hex()


def _lines(broken: bytes, right: bytes) -> int:
    """Lines that a fix touches: of each changed stretch the longer side."""
    old, new = broken.splitlines(), right.splitlines()
    stretches = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in stretches if tag != "equal")


def document(drawn: Drawn) -> Mapping[str, object]:
    """What is said of a draw in JSON."""
    return {
        "commits": drawn.commits,
        "fixes": drawn.fixes,
        "eligible": drawn.eligible,
        "tried": drawn.tried,
        "refused": dict(drawn.refused.most_common()),
        "cases": [
            {"name": c.name, "commit": c.commit, "lines": c.lines, "failing": c.failing, "left_out": c.left_out}
            for c in drawn.cases
        ],
    }
