"""Which tests can see an edit, and in which order they are asked: those first that told most, soonest."""

from collections import Counter
from collections.abc import Iterable, Mapping

from fixbot_repair.checks import Feedback, TestStatus
from fixbot_repair.verification.units import Place

_UNKNOWN = 1.0  # seconds that a test is taken to need which did not end before


class Impact:
    """What the baseline's traces say about who runs what; tests without a trace are taken to see everything.

    What :meth:`told` learns is shared by all workers.
    """

    def __init__(self, baseline: Feedback) -> None:
        self._passing = baseline.passing
        self._lines: dict[str, Mapping[str, frozenset[int]]] = {
            o.test: {path: frozenset(lines) for path, lines in o.lines} for o in baseline.outcomes if o.ok
        }
        self._seconds = {o.test: o.seconds for o in baseline.outcomes if o.status is not TestStatus.TIMEOUT}
        self._known: dict[tuple[Place, ...], tuple[list[str], list[str]]] = {}
        self._left: set[str] = set()
        self._told: Counter[str] = Counter()
        self._told_here: Counter[tuple[str, int, str]] = Counter()

    def tests(self, places: Iterable[Place], *, loaded: bool = False) -> tuple[str, ...]:
        """Passing tests that a change of `places` may break, the likeliest to tell first.

        With `loaded` nothing is imported anew: only who runs the lines of a place can see it. Without, whoever runs anything
        of its file may, as what runs on import is in no test's trace; those that run its lines come first.
        """
        wanted = tuple(places)
        if wanted not in self._known:
            near = [t for t in self._passing if any(self._runs(t, place) for place in wanted)]
            far = [t for t in self._passing if any(self._sees(t, place) for place in wanted)]
            nearer = frozenset(near)
            self._known[wanted] = near, [t for t in far if t not in nearer]
        near, far = self._known[wanted]
        return (*self._ordered(near, wanted), *(() if loaded else self._ordered(far, wanted)))

    def leave(self, test: str) -> None:
        """From now on, ask `test` of no candidate."""
        self._left.add(test)

    def told(self, test: str, places: Iterable[Place]) -> None:
        """Learn that `test` failed for a change of `places`."""
        self._told[test] += 1
        self._told_here.update((p.path, p.function, test) for p in places)

    def _ordered(self, tests: list[str], places: tuple[Place, ...]) -> tuple[str, ...]:
        here = [(p.path, p.function) for p in places]
        order = {
            t: (-sum(self._told_here[path, function, t] for path, function in here), -self._told[t], self._needs(t))
            for t in tests
            if t not in self._left
        }
        return tuple(sorted(order, key=order.__getitem__))

    def _needs(self, test: str) -> float:
        return self._seconds.get(test, _UNKNOWN)

    def _sees(self, test: str, place: Place) -> bool:
        traced = self._lines.get(test, {})
        return not place.last or not traced or place.path in traced

    def _runs(self, test: str, place: Place) -> bool:
        traced = self._lines.get(test, {})
        if not place.last or not traced:
            return True
        return any(place.first <= line <= place.last for line in traced.get(place.path, ()))
