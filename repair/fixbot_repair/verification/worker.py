"""One worker: a workspace, its warm processes, and the cheapest way to an answer about one candidate at a time."""

import sys
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.checks.tests import Runner, TestRunner
from fixbot_repair.errors import SandboxError
from fixbot_repair.verification.fleeting import absent
from fixbot_repair.verification.forks import Asked, Forked, Forks, ForkServer
from fixbot_repair.verification.oracle import SLOWEST, Oracle
from fixbot_repair.verification.units import Place, Swap
from fixbot_repair.verification.verdict import Trial, Verdict
from fixbot_repair.workspace import Workspace

_MOST_IMPACTED = 300  # tests that a fork runs for one candidate; the rest runs once, at the end
_CHECKED_EVERY = 25  # trials at most between two looks at what the tests left behind, which are taken after each trial
_MOST_IN_VAIN = 12
_OUT_OF_TIME = ("timeout", "signal 26")  # the whole fork's, and SIGVTALRM's
_QUICK_LOOK = 0.005  # where a look takes no more seconds of CPU than this

Contents = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Job:
    """A candidate with all that is known of it before it is tried: files after it, places and functions that it edits.

    `patient` gives its tests more time; `again` asks even where equal code was tried.
    """

    candidate: Candidate
    contents: Contents
    places: tuple[Place, ...]
    swaps: tuple[Swap, ...]
    patient: bool = False
    again: bool = False


class Worker:
    """Tries candidates in a workspace, which is as it was after each; for one thread, but for :meth:`stop`."""

    def __init__(self, workspace: Workspace, runner: Runner, oracle: Oracle) -> None:
        self.workspace = workspace
        self.runner = runner
        self._oracle = oracle
        self._forks = Forks(workspace, runner) if isinstance(runner, TestRunner) else None
        self._unswappable: dict[tuple[str, int], None] = {}
        self._before: dict[int, Trial] = {}
        self._in_vain = 0  # regressing candidates that were so in the tests' own order too, one after the other
        self._unseen = 0  # trials since the last look
        self._look_takes = 0.0

    @property
    def notes(self) -> tuple[str, ...]:
        """How verification had to be done, where that is not the usual way."""
        return tuple(self._forks.notes) if self._forks else ("each candidate ran the project's own test command",)

    def search(self, job: Job) -> Trial:
        """Effect: try a candidate quickly, the failing tests first, then those that can see it."""
        if unheld := self._oracle.unheld(job.candidate):
            return unheld
        trial = self._once(job)
        while trial.verdict is Verdict.REGRESSING and not self._is_fit(job, trial.failed[0]):
            trial = self._once(replace(job, again=True))
        return trial

    def confirm(self, candidate: Candidate, contents: Contents, disputed: Collection[str] = ()) -> Trial:
        """Effect: the last word: a fresh process, all tests of the first run, their own order; `disputed` ones refuse nothing."""
        self.workspace.reset()
        try:
            self.workspace.write(contents)
            if unheld := self._oracle.unheld(candidate):
                return unheld
            known = self._oracle.baseline
            tests = tuple(o.test for o in known.outcomes) if known.unrun else None
            feedback = self.runner.run(tests, per_test_seconds=self._oracle.final_seconds)
            trial = self._oracle.last_word(candidate, feedback, disputed)
            if doubted := self._oracle.doubted(trial, feedback):
                self.workspace.reset()
                self._oracle.fleeting(absent(self.runner.run(doubted, per_test_seconds=self._oracle.final_seconds)))
                trial = self._oracle.last_word(candidate, feedback, disputed)
            for tests in self._in_doubt(trial):
                self._oracle.unchanged(self.runner.run(tests, per_test_seconds=self._oracle.final_seconds))
                trial = self._oracle.last_word(candidate, feedback, disputed)
            return trial
        finally:
            self.workspace.reset()

    def _in_doubt(self, trial: Trial) -> Iterator[tuple[str, ...] | None]:
        """Effect: the files are as they were. What to run on them where `trial` was refused: the tests that refused it, then, once, all."""
        if tests := self._oracle.refusing(trial):
            self.workspace.reset()
            yield tests
            if not self._oracle.is_measured and self._oracle.is_quick():
                self._oracle.is_measured = True
                self.workspace.reset()
                yield None

    def stop(self) -> None:
        """Effect: end what is running, from any thread; nothing more is begun."""
        self.workspace.over.set()
        if self._forks:
            self._forks.stop()

    def reopen(self) -> None:
        """Effect: be ready to work again after :meth:`stop`."""
        self.workspace.over.clear()
        if self._forks:
            self._forks.reopen()

    def close(self) -> None:
        """Effect: end all processes; the workspace is as it was."""
        if self._forks:
            self._forks.close()
        self.workspace.over.clear()
        self.workspace.reset()

    def _once(self, job: Job) -> Trial:
        kept = self._kept(job)  # before anything is written: it holds the files as they were
        try:
            self.workspace.write(job.contents)
            trial = (self._swapped(job, kept) if kept else None) or self._imported(job)
            doubted = trial.verdict is Verdict.REGRESSING and self._oracle.mending
            return self._in_order(job, trial, kept) if doubted else trial
        finally:
            self.workspace.restore(frozenset(job.contents))
            self._look()

    def _is_fit(self, job: Job, test: str) -> bool:
        """Effect: ask a test that refused something without any change, once; one that fails even so is left to the last word.

        Others that may come to refuse something are asked along with it: a fork takes longer than most tests.
        """
        oracle = self._oracle
        if self._forks is None or oracle.is_fit(test):
            return True
        asked, unchanged = oracle.asked(oracle.doubtful(test, self._likely(job)), patient=True), replace(job, swaps=())
        kept = self._kept(job)
        forked = self._ask(kept, unchanged, asked, first=False) if kept else self._fork(job, asked)
        if forked is not None and test in self._believed(job.candidate, forked, asked.ids, Verdict.REGRESSING).failed:
            oracle.impact.leave(test)
            self._forks.notes["a test fails in a warm process even unchanged; it was asked at the end only"] = None
            return False
        oracle.passed((test,))
        return True

    def _look(self) -> None:
        """Effect: put back what tests changed, or leave it for later where looking takes long."""
        self._unseen += 1
        if self._look_takes <= _QUICK_LOOK or self._unseen >= _CHECKED_EVERY:
            began = time.thread_time()
            self.workspace.reset()
            self._look_takes, self._unseen = time.thread_time() - began, 0

    def _kept(self, job: Job) -> ForkServer | None:
        """Effect: the server that can change functions in place, if that is of use for `job`."""
        if not job.swaps or not self._forks or any((s.path, s.line) in self._unswappable for s in job.swaps):
            return None
        return self._forks.kept(lambda: self._likely(job))

    def _imported(self, job: Job) -> Trial:
        """Effect: try it by importing what it touches, and whatever imports that, anew in each fork."""
        passed: list[str] = []
        for asked, bad in self._steps(job, loaded=False):
            trial = self._tried(job, asked, bad)
            passed += trial.passed
            if trial.verdict is not Verdict.PLAUSIBLE:
                break
        return self._told(job, replace(trial, passed=tuple(passed)))

    def _steps(self, job: Job, *, loaded: bool) -> tuple[tuple[Asked, Verdict], ...]:
        """What is asked of a candidate, one after the other, and what a failure means."""
        oracle, patient = self._oracle, job.patient
        return (
            (oracle.asked(oracle.brisk, patient=patient), Verdict.UNFIXED),
            (oracle.asked(oracle.hanging, SLOWEST), Verdict.UNFIXED),
            (oracle.asked(self._impacted(job, loaded=loaded), patient=patient), Verdict.REGRESSING),
        )

    def _in_order(self, job: Job, trial: Trial, kept: ForkServer | None) -> Trial:
        """Effect: ask once more, in the tests' own order, what mends and breaks: tests may lean on what others leave behind.

        Given up where that was in vain a few times.
        """
        if self._in_vain >= _MOST_IN_VAIN:
            return trial
        seeing = {*self._oracle.failing, *self._impacted(job, loaded=False)}
        ids = tuple(o.test for o in self._oracle.baseline.outcomes if o.test in seeing)
        asked = self._oracle.asked(ids, patient=job.patient)
        again = self._tried(job, asked, Verdict.REGRESSING, kept)
        if again.verdict is Verdict.PLAUSIBLE:
            self._in_vain = 0
            return again
        self._in_vain += 1
        return trial

    def _impacted(self, job: Job, *, loaded: bool) -> tuple[str, ...]:
        found = self._oracle.impact.tests(job.places, loaded=loaded)
        return found[:_MOST_IMPACTED] if self._oracle.mending else found

    def _told(self, job: Job, trial: Trial) -> Trial:
        if trial.verdict is Verdict.REGRESSING:
            self._oracle.impact.told(trial.failed[0], job.places)
        return trial

    def _swapped(self, job: Job, server: ForkServer) -> Trial | None:
        """Effect: try it by changing functions of what is loaded; None where that is not possible."""
        wanted = [(asked, bad) for asked, bad in self._steps(job, loaded=True) if asked.ids]
        if not all(server.ids.issuperset(asked.ids) for asked, _ in wanted):
            return None
        passed: list[str] = []
        trial, number = Trial(job.candidate, Verdict.PLAUSIBLE, why="no test runs what it changes"), 0
        is_new = not (job.patient or job.again)
        for asked, bad in wanted:
            forked = self._ask(server, job, asked, first=is_new and not number)
            if forked is None or forked.how.startswith("refused"):
                return None
            number = number or forked.number
            if forked.how.startswith("same "):
                return self._before[int(forked.how.split()[1])]
            if forked.how == "equal":
                trial = self._unchanged(job.candidate)
                break
            trial = self._believed(job.candidate, forked, asked.ids, bad)
            passed += trial.passed
            if trial.verdict is not Verdict.PLAUSIBLE:
                break
        trial = self._told(job, replace(trial, passed=tuple(passed)))
        self._before[number] = trial
        return trial

    def _unchanged(self, candidate: Candidate) -> Trial:
        """The verdict of what compiles to the code that was there."""
        failing = self._oracle.failing
        why = "it compiles to the same code as before"
        if failing:
            return Trial(candidate, Verdict.UNFIXED, failed=failing[:1], why=why)
        return Trial(candidate, Verdict.PLAUSIBLE, why=why)

    def _ask(self, server: ForkServer, job: Job, asked: Asked, *, first: bool) -> Forked | None:
        assert self._forks is not None
        try:
            forked = server.run(asked, swaps=job.swaps, first=first)
        except SandboxError as error:
            self._forks.drop(server, error.message)
            self._before.clear()
            return None
        if forked.how.startswith("refused"):
            self._unswappable.update(dict.fromkeys((s.path, s.line) for s in job.swaps if "ran" in forked.how))
        return forked

    def _tried(self, job: Job, asked: Asked, bad: Verdict, kept: ForkServer | None = None) -> Trial:
        """Run tests up to the first failure, in a fork where that is possible; `bad` is what a failure means."""
        candidate = job.candidate
        if not asked.ids:
            return Trial(candidate, Verdict.PLAUSIBLE)
        forked = None
        if kept and kept.ids.issuperset(asked.ids):
            forked = self._ask(kept, job, asked, first=False)
        if forked is None or forked.how.startswith("refused"):
            forked = self._fork(job, asked)
        if forked is not None:
            return self._believed(candidate, forked, asked.ids, bad)
        seconds = 2 * max([asked.seconds, *asked.limits.values()])
        feedback = self.runner.run(asked.ids, per_test_seconds=seconds, fail_fast=True)
        return self._oracle.judged(candidate, {o.test: o for o in feedback.outcomes}, asked.ids, bad)

    def _believed(self, candidate: Candidate, forked: Forked, ids: tuple[str, ...], bad: Verdict) -> Trial:
        if forked.how == "uncompiled":
            return Trial(candidate, Verdict.UNCOMPILED, why="a changed file does not compile")
        trial = self._oracle.judged(candidate, forked.report.outcomes, ids, bad)
        if trial.verdict is not bad and forked.report.sentinel not in ("failed", "error", "skipped", "timeout"):
            trial = self._oracle.judged(candidate, {}, ids, bad)
        self._oracle.passed(trial.passed)
        if forked.how != "ended" and trial.verdict is bad:
            late = trial.late or forked.how in _OUT_OF_TIME
            return replace(trial, why=f"{forked.report.current or trial.failed[0]}: {forked.how}", late=late)
        return trial

    def _fork(self, job: Job, asked: Asked) -> Forked | None:
        if self._forks is None:
            return None
        touched = job.candidate.patch.paths
        server = self._forks.server(touched, lambda: self._likely(job))
        if server is None:
            return None
        try:
            return server.run(asked, touched)
        except SandboxError as error:
            self._forks.drop(server, error.message)
            return None

    def _likely(self, job: Job) -> tuple[str, ...]:
        """Tests that candidates for these files will be tried on."""
        whole = [Place(path, 1, sys.maxsize) for path in job.candidate.patch.paths]
        return (*self._oracle.failing, *self._oracle.impact.tests(whole))
