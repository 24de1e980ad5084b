"""From verified patches to what is shown of them: the diff in the files' own bytes, and what tools say that is new."""

from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_agent.prompts import visible
from fixbot_agent.solving.conversing.attempt import one_line
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.reporting.report import Alternative, Refused, Verification
from fixbot_agent.solving.reporting.telling import in_words
from fixbot_analysis.errors import FixbotError, SourceError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates import Candidate
from fixbot_repair.candidates.diff import unified
from fixbot_repair.checks import Finding, new_findings
from fixbot_repair.checks import run as check
from fixbot_repair.choosing import Choice
from fixbot_repair.verification import Trial, Verdict, Verifier

_TOOLS = ("compiler", "ruff")


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate as its diff and its changes."""

    patch: str
    changes: tuple[Change, ...]


def shown(ground: Ground, verifier: Verifier, candidate: Candidate) -> Shown:
    """Effect: the diff of `candidate` against the files as they were. Raises PatchError when it does not apply."""
    after = verifier.contents(candidate.patch)
    changes = tuple(Change(path, ground.workspace.original(path), data) for path, data in sorted(after.items()))
    before_bytes = {c.path: c.before for c in changes if c.before is not None}
    after_bytes = {c.path: c.after for c in changes if c.after is not None}
    return Shown(unified(before_bytes, after_bytes), changes)


def alternative(ground: Ground, verifier: Verifier, choice: Choice) -> Alternative:
    """Effect: reads the files. Another patch that held, and how it differs from the first."""
    patch = shown(ground, verifier, choice.trial.candidate).patch
    parts = (choice.parts.call, choice.parts.one, choice.parts.other) if choice.parts else ("", "", "")
    return Alternative(patch, choice.trial.candidate.score, note(choice.trial.candidate, patch), choice.why, *parts)


def refused(ground: Ground, verifier: Verifier, trial: Trial | None) -> Refused | None:
    """Effect: reads the files. What a model left and what did not hold, so that it is not lost."""
    if trial is None or trial.verdict is Verdict.UNAPPLIED:
        return None
    candidate = trial.candidate
    return Refused(shown(ground, verifier, candidate).patch, candidate.source, str(trial.verdict), trial.why)


def hides(patch: str) -> bool:
    """Whether a line that `patch` adds holds characters that a reader would not see."""
    text = patch.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return any(visible(line) != line for line in text.split("\n") if line.startswith("+"))


def note(candidate: Candidate, patch: str) -> str:
    """What the patch does: in a model's own words, else by what it changes."""
    told = one_line(candidate.note)
    return told if told and candidate.source.startswith("model:") else in_words(patch) or told


def verification(
    ground: Ground, case: Case, trial: Trial, changes: tuple[Change, ...]
) -> tuple[Verification, tuple[str, ...]]:
    """Effect: what `trial` showed and what tools say that is new; with problems in words."""
    findings, problems = _new(ground, changes)
    passed = set(trial.passed)
    broken = tuple(t for t in trial.failed if t not in case.failing)
    made = Verification(
        oracle=case.oracle,
        failed_before=case.named(case.failing),
        passed_after=case.named(t for t in case.failing if t in passed),
        regressions=case.named(broken),
        tests_run=len({*trial.passed, *trial.failed}),
        tests_passed=len(set(trial.passed)),
        new_findings=findings,
        goal=case.goal,
    )
    return made, (*problems, *trial.notes)


def _new(ground: Ground, changes: tuple[Change, ...]) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Effect: findings of the cheap tools in the touched files that were not there before."""
    before = _texts({c.path: c.before for c in changes if c.path.endswith((".py", ".pyi"))})
    after = _texts({c.path: c.after for c in changes if c.path in before})
    try:
        old, new = (
            check(
                ground.workspace.path,
                list(texts),
                only=_TOOLS,
                overlay=texts,
                environment=ground.environment,
                sandbox=ground.sandbox,
            )
            for texts in (before, after)
        )
    except FixbotError as error:
        return (), (f"what tools say of the patch is not known: {error.message}",)
    return new_findings(old.findings, new.findings), tuple(dict.fromkeys((*old.problems, *new.problems)))


def _texts(contents: Mapping[str, bytes | None]) -> dict[str, bytes]:
    texts = {}
    for path, data in contents.items():
        try:
            if data is not None:
                texts[path] = decode(path, data).data
        except SourceError:
            continue
    return texts
