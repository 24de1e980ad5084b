"""Solving, told in the order in which it happens: open the ground, prove the case, try, verify, report."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.prompts import using
from fixbot_agent.solving import evidence, overlay, resuming
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.alarm import alarm, interrupts
from fixbot_agent.solving.conversing.narrating import told
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.delivering.placing import Solved
from fixbot_agent.solving.evidence import Shown
from fixbot_agent.solving.ground import Ground, opened
from fixbot_agent.solving.job import Job
from fixbot_agent.solving.proving.case import Case, Reproducing, examine
from fixbot_agent.solving.proving.pointing import clues
from fixbot_agent.solving.proving.waiting import waiting
from fixbot_agent.solving.remembering import Remembering, believed
from fixbot_agent.solving.reporting.concluding import NO_PATCH, OK, Conclusion, Tried, conclude
from fixbot_agent.solving.reporting.report import Report, Status, Verification
from fixbot_agent.solving.reproducing.reproduction import Reproduction
from fixbot_agent.solving.resuming import Stood
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.order import pursue
from fixbot_agent.solving.team import Team
from fixbot_agent.solving.wording import own_prompts
from fixbot_repair.candidates import Candidate
from fixbot_repair.issue import Issue
from fixbot_repair.issue_reader import read
from fixbot_repair.localisation import Localisation
from fixbot_repair.verification import Record, Verifier

__all__ = ["Job", "solve"]

_MOST_SUSPECTS = 20
_MOST_WARNINGS = 20
_LONGEST_WARNING = 500


def solve(job: Job) -> Solved:
    """Effect: solve `job` and report; nothing outside the private copy and the run's folder is written.

    Raises FixbotError where nothing could be tried: bad arguments, no repository, no sandbox, tests that cannot run.
    """
    own = own_prompts(job)
    with using(own):
        return _Solver(job, tuple(one.version for one in own)).solve()


class _Solver:
    """One solve."""

    def __init__(self, job: Job, prompts: tuple[str, ...]) -> None:
        self.job = job
        self.settings = job.settings
        self.warnings = list(job.warnings)
        self.account = Account(self.settings, job.run, self.warnings.append, live=self._tell)
        self.budget = self.account.budget
        self.team = Team(job, self.account)
        self.before = (
            job.kept.worked() if job.kept and not job.replays else 0.0
        )  # seconds of a run that is gone on with
        self.tried = Tried(Localisation())
        self.record: Record | None = None
        # what a hard end would cut short
        self.took: Callable[[], str] = partial(str, ": copying and indexing the project took all of it")
        self.so_far = Report(Status.NONE, 1, run=job.run.id, prompts=prompts)

    def solve(self) -> Solved:
        """Effect: the whole walk."""
        issue = read(self.job.text) if self.job.text is not None else None
        self.warnings += issue.notes if issue else ()
        reproduction = Reproducing(issue, self.job.root)
        self._tell(f"copying and indexing {self.job.root.resolve().name}")
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
        found = clues(ground, issue, self.team.orders(ground.index))
        self._tell(f"running its tests first, with {ground.environment.python}")
        self.tried.localisation = found.suspects
        python = f"{ground.environment.python}, {ground.environment.source}"
        self.took = partial(waiting, python, ground.root, ground.workspace.paths)
        case = examine(ground, issue, reproduction, found, self.budget.remaining, self.job.only)
        self.took = str
        self.warnings += [*case.warnings, *case.feedback.problems, *ground.workspace.notes]
        if reproduction:
            self.job.run.keep("reproduction.py", reproduction.text)
        self.so_far = replace(
            self.so_far, verification=Verification(case.oracle, case.named(case.failing), goal=case.goal)
        )
        tests = len(case.feedback.outcomes)
        for line in told(case):
            self._tell(line)
        self.job.run.event("case", oracle=str(case.oracle), failing=list(case.failing), tests=tests)
        if issue is None and not case.failing:
            self.so_far = replace(
                self.so_far, note=f"{len(case.feedback.passing)} tests pass, and none fails that a patch could mend"
            )
            self.so_far = replace(self.so_far, question=case.asked)
            return self._ended(Conclusion(Status.NEEDS_INFO, NO_PATCH) if case.asked else Conclusion(Status.NONE, OK))
        may, feedback, record = self.settings.allow_test_edits, case.feedback, self.record
        with Verifier(ground.workspace, ground.tests, feedback, case.held, allow_tests=may, record=record) as verifier:
            pursue(Scene(self.job, ground, case, verifier, self.tried, self.account, self.team, self.warnings, record))
            return self._concluded(ground, case, verifier)

    def _tell(self, line: str) -> None:
        """Effect: tell people, without keys, what is done now."""
        self.job.say(self.job.run.redact(line))

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

    def _concluded(self, ground: Ground, case: Case, verifier: Verifier) -> Solved:
        """Effect: the report on what was tried, with the diff and the evidence for it."""
        self.warnings += verifier.notes
        conclusion = conclude(self.tried, case.oracle, self.job.go_on)
        candidate = self.tried.candidate
        self.so_far = replace(
            self.so_far,
            said=self.job.run.redact(self.tried.said),
            assumptions=tuple(map(self.job.run.redact, self.tried.assumed)) if candidate is not None else (),
            disputed=self.tried.disputes,
            refused=evidence.refused(ground, verifier, self.tried.refused if candidate is None else None),
        )
        if candidate is None:
            asks = case.question if conclusion.status is Status.NEEDS_INFO else ""
            self.so_far = replace(self.so_far, question=asks)
            return self._ended(conclusion)
        shown = evidence.shown(ground, verifier, candidate)
        if evidence.hides(shown.patch):
            self.warnings.append("the patch adds characters that nobody sees: look at it in an editor that shows them")
        if (trial := self.tried.best or self.tried.disputed or self.tried.faulty) is not None:
            made, problems = evidence.verification(ground, case, trial, shown.changes)
            made = replace(made, own_tests=self.tried.own_tests, acceptance=self.tried.accepted)
            if conclusion.status is Status.PLAUSIBLE and believed(self.tried.confidence):
                self._remember(ground, trial.candidate, shown, made)
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

    def _remember(self, ground: Ground, candidate: Candidate, shown: Shown, made: Verification) -> None:
        """Effect: remember a fix that holds, and what was learnt on the way."""
        named = replace(candidate, note=evidence.note(candidate, shown.patch))
        after = {c.path: c.after for c in shown.changes}
        for entry in Remembering(self.job, ground).keep(named, after, made.passed_after, self.tried.learned):
            self.job.run.event("remembered", id=entry.id, memory=entry.kind, text=entry.text)

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
            seconds=self.before + self.budget.elapsed,
            found=self.tried.found,
            plan=self.tried.plan,
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
