"""How a patch was checked, and how sure that makes it, in sentences for people."""

from collections.abc import Sequence

from fixbot_agent.solving.reporting.report import DOUBTED, Status, Verification
from fixbot_repair.issue import Oracle


def how(made: Verification, status: Status, *, disputed: int) -> str:
    """What was checked, in a sentence."""
    ran = f"{made.tests_run} {plural('test', range(made.tests_run))} run"
    if disputed:
        which = "the one below" if disputed == 1 else "those below"
        return f"{ran}; of those that passed before, and of those to mend, only {which} {'fails' if disputed == 1 else 'fail'}; not verified"
    if status is not Status.PLAUSIBLE:
        return _suggested(made, ran)
    one = len(made.failed_before) == 1
    against = {
        Oracle.FAILING_TESTS: "the failing test passes now" if one else "the failing tests pass now",
        Oracle.REPRODUCTION: "the reproduction of the issue failed before and passes now",
        Oracle.EXPECTED_OUTPUT: "the issue's example gives what it should, and did not before",
        Oracle.NONE: "nothing to hold it against",
    }[made.oracle]
    if _is_guess(made):
        against = "what was taken for the issue's goal, which is a guess, did not hold before and holds now"
    more = f"; {_of_models(made)} {_pass(made)}, too" if made.acceptance else ""
    return f"{against}{more}; {ran}, none that passed before fails; nothing else was checked"


def sure(value: float) -> str:
    """A share in words that claim no more than was measured."""
    tenths = min(9, max(1, round(10 * value)))
    return f"of patches found like this one about {tenths} in 10 were right, where that is known" + (
        "" if value >= DOUBTED else "; read it as a hint to where and what"
    )


def plural(noun: str, things: Sequence[object]) -> str:
    """`noun` as it stands before these `things`, counted."""
    if len(things) == 1:
        return noun
    return f"{noun}es" if noun.endswith("ch") else f"{noun}s"


def _is_guess(made: Verification) -> bool:
    """Whether all that the patch was held against was read into the issue, and nothing of it shown as told."""
    return any(line.startswith("a guess: ") for line in made.goal.splitlines()) and "\nfirm: " not in made.goal


def _suggested(made: Verification, ran: str) -> str:
    """What there is to say of a patch that nothing verified."""
    shown = _of_models(made)
    if not made.tests_run:
        own = f"{shown} failed before and {_pass(made)} now; " if shown else ""
        return f"{own}no test of the project was run with it: take it as a suggestion"
    broken = f"{len(made.regressions)} that passed before fail" if made.regressions else "none that passed before fails"
    own = (
        f"only {shown}, which failed before and {_pass(made)} now, {_pass(made, 'show')}" if shown else "nothing shows"
    )
    return f"{ran}, {broken}; {own} that the fault is gone: take it as a suggestion"


def _of_models(made: Verification) -> str:
    """The tests that models wrote and that show the fault to be gone, in words; "" without any."""
    own = "the model's own test (own_test.py of the run)" if made.own_tests else ""
    count = len(made.acceptance)
    tests = f"{count} acceptance {'test' if count == 1 else 'tests'} that another model wrote from the issue (acceptance.py of the run)"
    return " and ".join(filter(None, (own, tests if count else "")))


def _pass(made: Verification, verb: str = "pass") -> str:
    is_one = bool(made.own_tests) + len(made.acceptance) == 1
    return {"pass": "passes", "show": "shows"}[verb] if is_one else verb
