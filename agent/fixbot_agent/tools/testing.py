"""The tool that runs tests, and how their outcome reads."""

from dataclasses import dataclass

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
        return Outcome(told(desk.tests.run(ids)))
    except RepairError as error:
        raise Refused(f"the tests could not be run: {error.message}") from error


def told(feedback: Feedback) -> str:
    """How tests ended, in words: counts, each failure by name, the first ones in full."""
    failing = [o for o in feedback.outcomes if o.test in set(feedback.failing)]
    head = f"{len(feedback.passing)} passed, {len(failing)} failed, {len(feedback.outcomes)} run in all."
    parts = [head, *(f"problem: {clip(p, 500)}" for p in feedback.problems[:5])]
    parts += [f"{o.test}: {o.status}: {clip(o.message, 300)}" for o in failing[: _MOST_IDS // 10]]
    parts += [_in_full(o) for o in failing[:_DETAILED] if o.detail]
    return "\n".join(parts)


def _in_full(outcome: TestOutcome) -> str:
    return f"\n--- {outcome.test}\n{clip(outcome.detail, _DETAIL)}"
