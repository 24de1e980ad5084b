"""The tool that runs tests: which ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import SCRATCH, Desk
from fixbot_agent.tools.impacted import impacted
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_agent.tools.telling import OWN, scratch, told
from fixbot_repair.checks import Feedback, TestOutcome
from fixbot_repair.errors import RepairError
from fixbot_repair.verification.fleeting import stood_for

_MOST_IDS = 200
_QUICK = 30.0  # seconds that a whole suite took, below which it is run instead of a part of it
_NAMED = 2  # ids


@dataclass(frozen=True, slots=True)
class RunTests:
    """Arguments of run_tests."""

    tests: tuple[str, ...] = arguments.texts("Ids of tests or test files. Empty: see 'which'.")
    which: str = arguments.choice(
        "'failing': the tests to mend, and your scratch test. 'impacted': those that your changes can affect.",
        ("failing", "impacted", "all"),
        "failing",
    )
    anew: bool = arguments.flag("Run also what ran already on the same files: a test may be unsteady.")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which tests to run (None: all), what they are called, and what there is to say of the choice."""

    ids: tuple[str, ...] | None
    name: str
    note: str = ""


def run_tests(desk: Desk, args: RunTests) -> Outcome:
    """Effect: run tests in the sandbox and tell how they ended, the scratch test first; what is known of these files is not run again."""
    if len(args.tests) > _MOST_IDS:
        raise Refused(f"at most {_MOST_IDS} tests at once; 'which': 'all' runs the whole suite")
    chosen = _chosen(desk, args)
    try:
        feedback, known = _outcomes(desk, chosen.ids, anew=args.anew)
    except RepairError as error:
        raise Refused(f"the tests could not be run: {error.message}") from error
    own = [o for o in feedback.outcomes if desk.is_scratch(o.test.partition("::")[0])]
    void = [] if args.tests else [o for o in feedback.outcomes if _proves_nothing(desk, o)]
    rest = replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o not in own and o not in void))
    if chosen.ids is None:  # the suite is asked about, and a scratch test lies in the copy only
        own = []
    parts = [scratch(own, desk)] if own else []
    old = () if args.tests else set(desk.broken).difference(desk.failing)
    parts += [told(rest, {*desk.failing, *desk.broken}, desk, chosen.name, old)] if rest.outcomes or not own else []
    notes = [_not_again(known, len(rest.outcomes))] if known else []
    notes += [chosen.note] if chosen.note else []
    notes += [_left_out(void)] if void else []
    if chosen.ids is None and not feedback.unrun:
        notes += _moved(desk, rest.outcomes)
    again = "" if not known else " (as before)" if known >= len(rest.outcomes) else f" ({known} of them as before)"
    heads = [part.partition("\n")[0] for part in parts]
    people = (*heads[:-1], f"{heads[-1]}{again}")
    return Outcome("\n\n".join([*parts, *notes]), people=people)


def _outcomes(desk: Desk, ids: Sequence[str] | None, *, anew: bool) -> tuple[Feedback, int]:
    """Effect: runs what is not known. What all of `ids` gave on the files as they are, and how many of them did not run for it."""
    tested = desk.tested()
    known = () if anew else tested.known(ids)
    left = None if ids is None else tested.unknown(ids) if known else ids
    if known and not left:
        return Feedback(outcomes=known), len(known)
    feedback = desk.tests.run(left, output=(SCRATCH,))
    lasting = replace(
        feedback, outcomes=tuple(o for o in feedback.outcomes if not desk.is_scratch(o.test.partition("::")[0]))
    )
    tested.add(None if left is None else [i for i in left if not desk.is_scratch(i.partition("::")[0])], lasting)
    both = {o.test: o for o in (*known, *feedback.outcomes)}
    return replace(feedback, outcomes=tuple(both.values())), len(known)


def _not_again(known: int, of: int) -> str:
    which = "they" if known >= of else f"{known} of them"
    return f"{which} ran before on the very same text of the files and did not run again ('anew' runs them)"


def _proves_nothing(desk: Desk, outcome: TestOutcome) -> bool:
    """Whether it is a test that fixbot wrote from the issue, which did not fail at the start for the issue's reason, and fails."""
    return bool(OWN.search(outcome.test)) and not outcome.ok and outcome.test not in desk.failing


def _left_out(void: Sequence[TestOutcome]) -> str:
    which = f"{len(void)} {'test' if len(void) == 1 else 'tests'} that fixbot wrote from the issue and that"
    return f"not counted: {which} proved nothing at the start: {', '.join(o.test for o in void[:_NAMED])}{', …' if len(void) > _NAMED else ''}"


def _moved(desk: Desk, outcomes: Sequence[TestOutcome]) -> Iterator[str]:
    """Which ids of the first run are not there any more, and which are new."""
    before = {o.test for o in desk.equipment.ran if "::" in o.test}
    now = {o.test for o in outcomes if "::" in o.test}
    remade = stood_for(before - now, before, now)
    again = stood_for(now - before, now, before)
    lost, new = sorted(before - now - remade), sorted(now - before - again)
    if remade:
        yield f"{len(remade)} ids are made anew by each run, such as {min(remade)}"
    if before and (lost or new):
        named = "".join(
            f"; {what} {', '.join(ids[:_NAMED])}{', …' if len(ids) > _NAMED else ''}"
            for what, ids in (("missing:", lost), ("new:", new))
            if ids
        )
        yield f"{len(lost)} ids of the first run are missing, {len(new)} are new{named}"


def _chosen(desk: Desk, args: RunTests) -> _Chosen:
    if args.tests:
        return _Chosen(args.tests, "the tests that you named")
    if args.which == "all":
        return _Chosen(None, "all tests")
    return _impacted(desk) if args.which == "impacted" else _to_mend(desk)


def _to_mend(desk: Desk) -> _Chosen:
    own = [SCRATCH] if desk.is_scratch(SCRATCH) and desk.exists(SCRATCH) else []
    left = [
        p for p in desk.files.paths if OWN.search(f"{p}::") and not any(f.startswith(f"{p}::") for f in desk.failing)
    ]
    note = (
        f"not run: {', '.join(left[:_NAMED])}, which fixbot wrote from the issue and which proves nothing; name it to run it"
        if left
        else ""
    )
    if desk.failing:
        written = sum(bool(OWN.search(test)) for test in desk.failing)
        of = ", written by fixbot from the issue" if written == len(desk.failing) else ""
        return _Chosen((*own, *desk.failing), f"the {'test' if len(desk.failing) == 1 else 'tests'} to mend{of}", note)
    if own:
        none = "no test of the project shows what is wrong, so only your scratch test was run"
        return _Chosen(tuple(own), "your scratch test", f"{none}; {note}" if note else none)
    return _Chosen(None, "all tests", "no test shows what is wrong, and there is no scratch test: all were run")


def _impacted(desk: Desk) -> _Chosen:
    if not desk.changed:
        raise Refused("no file was changed yet: no test can be affected")
    found = tuple(dict.fromkeys([*desk.failing, *impacted(desk)]))
    name = "the tests that your changes can affect"
    if not found:
        raise Refused("no test is known to see your changes; 'which': 'all' runs the whole suite")
    if len(found) <= _MOST_IDS:
        return _Chosen(found, name)
    seconds = sum(o.seconds for o in desk.equipment.ran)
    if 0.0 < seconds <= _QUICK:
        return _Chosen(
            None,
            "all tests",
            f"all tests were run in place of the {len(found)} that may see your changes: at the start they took {seconds:.0f} s",
        )
    order = "those to mend, those that ran the changed lines (lines that few tests run count most), or else the functions around them, or else the files, those that the graph leads to"
    return _Chosen(
        found[:_MOST_IDS],
        f"the first {_MOST_IDS} of {name}",
        f"{_MOST_IDS} of {len(found)} tests that may see your changes were run, in this order: {order}; 'which': 'all' runs the others too",
    )
