"""Solving, told in the order in which it happens: open the ground, prove the case, try, verify, report."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.models import built_in
from fixbot_agent.solving import evidence, overlay, resuming
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.alarm import alarm, interrupts
from fixbot_agent.solving.applying import Change
from fixbot_agent.solving.attempt import Attempting
from fixbot_agent.solving.briefing import Assignment
from fixbot_agent.solving.case import Case, Reproducing, clues, examine, lines, proneness
from fixbot_agent.solving.concluding import NO_PATCH, OK, Conclusion, Tried, conclude
from fixbot_agent.solving.ground import Ground, opened
from fixbot_agent.solving.job import Job
from fixbot_agent.solving.naturalness import naturalness
from fixbot_agent.solving.placing import Solved
from fixbot_agent.solving.report import Report, Status, Verification
from fixbot_agent.solving.reproduction import Reproduction
from fixbot_agent.solving.resuming import Stood
from fixbot_agent.solving.taking_back import suspected, taken_back
from fixbot_agent.solving.waiting import waiting
from fixbot_repair.candidates import Candidate
from fixbot_repair.issue import Issue, Oracle, Task
from fixbot_repair.issue_reader import read
from fixbot_repair.localisation import Localisation
from fixbot_repair.search import Hints, Repair, repair
from fixbot_repair.verification import Record, Trial, Verdict, Verifier

__all__ = ["Job", "solve"]

_FIRST_SHARE = 0.5  # of the time that is left, for the first of two strategies
_MOST_SUSPECTS = 20
_MOST_WARNINGS = 20
_LONGEST_WARNING = 500


def solve(job: Job) -> Solved:
    """Effect: solve `job` and report; nothing outside the private copy and the run's folder is written.

    Raises FixbotError where nothing could be tried: bad arguments, no repository, no sandbox, tests that cannot run.
    """
    return _Solver(job).solve()


class _Solver:
    """One solve."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.settings = job.settings
        self.warnings = list(job.warnings)
        self.account = Account(self.settings, job.run, self.warnings.append)
        self.budget = self.account.budget
        self.models = job.models(self.account)
        self.tried = Tried(Localisation())
        self.noted = 0
        self.record: Record | None = None
        # what a hard end would cut short
        self.took: Callable[[], str] = partial(str, ": copying and indexing the project took all of it")
        self.so_far = Report(Status.NONE, 1, run=job.run.id)

    def solve(self) -> Solved:
        """Effect: the whole walk."""
        issue = read(self.job.text) if self.job.text is not None else None
        self.warnings += issue.notes if issue else ()
        reproduction = Reproducing(issue, self.job.root)
        try:
            with (
                interrupts(self.job.at_once),
                alarm(self.settings.timeout, self._overrun),
                opened(self.job.plot, reproduction.files, self.job.progress) as ground,
            ):
                return self._on(ground, issue, reproduction.written)
        except KeyboardInterrupt:
            self.tried.interrupted = True
        except BudgetSpent as error:
            self.tried.stopped = BudgetSpent(f"{error.message}{self.took()}", error.hint)
        finally:
            if self.record is not None:
                self.record.close()
        return self._cut_short()

    def _cut_short(self) -> Solved:
        return self._ended(conclude(self.tried, self.so_far.verification.oracle, self.job.go_on))

    def _overrun(self) -> None:
        """Effect: in another thread, end it all with the report as it stands."""
        said = BudgetSpent(
            f"{self.settings.timeout:g} seconds are over, and something that hung could not be ended", "see the run"
        )
        self.tried.stopped = self.tried.stopped or said
        if self.job.overrun is not None:
            self.job.overrun(self._cut_short().report)

    def _on(self, ground: Ground, issue: Issue | None, reproduction: Reproduction | None) -> Solved:
        self._say(ground)
        self._stand(ground)
        found = clues(ground, issue)
        self.tried.localisation = found.suspects
        python = f"{ground.environment.python}, {ground.environment.source}"
        self.took = partial(waiting, python, ground.root, ground.workspace.paths)
        case = examine(ground, issue, reproduction, found, self.budget.remaining, self.job.only)
        self.took = str
        self.warnings += [*case.warnings, *case.feedback.problems, *ground.workspace.notes]
        if reproduction:
            self.job.run.keep("reproduction.py", reproduction.text)
        self.so_far = replace(self.so_far, verification=Verification(case.oracle, case.named(case.failing)))
        tests = len(case.feedback.outcomes)
        self.job.run.event("case", oracle=str(case.oracle), failing=list(case.failing), tests=tests)
        if issue is None and not case.failing:
            self.so_far = replace(
                self.so_far, note=f"{len(case.feedback.passing)} tests pass, and none fails that a patch could mend"
            )
            self.so_far = replace(self.so_far, question=case.asked)
            return self._ended(Conclusion(Status.NEEDS_INFO, NO_PATCH) if case.asked else Conclusion(Status.NONE, OK))
        may, feedback, record = self.settings.allow_test_edits, case.feedback, self.record
        with Verifier(ground.workspace, ground.tests, feedback, case.held, allow_tests=may, record=record) as verifier:
            self._try(ground, case, verifier)
            return self._concluded(ground, case, verifier)

    def _stand(self, ground: Ground) -> None:
        """Effect: keep what the run stands on, and read back what was tried on it. Raises UsageFailure where it is another."""
        stood = Stood.on(ground)
        resuming.begin(self.job.run, stood, self.job.stood)
        if not self.job.replays:
            overlay.keep(self.job.run, ground, self.job.kept)
        self.record = resuming.record(self.job.run, ground, stood, self.settings)
        if self.record is not None and self.job.stood is not None:
            self.warnings.append(
                f"the run goes on: what was tried before ({self.record.kept} trials) is not tried again"
            )

    def _try(self, ground: Ground, case: Case, verifier: Verifier) -> None:
        """Effect: one strategy after the other until a patch is verified."""
        strategies = self._strategies(case)
        try:
            for number, strategy in enumerate(strategies):
                share = _FIRST_SHARE if number < len(strategies) - 1 else 1.0
                strategy(ground, case, verifier, self.budget.remaining * share)
                if self.tried.best is not None or self.tried.interrupted:
                    return
        except KeyboardInterrupt:
            self.tried.interrupted = True

    def _strategies(self, case: Case) -> list[Callable[[Ground, Case, Verifier, float], None]]:
        search = [self._search] if case.failing else []
        asking = [self._ask] if self.models else []
        first = [self._take_back] if case.failing and self.job.since else []
        return [*first, *asking, *search] if self.job.model else [*first, *search, *asking]

    def _take_back(self, ground: Ground, case: Case, _: Verifier, seconds: float) -> None:
        self.tried.best, trials = taken_back(ground, case, self.job.since, seconds, self._note_trial)
        self.tried.trials += trials

    def _search(self, ground: Ground, case: Case, verifier: Verifier, seconds: float) -> None:
        """Effect: repair by search, for at most `seconds`."""
        task = Task(ground.root, case.issue, self.job.base, case.failing, self.settings.test_cmd)
        marked = {**case.mentioned, **suspected(verifier, self.job.since)}
        found = repair(
            task,
            ground.workspace,
            ground.tests,
            feedback=case.feedback,
            hints=Hints(marked, naturalness(ground), self.record, proneness(ground)),
            deadline=time.monotonic() + seconds,
            on_event=self._note_trial,
            allow_tests=self.settings.allow_test_edits,
        )
        self._take(found)

    def _take(self, found: Repair) -> None:
        tried = self.tried
        tried.localisation = found.localisation
        tried.candidates += found.candidates
        tried.trials += found.trials
        tried.interrupted = found.stopped_by == "interrupted"
        if found.plausible:
            tried.best, tried.choices, tried.confidence = found.plausible[0], found.choices, found.confidence
        elif found.unconfirmed:
            tried.unverified = found.unconfirmed[0].candidate
        if found.stopped_by == "deadline" and tried.stopped is None:
            tried.stopped = BudgetSpent("the time for the search is over", "give more with --timeout")
        self.warnings += found.notes

    def _ask(self, ground: Ground, case: Case, verifier: Verifier, seconds: float) -> None:
        """Effect: let the models attempt it, for at most `seconds`."""
        assert self.models is not None
        whole, self.budget.seconds = self.budget.seconds, self.budget.elapsed + seconds
        places = lines(ground, case)
        if case.failing:
            self.tried.localisation = places
        assignment = Assignment(
            case.issue, case.outcomes, places, case.feedback.failing, self.settings.allow_test_edits,
            case.feedback.outcomes,
        )  # fmt: skip
        attempting = Attempting(ground, assignment, self.models, self.budget, self.job.run)
        attempt = attempting.run(lambda candidate: self._judged(case, verifier, candidate))
        self.budget.seconds = whole
        self.warnings += self.models.notes
        self.tried.stopped = attempt.stopped
        if attempt.stopped is not None and case.failing and self.job.model:
            self.account.told(built_in(attempt.stopped.message))
        self.tried.unverified = attempt.unfinished or self.tried.unverified
        self.tried.candidates += bool(attempt.trial or attempt.unfinished)
        if attempt.gave_up:
            self.warnings.append(f"the model gave up: {attempt.said}")
        if attempt.trial is not None:
            self._heed(attempt.trial, case)

    def _heed(self, trial: Trial, case: Case) -> None:
        """Keep what a model left: as the best, or, where nothing could have proven it, as a suggestion with its faults named."""
        if trial.verdict is Verdict.PLAUSIBLE:
            self.tried.best = trial
        elif case.oracle is Oracle.NONE and trial.verdict is Verdict.REGRESSING:
            self.tried.unverified = trial.candidate
            self.warnings.append(f"the patch makes tests fail that passed before: {', '.join(trial.failed[:5])}")
        else:
            self.warnings.append(f"the patch of {trial.candidate.source} was refused: {trial.verdict}: {trial.why}")

    def _concluded(self, ground: Ground, case: Case, verifier: Verifier) -> Solved:
        """Effect: the report on what was tried, with the diff and the evidence for it."""
        self.warnings += verifier.notes
        conclusion = conclude(self.tried, case.oracle, self.job.go_on)
        candidate = self.tried.candidate
        if candidate is None:
            asks = case.question if conclusion.status is Status.NEEDS_INFO else ""
            self.so_far = replace(self.so_far, question=asks)
            return self._ended(conclusion)
        shown = evidence.shown(ground, verifier, candidate)
        if evidence.hides(shown.patch):
            self.warnings.append("the patch adds characters that nobody sees: look at it in an editor that shows them")
        if self.tried.best is not None:
            made, problems = evidence.verification(ground, case, self.tried.best, shown.changes)
            self.warnings += problems
            self.so_far = replace(self.so_far, verification=made)
        self.so_far = replace(
            self.so_far,
            patch=shown.patch,
            files=tuple(c.path for c in shown.changes),
            source=candidate.source,
            note=evidence.note(candidate, shown.patch),
            why=self.tried.choices[0].why if self.tried.choices else (),
            confidence=self.tried.confidence,
            alternatives=tuple(evidence.alternative(ground, verifier, c) for c in self.tried.choices[1:]),
        )
        return self._ended(conclusion, shown.changes)

    def _ended(self, conclusion: Conclusion, changes: tuple[Change, ...] = ()) -> Solved:
        """The report as it stands, with what it all cost."""
        report = replace(
            self.so_far,
            status=conclusion.status,
            exit_code=conclusion.exit_code,
            error=conclusion.failure,
            localisation=self.tried.localisation.suspects[:_MOST_SUSPECTS],
            candidates=self.tried.candidates,
            trials=self.tried.trials,
            models=self.account.tally.spent,
            seconds=self.budget.elapsed,
            found=self.tried.found,
            warnings=tuple(dict.fromkeys(w[:_LONGEST_WARNING] for w in self.warnings if w))[:_MOST_WARNINGS],
        )
        return Solved(report, changes)

    def _say(self, ground: Ground) -> None:
        """Keep what the ground is; a sandbox that is none is said aloud."""
        self.so_far = replace(self.so_far, base=ground.base, sandbox=ground.sandbox.name)
        python = f"{ground.environment.python} ({ground.environment.source})"
        self.job.run.event("ground", base=ground.base, sandbox=ground.sandbox.name, python=python)
        if ground.sandbox.name == "none":
            self.warnings.append(
                "no sandbox: the project's code runs under resource limits only, because it is trusted"
            )

    def _judged(self, case: Case, verifier: Verifier, candidate: Candidate) -> Trial:
        """Effect: the last word on a model's candidate. Without anything to mend it is about what passed before."""
        trial = verifier.confirm(candidate)
        if not case.held and trial.verdict is Verdict.UNFIXED:
            trial = replace(trial, verdict=Verdict.PLAUSIBLE)  # no test at all: it applies, and no more is said of it
        elif not case.failing and trial.verdict is Verdict.UNFIXED:
            trial = replace(trial, verdict=Verdict.REGRESSING)
        self.tried.trials += 1
        self._note_trial(trial)
        return trial

    def _note_trial(self, trial: Trial) -> None:
        candidate = trial.candidate
        self.noted += 1
        self.job.progress.step("trying candidates", self.noted, 0)
        if trial.verdict is Verdict.PLAUSIBLE and (not trial.final or candidate.source.startswith("model:")):
            self.tried.found += (self.budget.elapsed,)
        if trial.remembered:
            return
        said = {"verdict": str(trial.verdict), "why": trial.why[:500], "note": candidate.note}
        self.job.run.event("trial", source=candidate.source, **said)
