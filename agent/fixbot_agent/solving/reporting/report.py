"""What came of a solve: the patch, how it was checked, what it cost; in the contract's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_agent.models import Spent
from fixbot_agent.schemas import Json
from fixbot_repair.checks import Finding
from fixbot_repair.choosing import Confidence
from fixbot_repair.issue import Oracle
from fixbot_repair.localisation import Suspect

DOUBTED = 0.4  # confidence below which a patch of a search is a hint, and models are asked all the same


class Status(StrEnum):
    """How a solve ended; the contract's words."""

    PLAUSIBLE = "plausible"  # the patch answered everything that was asked of it
    UNVERIFIED = "unverified"  # there is a patch, and nothing that could prove it
    NONE = "none"  # no acceptable patch, or nothing to fix
    NEEDS_INFO = "needs-info"  # the issue lacks what a check would need
    BUDGET = "budget"  # something ran out before a patch was verified
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a patch was held against, and how it fared. Tests are named by id; `passed_after` are those of `failed_before` that pass.

    `goal` tells a goal that was read from an issue: the example, what is demanded, what came at base, firm or a guess.
    """

    oracle: Oracle = Oracle.NONE
    failed_before: tuple[str, ...] = ()
    passed_after: tuple[str, ...] = ()
    regressions: tuple[str, ...] = ()
    tests_run: int = 0
    tests_passed: int = 0
    new_findings: tuple[Finding, ...] = ()
    goal: str = ""
    own_tests: tuple[
        str, ...
    ] = ()  # of a model's own, that failed before and pass now, where no other test shows the fault
    acceptance: tuple[str, ...] = ()  # that another model wrote from the issue, that failed before and pass now


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another patch that was plausible too: what it does in words, what counted for its place, a call on which it parts from the first."""

    patch: str
    score: float
    note: str = ""
    why: tuple[str, ...] = ()
    call: str = ""
    here: str = ""  # what the call does with this patch
    first: str = ""  # what it does with the first


@dataclass(frozen=True, slots=True)
class Disputed:
    """A test that fails with the patch and that a model holds to be wrong: that is for people to decide."""

    test: str
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What a model left in the end and what did not hold, with the first reason."""

    patch: str
    source: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in the envelope's words."""

    kind: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said about one solve. `patch` is a unified diff; `note` one line on what the patch does.

    `found` are the seconds at which plausible candidates were first met, before the last word on them.
    """

    status: Status
    exit_code: int
    patch: str = ""
    files: tuple[str, ...] = ()
    base: str = ""
    verification: Verification = field(default_factory=Verification)
    localisation: tuple[Suspect, ...] = ()
    source: str = ""
    note: str = ""
    question: str = ""
    candidates: int = 0
    trials: int = 0
    why: tuple[str, ...] = ()  # what counted for this patch among several that were plausible
    alternatives: tuple[Alternative, ...] = ()
    confidence: Confidence | None = None  # of a search in its patch
    models: tuple[Spent, ...] = ()
    prompts: tuple[str, ...] = ()  # versions of those that the user worded otherwise
    seconds: float = 0.0
    found: tuple[float, ...] = ()
    plan: tuple[str, ...] = ()  # of a model, its steps in order
    said: str = ""  # a model's last words
    assumptions: tuple[str, ...] = ()  # what it took for granted where the issue is silent
    disputed: tuple[Disputed, ...] = ()
    refused: Refused | None = None
    sandbox: str = ""
    run: str = ""
    warnings: tuple[str, ...] = ()
    error: Failure | None = None

    def to_json(self) -> dict[str, Json]:
        """The report as the contract has it (the envelope adds the schema's number)."""
        document: dict[str, Json] = {
            "status": str(self.status),
            "exit_code": self.exit_code,
            "patch": self.patch,
            "files": list(self.files),
            "base": self.base,
            "verification": _verification(self.verification),
            "localisation": [_suspect(s) for s in self.localisation],
            "source": self.source,
            "note": self.note,
            "question": self.question,
            "candidates": self.candidates,
            "trials": self.trials,
            "why": list(self.why),
            "alternatives": [_alternative(a) for a in self.alternatives],
            "confidence": _confidence(self.confidence),
            "models": [_spent(s) for s in self.models],
            "prompts": list(self.prompts),
            "seconds": round(self.seconds, 3),
            "found": [round(s, 3) for s in self.found],
            "plan": list(self.plan),
            "said": self.said,
            "assumptions": list(self.assumptions),
            "disputed": [{"test": d.test, "why": d.why} for d in self.disputed],
            "refused": _refused(self.refused),
            "sandbox": self.sandbox,
            "run": self.run,
            "warnings": list(self.warnings),
        }
        if self.error is not None:
            document["error"] = {"kind": self.error.kind, "message": self.error.message, "hint": self.error.hint}
        return document


def _confidence(found: Confidence | None) -> Json:
    if found is None:
        return None
    return {"value": round(found.value, 3), "signals": {name: round(v, 4) for name, v in found.signals.items()}}


def _refused(left: Refused | None) -> Json:
    if left is None:
        return None
    return {"patch": left.patch, "source": left.source, "verdict": left.verdict, "why": left.why}


def _alternative(other: Alternative) -> Mapping[str, Json]:
    parts: Json = {"call": other.call, "here": other.here, "first": other.first} if other.call else None
    return {
        "patch": other.patch,
        "score": round(other.score, 4),
        "note": other.note,
        "why": list(other.why),
        "differs": parts,
    }


def _verification(made: Verification) -> Mapping[str, Json]:
    return {
        "oracle": str(made.oracle),
        "goal": made.goal,
        "own_tests": list(made.own_tests),
        "acceptance": list(made.acceptance),
        "failed_before": list(made.failed_before),
        "passed_after": list(made.passed_after),
        "regressions": list(made.regressions),
        "tests_run": made.tests_run,
        "tests_passed": made.tests_passed,
        "new_findings": [
            {"path": f.path, "line": f.line, "tool": f.tool, "rule": f.rule, "message": f.message}
            for f in made.new_findings
        ],
    }


def _suspect(suspect: Suspect) -> Mapping[str, Json]:
    return {
        "path": suspect.path,
        "symbol": suspect.symbol,
        "line": suspect.line,
        "score": round(suspect.score, 4),
        "why": list(suspect.why),
    }


def _spent(spent: Spent) -> Mapping[str, Json]:
    return {
        "name": spent.name,
        "calls": spent.calls,
        "tokens_in": spent.tokens_in,
        "tokens_cached": spent.tokens_cached,
        "tokens_out": spent.tokens_out,
        "cost": round(spent.cost, 6),
        "unpriced": spent.unpriced,
    }
