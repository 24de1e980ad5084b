"""The tool that runs tests: which ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import SCRATCH, Desk
from fixbot_agent.tools.impacted import impacted
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_agent.tools.telling import scratch, told
from fixbot_repair.checks import TestOutcome
from fixbot_repair.errors import RepairError

_MOST_IDS = 200
_QUICK = 30.0  # seconds that a whole suite took, below which it is run instead of a part of it
_NAMED = 2  # ids


@dataclass(frozen=True, slots=True)
class RunTests:
    """Arguments of run_tests."""

    tests: tuple[str, ...] = arguments.texts("Ids of tests or test files. Empty: see 'which'.")
    which: str = arguments.choice(
        "'failing': those that failed at the start, and your scratch test. 'impacted': those that your changes can affect.",
        ("failing", "impacted", "all"),
        "failing",
    )


def run_tests(desk: Desk, args: RunTests) -> Outcome:
    """Effect: run tests in the sandbox and tell how they ended, the scratch test first."""
    if len(args.tests) > _MOST_IDS:
        raise Refused(f"at most {_MOST_IDS} tests at once; 'which': 'all' runs the whole suite")
    ids, note = _chosen(desk, args)
    try:
        feedback = desk.tests.run(ids, output=(SCRATCH,))
    except RepairError as error:
        raise Refused(f"the tests could not be run: {error.message}") from error
    own = [o for o in feedback.outcomes if desk.is_scratch(o.test.partition("::")[0])]
    rest = replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o not in own))
    if ids is None:  # the suite is asked about, and a scratch test lies in the copy only
        own = []
    parts = [scratch(own, desk)] if own else []
    parts += [told(rest, {*desk.failing, *desk.broken}, desk)] if rest.outcomes or not own else []
    notes = [note] if note else []
    if ids is None and not feedback.unrun:
        notes += _moved(desk, rest.outcomes)
    return Outcome("\n\n".join([*parts, *notes]))


def _moved(desk: Desk, outcomes: Sequence[TestOutcome]) -> Iterator[str]:
    """Which ids of the first run are not there any more, and which are new."""
    before = {o.test for o in desk.equipment.ran if "::" in o.test}
    now = {o.test for o in outcomes if "::" in o.test}
    lost, new = sorted(before - now), sorted(now - before)
    if before and (lost or new):
        named = "".join(
            f"; {what} {', '.join(ids[:_NAMED])}{', …' if len(ids) > _NAMED else ''}"
            for what, ids in (("missing:", lost), ("new:", new))
            if ids
        )
        yield f"{len(lost)} ids of the first run are missing, {len(new)} are new{named}"


def _chosen(desk: Desk, args: RunTests) -> tuple[Sequence[str] | None, str]:
    """Which tests to run (None: all), and what to say of the choice."""
    if args.tests:
        return args.tests, ""
    if args.which == "all":
        return None, ""
    if args.which == "impacted":
        return _impacted(desk)
    own = [SCRATCH] if desk.is_scratch(SCRATCH) and desk.exists(SCRATCH) else []
    return ((*own, *desk.failing) or None), ""


def _impacted(desk: Desk) -> tuple[Sequence[str] | None, str]:
    if not desk.changed:
        raise Refused("no file was changed yet: no test can be affected")
    found = tuple(dict.fromkeys([*desk.failing, *impacted(desk)]))
    if not found:
        raise Refused("no test is known to see your changes; 'which': 'all' runs the whole suite")
    if len(found) <= _MOST_IDS:
        return found, ""
    seconds = sum(o.seconds for o in desk.equipment.ran)
    if 0.0 < seconds <= _QUICK:
        return None, f"{len(found)} tests may see your changes: all were run, which took {seconds:.0f} s at the start"
    order = "those to mend, those that ran the changed lines, those that ran anything of these files, those that the graph leads to"
    return found[:_MOST_IDS], (
        f"{_MOST_IDS} of {len(found)} tests that may see your changes were run, in this order: {order}; 'which': 'all' runs the others too"
    )
