"""The tool that runs tests, and how their outcome reads."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.outcome import Outcome, Refused, clip
from fixbot_repair.checks import Feedback, TestOutcome
from fixbot_repair.errors import RepairError

_MOST_IDS = 200
_DETAILED = 3  # failures told in full
_DETAIL = 2500  # characters of one


@dataclass(frozen=True, slots=True)
class RunTests:
    """Arguments of run_tests."""

    tests: tuple[str, ...] = arguments.texts(
        "Ids of tests, as they were given to you. Empty: those that failed at the start."
    )
    which: str = arguments.text("'failing' (default), or 'all' for the whole suite.", "failing")


def run_tests(desk: Desk, args: RunTests) -> Outcome:
    """Effect: run tests in the sandbox and tell how they ended."""
    if args.which not in ("failing", "all"):
        raise Refused("argument 'which' must be 'failing' or 'all'")
    if len(args.tests) > _MOST_IDS:
        raise Refused(f"at most {_MOST_IDS} tests at once; 'which': 'all' runs the whole suite")
    ids = None if args.which == "all" and not args.tests else args.tests or desk.failing or None
    try:
        feedback = desk.tests.run(ids)
    except RepairError as error:
        raise Refused(f"the tests could not be run: {error.message}") from error
    if ids is None:
        kept = tuple(o for o in feedback.outcomes if not desk.is_scratch(o.test.partition("::")[0]))
        feedback = replace(feedback, outcomes=kept)
    return Outcome(told(feedback, {*desk.failing, *desk.broken}))


def told(feedback: Feedback, known: Collection[str] = ()) -> str:
    """How tests ended, in words: counts, each failure by name, the first ones in full.

    Those that are not `known` to fail come first; a traceback that several tests share is told once.
    """
    bad = set(feedback.failing)
    ran = [o for o in feedback.outcomes if "::" in o.test or not o.ok]  # that a whole file was collected is no test
    failing = sorted((o for o in ran if o.test in bad), key=lambda o: o.test in known)
    head = f"{sum(o.ok for o in ran)} passed, {len(failing)} failed, {len(ran)} run in all."
    parts = [head, *(f"problem: {clip(p, 500)}" for p in feedback.problems[:5])]
    parts += [_in_short(o, known) for o in failing[: _MOST_IDS // 10]]
    first = {_cause(o): o for o in reversed(failing) if o.detail}
    shown = [o for o in failing if first.get(_cause(o)) is o][:_DETAILED]
    return "\n".join([*parts, *map(_in_full, shown)])


def _in_short(outcome: TestOutcome, known: Collection[str]) -> str:
    new = " (did not fail at the start)" if known and outcome.test not in known else ""
    return f"{outcome.test}: {outcome.status}{new}: {clip(outcome.message, 300)}"


def _cause(outcome: TestOutcome) -> tuple[object, ...]:
    """What failures that have one traceback share: where it ends in the project, and with what."""
    return outcome.frames[-1:] or (outcome.test,), outcome.message


def _in_full(outcome: TestOutcome) -> str:
    return f"\n--- {outcome.test}\n{clip(outcome.detail, _DETAIL)}"
