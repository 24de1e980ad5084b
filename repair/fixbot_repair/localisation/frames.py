"""Suspicion from tracebacks: the frames of the project, the innermost most of all."""

from collections.abc import Callable, Iterable

from fixbot_repair.checks import TestOutcome
from fixbot_repair.issue import Issue

Line = tuple[str, int]
_FADE = 0.7  # what a frame is worth against the one that it called
_MOST = 12  # frames of one traceback
_PASSED_ON = 0.25  # what a frame is worth that only passes an exception on
Passed = Callable[[list[Line]], frozenset[int]]


def from_outcomes(
    outcomes: Iterable[TestOutcome], failing: Iterable[str], counts: Callable[[str], bool], passed: Passed
) -> tuple[dict[Line, float], dict[Line, float]]:
    """Lines in the tracebacks of the `failing` tests, and those that are innermost; both 0..1, the mean over those tests.

    `counts` says which paths may be at fault, `passed` which frames of a traceback (their indices) only pass an exception on: these are
    worth little, and never innermost.
    """
    asked = frozenset(failing)
    found, innermost = dict[Line, float](), dict[Line, float]()
    failed = [o for o in outcomes if o.test in asked]
    for outcome in failed:
        places = [(path, line) for path, line, _ in outcome.frames if counts(path)]
        own: dict[Line, float] = {}
        places = _add(own, places, passed)
        for place, worth in own.items():
            found[place] = found.get(place, 0.0) + worth / len(failed)
        for place in places[-1:]:
            innermost[place] = innermost.get(place, 0.0) + 1 / len(failed)
    return found, innermost


def from_issue(issue: Issue, known: Iterable[str], counts: Callable[[str], bool], passed: Passed) -> dict[Line, float]:
    """Lines in the tracebacks that an issue quotes, its paths matched to the `known` ones by their longest common end."""
    paths = [p for p in known if counts(p)]
    places = [(match_path(frame.file, paths), frame.line) for frame in issue.frames]
    found: dict[Line, float] = {}
    _add(found, [place for place in places if place[0]], passed)
    return found


def _add(found: dict[Line, float], places: list[Line], passed: Passed) -> list[Line]:
    """Effect: reads files. Adds what `places` are worth to `found`; those that do not only pass an exception on."""
    again = passed(places)
    for n in again:
        found[places[n]] = max(found.get(places[n], 0.0), _PASSED_ON)
    places = [place for n, place in enumerate(places) if n not in again]
    worth = 1.0
    # Recursion repeats a line; its last visit counts.
    for place in list(dict.fromkeys(reversed(places)))[:_MOST]:
        found[place] = max(found.get(place, 0.0), worth)
        worth *= _FADE
    return places


def match_path(written: str, known: Iterable[str]) -> str:
    """The one of `known` whose end agrees with most of the path as `written`; "" when none or no single one does."""
    parts = written.replace("\\", "/").split("/")
    best: list[str] = []
    longest = 0
    for path in known:
        own = path.split("/")
        common = next(
            (i for i in range(min(len(own), len(parts))) if own[-1 - i] != parts[-1 - i]), min(len(own), len(parts))
        )
        if common > longest:
            best, longest = [path], common
        elif common == longest and common:
            best.append(path)
    return best[0] if len(best) == 1 else ""
