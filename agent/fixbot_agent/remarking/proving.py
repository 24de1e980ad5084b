"""What a test on both sides of a change says of a remark: shown, refuted, not of this change, or only a model's expectation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fixbot_agent.remarking.sides import Side, Trial
from fixbot_agent.tools.outcome import clip
from fixbot_repair.checks import TestOutcome

_LONGEST = 900  # characters of how one test ended
_NAMED = 4  # tests of one side that are told
_ABSENT = re.compile(
    r"(?:ImportError|ModuleNotFoundError|AttributeError|NameError|TypeError: .*(?:unexpected keyword argument|positional argument))"
)
_QUOTED = re.compile(r"['\"`]([\w.]+)['\"`]")
_WORD = re.compile(r"[^\W\d]\w*")
_MARKS = re.compile(r"^[ ~^]+\n", re.MULTILINE)  # rows that only point at the one above
_DETAIL = 1500  # characters of a traceback, or of what was printed


class Verdict(StrEnum):
    """What came of it."""

    SHOWN = "shown"  # passes before the change, fails with it
    NEW = "new"  # fails with it; before, what it tests was not there
    OLD = "old"  # fails on both sides
    REFUTED = "refuted"  # passes on both
    MENDED = "mended"  # fails before, passes with it: the change mends that
    BESIDE = "beside"  # runs nothing of the change
    BROKEN = "broken"  # no test of it runs
    UNTOLD = "untold"  # the sandbox could not say


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict, and in words why."""

    verdict: Verdict
    why: str


def proof(trial: Trial, changed: Sequence[str], new_words: frozenset[str]) -> Proof:
    """What `trial` says. `changed` are the source files of the change, `new_words` are those that it brings."""
    before, after = trial.before, trial.after
    if trial.problem:
        return Proof(Verdict.UNTOLD, f"its test could not be judged: {trial.problem}")
    if after.failing and before.passed:
        return Proof(Verdict.SHOWN, _how(after))
    if after.failing and before.failing:
        return _both_fail(before, after, new_words)
    if after.passed and before.failing:
        return Proof(Verdict.MENDED, f"its test passes with the change, and fails without it: {_how(before)}")
    if after.passed and before.passed:
        if not after.loaded.intersection(changed):
            return Proof(Verdict.BESIDE, "its test passes on both sides and loads no file of the change")
        return Proof(Verdict.REFUTED, "its test passes on both sides, so it does not show what is said")
    return Proof(Verdict.BROKEN, "its file holds no test that runs on both sides: write functions named test_…")


def _both_fail(before: Side, after: Side, new_words: frozenset[str]) -> Proof:
    old, new = before.failing[0], after.failing[0]
    if _is_absence(old, new_words) and _said(old) != _said(new):
        return Proof(Verdict.NEW, _how(after))
    if not new.collected:
        return Proof(Verdict.BROKEN, f"its test cannot be loaded: {_said(new)}")
    return Proof(
        Verdict.OLD,
        f"its test fails on both sides, so this change does not bring it (with the change: {_said(new)}; before: {_said(old)})",
    )


def _is_absence(outcome: TestOutcome, new_words: frozenset[str]) -> bool:
    """Whether a test failed for the lack of a name that the change brings."""
    if not _ABSENT.match(outcome.message) and not _ABSENT.search(outcome.detail if not outcome.collected else ""):
        return False
    text = outcome.message if _ABSENT.match(outcome.message) else outcome.detail
    named = {word for quoted in _QUOTED.findall(text) for word in _WORD.findall(quoted)}
    return bool(named & new_words)


def _how(side: Side) -> str:
    rows = [f"{o.test.rpartition('::')[2]}: {_said(o)}" for o in side.failing[:_NAMED]]
    return "\n".join(rows)


def _said(outcome: TestOutcome) -> str:
    said = outcome.message or str(outcome.status)
    return clip("\n".join(line.rstrip() for line in said.strip().split("\n")[:8]), _LONGEST)


def told(trial: Trial, run: str) -> str:
    """A trial in words for the model that asked for it; `run` is what it is called."""
    if trial.problem:
        return f"{run} could not be run: {trial.problem}"
    return f"Before the change:\n{_side(trial.before)}\n\nWith the change:\n{_side(trial.after)}"


def _side(side: Side) -> str:
    rows = []
    for o in side.outcomes[:20]:
        rows.append(f"- {o.test.rpartition('::')[2]}: {o.status}{f': {_said(o)}' if not o.ok and o.message else ''}")
        if not o.ok and (detail := _MARKS.sub("", o.detail).strip()):
            rows.append(clip(detail, _DETAIL))
        elif o.output.strip():
            rows.append(clip(o.output.strip(), _DETAIL))
    return "\n".join(rows) or "(no test ran)"
