"""Trying candidates, the cheapest question first: applies, compiles, failing tests, tests that see the edit, all tests.

While searching, a fork of a warm process answers (:mod:`fixbot_repair.verification.forks`); the last word always has a fresh
process that runs every test in its original order, with the runner's sentinel and collection list.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.source.document import Document
from fixbot_analysis.symbols import FileFacts, SymbolKind, extract
from fixbot_repair.candidates import paths
from fixbot_repair.candidates.edit import Candidate, Patch
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tests import Runner, TestRunner
from fixbot_repair.errors import PatchError, SandboxError
from fixbot_repair.verification.forks import Forked, Forks
from fixbot_repair.verification.impact import Impact
from fixbot_repair.verification.verdict import Trial, Verdict
from fixbot_repair.workspace import Workspace

_MOST_IMPACTED = 300  # tests that a fork runs for one candidate; the rest runs once, at the end
_CHECKED_EVERY = 25  # trials between two looks at what the tests left behind
_SHORTEST = 0.25  # seconds of CPU that every test may have while searching
_SLOWEST = 8.0  # seconds of CPU that a test may have while searching
_FINAL = 60.0  # seconds that a test may have at the end, or ten times what it took before

NO_ORACLE = "no test fails that a fix could be held against"

Contents = Mapping[str, bytes | None]


class Verifier:
    """Tries candidates in one workspace, which it leaves as it was; a context manager.

    `baseline` is what all tests did before, with traces where there are any; `failing` are the tests to mend (default: all
    that failed). `notes` say how verification had to be done. Not for use by several threads.
    """

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        baseline: Feedback,
        failing: tuple[str, ...] = (),
        *,
        allow_tests: bool = False,
    ) -> None:
        self.workspace = workspace
        self.failing = failing or baseline.failing
        self.trials = 0
        self._runner = runner
        self._baseline = baseline
        self._allow_tests = allow_tests
        self._impact = Impact(baseline)
        self._forks = Forks(workspace, runner) if isinstance(runner, TestRunner) else None
        self._documents: dict[str, Document] = {}
        self._extracted: dict[str, FileFacts] = {}
        self._known: dict[int, Trial] = {}
        self._seconds = {o.test: o.seconds for o in baseline.outcomes if o.status is not TestStatus.TIMEOUT}
        # What did not end before may only be slow: it waits until the others pass, and has more time then.
        hung = {o.test for o in baseline.outcomes if o.status is TestStatus.TIMEOUT}
        self._brisk = tuple(t for t in self.failing if t not in hung) or self.failing[:1]
        self._hanging = tuple(t for t in self.failing if t not in self._brisk)
        self._xfailing = frozenset(o.test for o in baseline.outcomes if o.status is TestStatus.XFAILED)

    @property
    def notes(self) -> tuple[str, ...]:
        """How verification had to be done, where that is not the usual way."""
        return tuple(self._forks.notes) if self._forks else ("each candidate ran the project's own test command",)

    def document(self, path: str) -> Document:
        """Effect: the file `path` as it is at the start. Raises PatchError, SourceError."""
        if path not in self._documents:
            raw = self.workspace.original(path)
            if raw is None:
                raise PatchError(f"{path} does not exist", "the patch was made for another state of the files")
            self._documents[path] = decode(path, raw)
        return self._documents[path]

    def contents(self, patch: Patch) -> dict[str, bytes | None]:
        """Effect: the touched files' own bytes after `patch`, None for a deleted one.

        Raises PatchError when it does not apply, or touches what no patch may touch.
        """
        existing = self.workspace.paths if patch.created else ()
        paths.check_all(patch.paths, existing, self._allow_tests)
        try:
            documents = {p: self.document(p) for p in patch.paths if p not in patch.created}
            after = patch.apply({p: d.data for p, d in documents.items()})
            result: dict[str, bytes | None] = {
                p: documents[p].encode(d) if p in documents else d for p, d in after.items()
            }
        except (ValueError, KeyError, SourceError, UnicodeError) as error:
            raise PatchError(
                f"the patch does not apply: {error}", "it was made for another state of the files"
            ) from error
        return {**result, **dict.fromkeys(patch.deleted)}

    def search(self, candidate: Candidate) -> Trial:
        """Effect: try `candidate` quickly; a PLAUSIBLE answer is not final. Equal contents are tried once."""
        began = time.monotonic()
        try:
            contents = self.contents(candidate.patch)
        except PatchError as error:
            return Trial(candidate, Verdict.UNAPPLIED, why=error.message)
        key = hash(tuple(sorted(contents.items())))
        if key not in self._known:
            self.trials += 1
            trial = self._written(candidate, contents, final=False)
            self._known[key] = Trial(
                candidate, trial.verdict, trial.passed, trial.failed, time.monotonic() - began, trial.why
            )
        return self._known[key]

    def confirm(self, candidate: Candidate) -> Trial:
        """Effect: the last word on `candidate`: a fresh process, all tests, their own order."""
        began = time.monotonic()
        try:
            contents = self.contents(candidate.patch)
        except PatchError as error:
            return Trial(candidate, Verdict.UNAPPLIED, why=error.message, final=True)
        self.workspace.reset()
        trial = self._written(candidate, contents, final=True)
        self.workspace.reset()
        return Trial(
            candidate, trial.verdict, trial.passed, trial.failed, time.monotonic() - began, trial.why, final=True
        )

    def close(self) -> None:
        """Effect: end all processes; the workspace is as it was. Safe to call twice."""
        if self._forks:
            self._forks.close()
        self.workspace.reset()

    def __enter__(self) -> "Verifier":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _written(self, candidate: Candidate, contents: Contents, *, final: bool) -> Trial:
        try:
            self.workspace.write(contents)
            return self._all_tests(candidate) if final else self._quick(candidate)
        finally:
            self.workspace.restore(frozenset(contents))
            if not final and self.trials % _CHECKED_EVERY == 0:
                self.workspace.reset()

    def _quick(self, candidate: Candidate) -> Trial:
        if not self.failing:
            return Trial(candidate, Verdict.UNFIXED, why=NO_ORACLE)
        passed: list[str] = []
        for ids, limit in ((self._brisk, self._limit()), (self._hanging, _SLOWEST)):
            fixed = self._tried(candidate, ids, Verdict.UNFIXED, limit)
            if fixed.verdict is not Verdict.PLAUSIBLE:
                return fixed
            passed += fixed.passed
        impacted = self._impact.tests(self._units(candidate.patch))[:_MOST_IMPACTED]
        kept = self._tried(candidate, impacted, Verdict.REGRESSING, self._limit())
        return Trial(candidate, kept.verdict, (*passed, *kept.passed), kept.failed, why=kept.why)

    def _units(self, patch: Patch) -> list[tuple[str, int, int]]:
        """The functions that are edited: (path, first, last line); (path, 0, 0) for what is in none."""
        found = [(path, 0, 0) for path in (*patch.created, *patch.deleted)]
        for edit in patch.edits:
            if edit.path not in patch.created:
                line = self.document(edit.path).line_of(edit.span.start) + 1
                symbol = self._facts(edit.path).enclosing(line)
                inside = symbol is not None and symbol.kind is not SymbolKind.CLASS and line > symbol.line
                found.append((edit.path, symbol.line, symbol.end_line) if symbol and inside else (edit.path, 0, 0))
        return found

    def _facts(self, path: str) -> FileFacts:
        if path not in self._extracted:
            self._extracted[path] = extract(self.document(path).data)
        return self._extracted[path]

    def _tried(self, candidate: Candidate, ids: tuple[str, ...], bad: Verdict, limit: float) -> Trial:
        """Run the tests `ids` up to the first failure, in a fork where that is possible; `bad` is what a failure means.

        `limit` is in seconds of CPU for each test.
        """
        if not ids:
            return Trial(candidate, Verdict.PLAUSIBLE)
        forked = self._fork(candidate.patch.paths, ids, limit)
        if forked is None:
            feedback = self._runner.run(ids, per_test_seconds=2 * limit, fail_fast=True)
            return self._judged(candidate, {o.test: o for o in feedback.outcomes}, ids, bad)
        if forked.how == "uncompiled":
            return Trial(candidate, Verdict.UNCOMPILED, why="a changed file does not compile")
        believable = forked.report.sentinel in ("failed", "error", "skipped", "timeout")
        trial = self._judged(candidate, forked.report.outcomes if believable else {}, ids, bad)
        if forked.how != "ended" and trial.verdict is bad:
            return replace(trial, why=f"{forked.report.current or trial.failed[0]}: {forked.how}")
        return trial

    def _judged(
        self, candidate: Candidate, outcomes: Mapping[str, TestOutcome], ids: tuple[str, ...], bad: Verdict
    ) -> Trial:
        """The verdict when the tests `ids` should all pass and these are the outcomes there are, in running order."""
        passed = tuple(t for t, o in outcomes.items() if self._holds(o))
        wrong = [t for t in ids if t not in outcomes or not self._holds(outcomes[t])]
        if not wrong:
            return Trial(candidate, Verdict.PLAUSIBLE, passed)
        first = next((t for t in outcomes if t in wrong), wrong[0])
        return Trial(candidate, bad, passed, (first,), why=_reason(outcomes, first))

    def _holds(self, outcome: TestOutcome) -> bool:
        """Whether this is a pass; an expected failure is one only where the test was expected to fail before."""
        expected = (TestStatus.XFAILED, TestStatus.XPASSED) if outcome.test in self._xfailing else ()
        return outcome.status in (TestStatus.PASSED, *expected)

    def _fork(self, touched: tuple[str, ...], ids: tuple[str, ...], limit: float) -> Forked | None:
        server = self._forks.server(touched, lambda: self._likely(touched)) if self._forks else None
        if server is None or self._forks is None:
            return None
        wall = 10.0 * limit + 2.0 * sum(self._seconds.get(t, limit) for t in ids) + 10.0
        try:
            return server.run(ids, touched, limit, min(wall, 600.0))
        except SandboxError as error:
            self._forks.notes[f"a warm process broke ({error.message}); fresh ones took its place"] = None
            self._forks.drop(server)
            return None

    def _likely(self, touched: tuple[str, ...]) -> tuple[str, ...]:
        """Tests that candidates for these files will be tried on."""
        return (*self.failing, *self._impact.tests((path, 1, sys.maxsize) for path in touched))

    def _limit(self) -> float:
        """Seconds of CPU for one test: learned from how long the slowest that came to an end took before."""
        return min(max(_SHORTEST, 5.0 * max(self._seconds.values(), default=0.05)), _SLOWEST)

    def _all_tests(self, candidate: Candidate) -> Trial:
        if not self.failing:
            return Trial(candidate, Verdict.UNFIXED, why=NO_ORACLE)
        seconds = max(_FINAL, 10.0 * max(self._seconds.values(), default=1.0))
        feedback = self._runner.run(None, per_test_seconds=min(seconds, 600.0))
        outcomes = {o.test: o for o in feedback.outcomes}
        passed = tuple(t for t, o in outcomes.items() if self._holds(o))
        for ids, bad in ((self.failing, Verdict.UNFIXED), (self._baseline.passing, Verdict.REGRESSING)):
            if broken := tuple(t for t in ids if t not in passed):
                said = "; ".join([_reason(outcomes, broken[0]), *feedback.problems[:1]])
                return Trial(candidate, bad, passed, broken, why=said)
        return Trial(candidate, Verdict.PLAUSIBLE, passed)


def _reason(outcomes: Mapping[str, TestOutcome], test: str) -> str:
    found = outcomes.get(test)
    return f"{test}: {found.status} {found.message}".strip() if found else f"{test} did not run"
