"""The tool that runs tests, and how their outcome reads."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import SCRATCH, Desk
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.impacted import impacted
from fixbot_agent.tools.outcome import Outcome, Refused, clip
from fixbot_repair.checks import Feedback, TestOutcome
from fixbot_repair.errors import RepairError

_MOST_IDS = 200
_LISTED = 20  # failures named in a line each
_DETAILED = 3  # failures told in full
_DETAIL = 2500  # characters of one
_MESSAGE = 1500
_FRAMES = 6  # the innermost, of one traceback
_PRINTED = 3000  # characters of what one test printed


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
    if ids is None and own:  # the suite is asked about, and a scratch test lies in the copy only
        own, feedback = [], replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o not in own))
    rest = replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o not in own))
    parts = [_scratch(desk, own)] if own else []
    parts += [told(rest, {*desk.failing, *desk.broken}, desk)] if rest.outcomes or not own else []
    return Outcome("\n\n".join([*parts, *([note] if note else [])]))


def _chosen(desk: Desk, args: RunTests) -> tuple[Sequence[str] | None, str]:
    """Which tests to run (None: all), and what to say of the choice."""
    if args.tests:
        return args.tests, ""
    if args.which == "all":
        return None, ""
    scratch = [SCRATCH] if desk.is_scratch(SCRATCH) and desk.exists(SCRATCH) else []
    if args.which == "impacted":
        if not desk.changed:
            raise Refused("no file was changed yet: no test can be affected")
        found = [*dict.fromkeys([*desk.failing, *impacted(desk)])]
        left = (
            f"{len(found) - _MOST_IDS} more may be affected and were not run; 'which': 'all' runs them"
            if len(found) > _MOST_IDS
            else ""
        )
        if not found:
            raise Refused("no test is known to see your changes; 'which': 'all' runs the whole suite")
        return tuple(found[:_MOST_IDS]), left
    return ((*scratch, *desk.failing) or None), ""


def _scratch(desk: Desk, outcomes: Sequence[TestOutcome]) -> str:
    """What the model's own tests did: each by its status, what it printed, and why it failed."""
    outcomes = [o for o in outcomes if "::" in o.test or not o.ok]
    rows = [f"{SCRATCH}: {sum(o.ok for o in outcomes)} passed, {sum(not o.ok for o in outcomes)} not"]
    for outcome in outcomes[:_LISTED]:
        name = outcome.test.partition("::")[2]
        rows.append(f"{name or SCRATCH}: {outcome.status}")
        rows += [_reason(outcome, desk)] if not outcome.ok else []
        rows += [clip(outcome.output, _PRINTED)] if outcome.output and outcome.ok else []
    return "\n".join(rows)


def told(feedback: Feedback, known: Collection[str] = (), desk: Desk | None = None) -> str:
    """How tests ended, in words: counts, each failure by name, the first ones in full.

    Those that are not `known` to fail come first; a traceback that several tests share is told once.
    """
    bad = set(feedback.failing)
    ran = [o for o in feedback.outcomes if "::" in o.test or not o.ok]  # that a whole file was collected is no test
    failing = sorted((o for o in ran if o.test in bad), key=lambda o: o.test in known)
    head = f"{sum(o.ok for o in ran)} passed, {len(failing)} failed, {len(ran)} run in all."
    parts = [head, *(f"problem: {clip(p, 500)}" for p in feedback.problems[:5])]
    parts += [_in_short(o, known) for o in failing[:_LISTED]]
    if len(failing) > _LISTED:
        parts.append(f"… and {len(failing) - _LISTED} more that fail")
    first = {_cause(o): o for o in reversed(failing) if o.detail}
    shown = [o for o in failing if first.get(_cause(o)) is o][:_DETAILED]
    return "\n".join([*parts, *(f"\n--- {o.test}\n{_reason(o, desk)}" for o in shown)])


def _in_short(outcome: TestOutcome, known: Collection[str]) -> str:
    new = " (did not fail at the start)" if known and outcome.test not in known else ""
    return f"{outcome.test}: {outcome.status}{new}: {clip(' '.join(outcome.message.split()), 300)}"


def _cause(outcome: TestOutcome) -> tuple[object, ...]:
    """What failures that have one traceback share: where it ends in the project, and with what."""
    return outcome.frames[-1:] or (outcome.test,), outcome.message


def _reason(outcome: TestOutcome, desk: Desk | None) -> str:
    """The assertion or error, the innermost lines of the project that led to it, and what was printed."""
    frames = list(_frames(outcome, desk)) if desk is not None else []
    parts = [clip(outcome.message, _MESSAGE), *frames] if frames else [clip(outcome.detail or outcome.message, _DETAIL)]
    return "\n".join([*parts, *([clip(outcome.output, _PRINTED)] if outcome.output else [])])


def _frames(outcome: TestOutcome, desk: Desk) -> Iterator[str]:
    for path, line, function in outcome.frames[-_FRAMES:]:
        try:
            text = cut(desk.document(path).line_text(line - 1).strip())
        except Refused:
            text = "(not shown)"
        yield f"  {path}:{line}{f' in {function}' if function else ''}: {text}"
