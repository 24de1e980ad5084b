"""How outcomes of tests read: counts that add up, each failure once, those that share a cause together."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches

from fixbot_agent.tools.desk import SCRATCH, Desk
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.outcome import Refused, clip
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.command import UNPRINTED
from fixbot_repair.checks.tally import ABSENT

_LISTED = 20  # failures named in a line each
_DETAILED = 3  # failures told in full
_DETAIL = 2500  # characters of one
_MESSAGE = 1500
_SHORT = 200  # characters of a message in a line
_FRAMES = 6  # the innermost, of one traceback
_PRINTED = 3000  # characters of what one test printed
_LEAST = 250  # of it that is shown of each of several
_NEAR = 3  # ids like one that is not there
_WORDS = {
    TestStatus.ERROR: "with an error",
    TestStatus.TIMEOUT: "did not end",
    TestStatus.XFAILED: "failed as expected",
    TestStatus.XPASSED: "passed though expected to fail",
}
_STRICT = re.compile(r"^\[XPASS\(strict\)\] ?")
OWN = re.compile(r"(?:^|/)(?:test_fixbot_issue_[0-9a-f]{8}|fixbot_acceptance_test)\.py::")


def told(
    feedback: Feedback, known: Collection[str] = (), desk: Desk | None = None, name: str = "", old: Collection[str] = ()
) -> str:
    """How tests ended, in words: counts, what is not there, each failure by name, the first ones in full.

    `name` says which tests they are. Those that are not `known` to fail come first; a traceback that several tests share is told once. Of
    `old` ones, which failed at the start and are not to be mended, only their number is told where they fail still.
    """
    absent = [o for o in feedback.outcomes if o.message in (ABSENT, UNPRINTED)]
    ran = _tests(feedback.outcomes)
    bad = {o.test for o in ran}.intersection(feedback.failing)
    failing = sorted((o for o in ran if o.test in bad and o.test not in old), key=lambda o: o.test in known)
    still = len(bad.intersection(old))
    head = [f"{name}: {counted(ran)}" if name else counted(ran)] if ran or not absent else []
    notes = [*_notes(feedback.problems, desk), *(_not_found(o.test, desk) for o in absent[:_LISTED])]
    notes += [f"{still} of those that fail failed at the start, too, and are not to be mended"] if still else []
    return "\n".join([*head, *notes, *_failures(failing, desk, known)])


def scratch(outcomes: Sequence[TestOutcome], desk: Desk) -> str:
    """What the model's own tests did: failures first, those at one place together, then what passed ones printed."""
    ran = _tests(outcomes)
    failing = [o for o in ran if not o.ok and o.status is not TestStatus.SKIPPED]
    rows = [f"{SCRATCH}: {counted(ran)}"]
    groups = _together(failing, lambda o: (_function(o.test), o.frames[-1:], o.status, _raised(o)))
    for group in groups[:_LISTED]:
        rows += _folded(group, desk)
    if len(groups) > _LISTED:
        rows.append(f"… and {sum(map(len, groups[_LISTED:]))} more that fail otherwise")
    printing = [o for o in ran if o not in failing and o.output]
    share = max(_PRINTED // max(len(printing[:_LISTED]), 1), _LEAST)
    for outcome in printing[:_LISTED]:
        rows.append(f"{_name(outcome)}: {outcome.status}\n{_tail(outcome, share)}")
    if len(printing) > _LISTED:
        rows.append(f"… and {len(printing) - _LISTED} more that passed and printed something; run them by name")
    return "\n".join(rows)


def _tail(outcome: TestOutcome, most: int) -> str:
    """The last whole lines, of `most` characters, of what a passing test printed; what is cut is said, and how to see it."""
    printed = outcome.output.rstrip("\n")
    if len(printed) <= most:
        return printed
    kept = printed[-most:]
    kept = kept.partition("\n")[2] or kept
    lines = printed.count("\n") + 1
    alone = f"run {outcome.test} alone" if most < _PRINTED else "print less"
    return f"… cut: {len(printed) - len(kept)} of the {len(printed)} characters ({lines} lines) that it printed; {alone} to see more …\n{kept}"


def counted(outcomes: Iterable[TestOutcome]) -> str:
    """How many ended how: "12 passed, 1 failed, 3 skipped"; passed and failed are always told."""
    count = Counter(o.status for o in outcomes)
    first = (TestStatus.PASSED, TestStatus.FAILED)
    rest = [s for s in TestStatus if s not in first and count[s]]
    return ", ".join(f"{count[s]} {_WORDS.get(s, str(s))}" for s in (*first, *rest))


def _tests(outcomes: Iterable[TestOutcome]) -> list[TestOutcome]:
    """Those that are of tests: that a whole file can be collected is none, nor is what is not there."""
    return [o for o in outcomes if ("::" in o.test or not o.ok) and o.message not in (ABSENT, UNPRINTED)]


def _notes(problems: Sequence[str], desk: Desk | None) -> Iterator[str]:
    """What is to be known of the run and was not told before."""
    for problem in problems[:5]:
        if desk is None or problem not in desk.told:
            yield f"note: {clip(problem, 500)}"
        if desk is not None:
            desk.told.add(problem)


def _not_found(test: str, desk: Desk | None) -> str:
    known = [o.test for o in desk.equipment.ran] if desk is not None else []
    name = test.rpartition("::")[2]
    near = [t for t in known if t.rpartition("::")[2].partition("[")[0] == name.partition("[")[0]]
    near = near or get_close_matches(test, known, _NEAR, 0.7)
    return f"not found: {test}; did you mean {', '.join(near[:_NEAR])}?" if near else f"not found: {test}"


def _failures(failing: Sequence[TestOutcome], desk: Desk | None, known: Collection[str]) -> Iterator[str]:
    """Names first, then the first causes in full; what is told in full is not told in short."""
    groups = _together(failing, lambda o: (o.frames[-1:] or o.test, o.message))
    full = {o.test for group in groups[:_DETAILED] for o in group}
    if len(failing) > 1:
        for outcome in failing[:_LISTED]:
            short = "" if outcome.test in full else f": {clip(' '.join(_message(outcome).split()), _SHORT)}"
            yield f"{_labelled(outcome, known)}{short}"
    if len(failing) > _LISTED:
        yield f"… and {len(failing) - _LISTED} more that fail"
    for group in groups[:_DETAILED]:
        others = len(group) - 1
        same = f" (+ same error in {others} other{'s' if others > 1 else ''})" if others else ""
        head = _labelled(group[0], known) if len(failing) == 1 else group[0].test
        yield f"\n--- {head}{same}\n{_reason(group[0], desk)}"


def _labelled(outcome: TestOutcome, known: Collection[str]) -> str:
    new = " (did not fail at the start)" if known and outcome.test not in known else ""
    own = " (the test that fixbot wrote from the issue, it may be wrong)" if OWN.search(outcome.test) else ""
    return f"{outcome.test}: {outcome.status if outcome.collected else 'cannot be collected'}{new}{own}"


def _folded(group: Sequence[TestOutcome], desk: Desk) -> Iterator[str]:
    """Failures at one place: the first in full, of the others what they say where it is something else."""
    first, *others = group
    if not others:
        yield f"{_name(first)}: {first.status}\n{_reason(first, desk)}"
        return
    names = ", ".join(cut(_parameters(o), 60) for o in group[:_LISTED])
    more = f" and {len(group) - _LISTED} more" if len(group) > _LISTED else ""
    yield f"{len(group)} × {_function(first.test).rpartition('::')[2]} {first.status}: {names}{more}\n{_reason(first, desk)}"
    said = {o.message: o for o in others if o.message != first.message}
    for outcome in list(said.values())[:_DETAILED]:
        yield f"{_parameters(outcome)}: {clip(' '.join(_message(outcome).split()), _SHORT)}"


def _together(outcomes: Iterable[TestOutcome], key: Callable[[TestOutcome], object]) -> list[list[TestOutcome]]:
    groups: dict[object, list[TestOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    return list(groups.values())


def _function(test: str) -> str:
    return test.partition("[")[0]


def _parameters(outcome: TestOutcome) -> str:
    return outcome.test.partition("[")[2].removesuffix("]") or _name(outcome)


def _name(outcome: TestOutcome) -> str:
    return outcome.test.partition("::")[2] or outcome.test


def _raised(outcome: TestOutcome) -> str:
    return outcome.message.partition(":")[0]


def _message(outcome: TestOutcome) -> str:
    """What it says; of a test that passes against all expectation, that."""
    return _STRICT.sub("was expected to fail, passes now: ", outcome.message).removesuffix(": ")


def _reason(outcome: TestOutcome, desk: Desk | None) -> str:
    """The assertion or error, the innermost lines of the project that led to it, and what was printed."""
    frames = list(_frames(outcome, desk)) if desk is not None else []
    strict = _STRICT.match(outcome.message or outcome.detail)
    said = _STRICT.sub("was expected to fail, passes now: ", outcome.message or outcome.detail) if strict else ""
    detail = outcome.detail if outcome.collected else outcome.message  # else it is of the runner's own inside
    whole = clip(said or detail or outcome.message or outcome.detail, _DETAIL)
    parts = [clip(_message(outcome), _MESSAGE), *frames] if frames else [whole]
    return "\n".join([*parts, *([clip(outcome.output, _PRINTED)] if outcome.output else [])])


def _frames(outcome: TestOutcome, desk: Desk) -> Iterator[str]:
    for path, line, function in outcome.frames[-_FRAMES:]:
        try:
            text = cut(desk.document(path).line_text(line - 1).strip())
        except Refused:
            text = "(not shown)"
        yield f"  {path}:{line}{f' in {function}' if function else ''}: {text}"
