"""What an issue shows and no test of its reproduction demands, in words for people and models."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from fixbot_agent.solving.reproducing import forms
from fixbot_agent.solving.reproducing.reproduction import Reproduction, error_name, is_variant
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue
from fixbot_repair.issue_blocks import is_session

_MOST = 5  # things that are named
_MOST_LINES = 8  # of an output
_LONGEST = 160  # characters of one reason
_LONGEST_LINE = 60
_NUMBER = re.compile(r"test_([a-z]+)_(\d+)")


def left(issue: Issue) -> tuple[str, ...]:
    """What `issue` shows and says no more of: further calls with what they give, further lines of an output of which it says how one should be."""
    open_ones = [e for e in issue.expectations if e.expression and e.actual and not e.expected]
    if open_ones:
        shown = "; ".join(f"`{' '.join(e.expression.split())[:_LONGEST_LINE]}`" for e in open_ones[:_MOST_LINES])
        return (f"not checked: {shown}, because nothing was found in the issue on what should come there",)
    told = [(e.actual.strip(), e.expected) for e in issue.expectations if e.expected and e.actual]
    ran = {line.strip() for e in issue.expectations for text in (*e.setup, e.expression) for line in text.splitlines()}
    for block in issue.code_blocks:
        if (
            "\n" in block.strip()
            and not is_session(block)
            and ran.isdisjoint(line.strip() for line in block.splitlines() if line.strip())
        ):
            spoken = [line for actual, wanted in told for line in forms.lines_of(block, actual, wanted)[:1]]
            if spoken and (rest := other_lines(block, spoken)):
                return (rest,)
    return ()


def other_lines(block: str, demanded: Sequence[str]) -> str:
    """The lines of an output of which the issue says that they come and not what should; `demanded` are lines that it does say it of. "" for none."""
    known = {" ".join(line.split()) for line in demanded}
    lines = [(n, " ".join(line.split())) for n, line in enumerate(block.strip("\n").splitlines(), 1) if line.strip()]
    rest = [(n, line) for n, line in lines if line not in known]
    if not rest or len(rest) == len(lines):
        return ""
    shown = "; ".join(f"line {n} `{line[:_LONGEST_LINE]}`" for n, line in rest[:_MOST_LINES])
    more = f" and {len(rest) - _MOST_LINES} more" if len(rest) > _MOST_LINES else ""
    return f"not checked: {shown}{more}, because the issue does not say what should come there"


def unchecked(made: Reproduction, feedback: Feedback, proven: Sequence[str]) -> tuple[str, ...]:
    """What is shown and not demanded where something else is: nothing where nothing is demanded, as all of it is told then."""
    ours = [test for test in proven if test.partition("::")[0] in made.files()]
    if not ours:
        return ()
    held = {_which(test) for test in ours}
    came = {error_name(o.message) for o in feedback.outcomes if o.test in ours}
    others = (
        o for o in made.outcomes(feedback) if not (is_variant(o.test) or _which(o.test) in held or _ends_alike(o, came))
    )
    return (*made.left, *dict.fromkeys(_told(made, others)))[:_MOST]


def _told(made: Reproduction, others: Iterable[TestOutcome]) -> Iterator[str]:
    for outcome in others:
        label = made.label(outcome.test).removeprefix("issue: ")
        if outcome.status is TestStatus.PASSED:
            why = "it does already"
        else:
            why = f"it does not come here as the issue tells ({' '.join(outcome.message.split())[:_LONGEST]})"
        yield f"not checked: {label}, because {why}"


def _ends_alike(outcome: TestOutcome, came: Set[str]) -> bool:
    """Whether a value that the issue only reports does not come for the very error that it is about: it was no complaint then."""
    name = error_name(outcome.message)
    return "test_reported_" in outcome.test and name != "AssertionError" and name in came


def _which(test: str) -> str:
    """The thing that a test is one way to check: "expected 1" of "test_expected_1_2"."""
    found = _NUMBER.search(test.replace("::", "."))
    return f"{found[1]} {found[2]}" if found else test
