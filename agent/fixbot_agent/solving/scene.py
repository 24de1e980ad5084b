"""What all strategies of one solve share: ground, case and verifier, what was tried, who is asked, who is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from fixbot_agent.models import Budget
from fixbot_agent.runs import masks, words
from fixbot_agent.settings import Settings
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.job import Job
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.reporting.concluding import Tried
from fixbot_agent.solving.reporting.refusals import Refusals
from fixbot_agent.solving.reporting.report import Disputed
from fixbot_agent.solving.team import Team
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates import Candidate
from fixbot_repair.issue import Oracle
from fixbot_repair.verification import Record, Trial, Verdict, Verifier


@dataclass(slots=True)
class Scene:
    """One solve at work. `warnings` become the report's."""

    job: Job
    ground: Ground
    case: Case
    verifier: Verifier
    tried: Tried
    account: Account
    team: Team
    warnings: list[str]
    record: Record | None = None
    doubted: Candidate | None = None  # it holds, and is not believed
    refusals: Refusals = field(default_factory=Refusals)
    noted: int = 0

    @property
    def settings(self) -> Settings:
        """What the user wants."""
        return self.job.settings

    @property
    def budget(self) -> Budget:
        """What is left to spend."""
        return self.account.budget

    def say(self, line: str) -> None:
        """Effect: tell people, without keys, what is done now."""
        self.job.say(self.job.run.redact(line))

    def note(self, trial: Trial) -> None:
        """Effect: keep that a candidate was tried, and how that ended."""
        candidate = trial.candidate
        self.noted += 1
        self.job.progress.step("trying candidates", self.noted, 0)
        self.refusals.add(trial, self.case.failing)
        if trial.verdict is Verdict.PLAUSIBLE and (not trial.final or candidate.source.startswith("model:")):
            self.tried.found += (self.budget.elapsed,)
        if trial.remembered:
            return
        is_disputed = trial.verdict is Verdict.PLAUSIBLE and trial.failed
        verdict, why = ("disputed", ", ".join(trial.failed)) if is_disputed else (str(trial.verdict), trial.why)
        said = {"verdict": verdict, "why": why[:500], "note": candidate.note}
        self.job.run.event("trial", source=candidate.source, **said)

    def last_word(self, candidate: Candidate, disputed: Collection[str] = ()) -> Trial:
        """Effect: the verifier's last word on `candidate`, which `disputed` tests do not refuse. Without anything to mend it is about what passed before."""
        mask = self._mask(candidate)
        if mask:
            trial = Trial(candidate, Verdict.UNAPPLIED, why=str(masks.not_restored(mask)), final=True)
        else:
            trial = self.verifier.confirm(candidate, disputed)
        if not self.case.held and trial.verdict is Verdict.UNFIXED:
            trial = replace(trial, verdict=Verdict.PLAUSIBLE)  # no test at all: it applies, and no more is said of it
        elif not self.case.failing and trial.verdict is Verdict.UNFIXED:
            trial = replace(trial, verdict=Verdict.REGRESSING)
        self.tried.trials += 1
        self.note(trial)
        return trial

    def _mask(self, candidate: Candidate) -> str:
        """What would be written where a key stands, or is to stand; "" for nothing. No test need ever see that."""
        patch = candidate.patch
        try:
            files = {p: self.verifier.document(p).data for p in patch.paths if p not in patch.created}
            after = patch.apply(files)
        except (FixbotError, ValueError, KeyError):
            return ""  # it does not apply, which the verifier says
        texts = (
            (files.get(p, b"").decode(errors="replace"), data.decode(errors="replace")) for p, data in after.items()
        )
        return next(filter(None, (masks.adds(was, now) for was, now in texts)), "")

    def heed(self, trial: Trial, disputed: Mapping[str, str] | None = None) -> None:
        """Keep what a model left: as the best, or, where nothing could have proven it, as a suggestion with its faults named.

        One that fails tests which the model holds to be wrong (`disputed`, with why) is for people to decide.
        """
        if trial.verdict is Verdict.PLAUSIBLE and trial.failed:
            self.tried.disputed = trial
            whys = disputed or {}
            self.tried.disputes = tuple(
                Disputed(test, whys.get(test) or whys.get(test.partition("[")[0], "")) for test in trial.failed
            )
        elif trial.verdict is Verdict.PLAUSIBLE:
            self.tried.best = trial
        elif self.case.oracle is Oracle.NONE and trial.verdict is Verdict.REGRESSING:
            self.tried.unverified, self.tried.faulty = trial.candidate, trial
            broken = f"{len(trial.failed)} {'test' if len(trial.failed) == 1 else 'tests'} passed before and"
            self.warnings.append(
                f"{broken} fail, or do not run any more, with the patch: {', '.join(trial.failed[:5])}"
            )
        else:
            self.tried.refused = trial
            self.warnings.append(
                f"the patch of {trial.candidate.source} was refused: {words.verdict(trial.verdict)}: {trial.why}"
            )
