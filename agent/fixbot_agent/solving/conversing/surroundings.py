"""What a model is told of tests beside those to mend: what fixbot wrote from the issue, what failed already, what runs the suspected place."""

from collections.abc import Iterator, Sequence

from fixbot_agent.prompts import fenced
from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.conversing.neighbours import neighbours, text_of
from fixbot_agent.solving.proving.awaited import CALLED
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.reproducing.forms import CONFIRMS
from fixbot_repair.localisation import Localisation

_NAMED = 5  # tests
_LONGEST = 300  # characters of a failure


def surroundings(case: Case, places: Localisation, lines: Lines, own: str) -> tuple[str, ...]:
    """Effect: reads files. Each with a heading of its own; `own` is the path of the tests that fixbot wrote from the issue."""
    return (*_written(case, own), *_awaited(case, lines), *_failing_already(case), *_nearest(case, places, lines))


def _written(case: Case, own: str) -> Iterator[str]:
    """What fixbot's own tests run and demand: a model must know that they may be wrong."""
    if case.goal and any(test in case.labels for test in case.failing):
        yield (
            f"fixbot wrote a test from the issue ({own}, in your copy, never part of the patch). It may be wrong; the issue decides:\n"
            f"{fenced('goal', case.goal)}"
        )
    elif CONFIRMS in case.attempted:
        yield (
            f"fixbot ran the issue's example: it gives what the issue reports. What it should give is not stated; the test that fixbot wrote of it "
            f"({own}, in your copy, never part of the patch) refuses only that very outcome:\n{fenced('attempt', case.attempted)}"
        )
    elif case.attempted:
        yield (
            f"fixbot wrote a test from the issue ({own}, in your copy, never part of the patch). It fails, but not as the issue tells, "
            f"so nothing is held against it and it may be wrong:\n{fenced('attempt', case.attempted)}"
        )


def _awaited(case: Case, lines: Lines) -> Iterator[str]:
    """Expected failures of the project that look like the issue, with their source."""
    for each in case.awaited:
        held = (
            "your patch must make it pass"
            if each.is_demanded
            else "it is not demanded, but see whether your patch should make it pass"
        )
        now = "\n".join(each.message.splitlines())[:_LONGEST]
        told = "\n".join(filter(None, [each.test, text_of(each.test, lines), f"now: {now}" if now else ""]))
        yield f"{CALLED[0].upper()}{CALLED[1:]} ({each.why}); {held}:\n{fenced('expected', told)}"


def _failing_already(case: Case) -> Iterator[str]:
    ours = {*case.failing, *case.labels}
    others = [o.test for o in case.feedback.outcomes if o.test in set(case.feedback.failing) - ours]
    if others:
        count = "1 test fails" if len(others) == 1 else f"{len(others)} tests fail"
        yield (
            f"{count} already, before your change, and nothing ties the issue to {'it' if len(others) == 1 else 'them'}; "
            f"you need not mend {'it' if len(others) == 1 else 'them'}:\n{fenced('tests', _listed(others))}"
        )


def _nearest(case: Case, places: Localisation, lines: Lines) -> Iterator[str]:
    """Tests that pass and run a suspected place, the nearest ones, the first with its source."""
    near = neighbours(case, places, lines)
    if near.tests:
        few = f"the nearest of {near.count}" if near.count > _NAMED else "the nearest first"
        shown = text_of(near.tests[0], lines)
        told = _listed(near.tests[:_NAMED]) + (f"\n\n{shown}" if shown else "")
        yield f"Tests that pass and run one of the places above ({few}):\n{fenced('tests', told)}"


def _listed(tests: Sequence[str]) -> str:
    more = [f"… and {len(tests) - _NAMED} more"] if len(tests) > _NAMED else []
    return "\n".join([*(f"- {test}" for test in tests[:_NAMED]), *more])
