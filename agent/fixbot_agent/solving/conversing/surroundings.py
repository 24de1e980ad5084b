"""What a model is told of tests beside those to mend: what fixbot wrote from the issue, what failed already, what runs the suspected place."""

from collections.abc import Iterator, Sequence

from fixbot_agent.prompts import fenced
from fixbot_agent.solving.conversing.briefing import Lines
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.reproducing.forms import CONFIRMS
from fixbot_repair.checks import TestOutcome
from fixbot_repair.localisation import Localisation

_NAMED = 5  # tests


def surroundings(case: Case, places: Localisation, lines: Lines, own: str) -> tuple[str, ...]:
    """Effect: reads files. Each with a heading of its own; `own` is the path of the tests that fixbot wrote from the issue."""
    return (*_written(case, own), *_failing_already(case), *_nearest(case, places, lines))


def _written(case: Case, own: str) -> Iterator[str]:
    """What fixbot's own tests run and demand: a model must know that they may be wrong."""
    if case.goal:
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
    """Tests that pass and run the first suspected function: those first that run little else."""
    first = next((s for s in places.suspects if s.symbol), None)
    symbol = next((s for s in lines.symbols(first.path) if s.qualname == first.symbol), None) if first else None
    if first is None or symbol is None:
        return
    inside = range(symbol.line + 1, symbol.end_line + 1)  # the first line runs where the file is imported
    ran = [o for o in case.feedback.outcomes if o.ok and o.test not in case.labels and _runs(o, first.path, inside)]
    near = sorted(ran, key=lambda o: sum(len(numbers) for _, numbers in o.lines))[:_NAMED]
    if near:
        few = f"{len(near)} of {len(ran)}, the nearest" if len(ran) > len(near) else len(ran)
        told = fenced("tests", _listed([o.test for o in near]))
        yield f"Tests that pass and run {first.symbol} ({few}):\n{told}"


def _runs(outcome: TestOutcome, path: str, inside: range) -> bool:
    return any(n in inside for where, numbers in outcome.lines if where == path for n in numbers)


def _listed(tests: Sequence[str]) -> str:
    more = [f"… and {len(tests) - _NAMED} more"] if len(tests) > _NAMED else []
    return "\n".join([*(f"- {test}" for test in tests[:_NAMED]), *more])
