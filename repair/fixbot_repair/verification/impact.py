"""Which tests can see an edit: those whose traced lines lie in what was edited."""

from collections.abc import Iterable, Mapping

from fixbot_repair.checks import Feedback


class Impact:
    """What the baseline's traces say about who runs what; tests without a trace are taken to see everything."""

    def __init__(self, baseline: Feedback) -> None:
        self._passing = baseline.passing
        self._lines: dict[str, Mapping[str, frozenset[int]]] = {
            o.test: {path: frozenset(lines) for path, lines in o.lines} for o in baseline.outcomes if o.ok
        }

    def tests(self, units: Iterable[tuple[str, int, int]]) -> tuple[str, ...]:
        """Passing tests that a change of `units` (path, first, last line) may break, those first that ran these lines.

        A unit that is not inside a function, which says so by a last line of 0, is seen by every test: what runs on import
        is in no test's trace.
        """
        places = list(units)
        seeing = [t for t in self._passing if any(not last or self._sees(t, path) for path, _, last in places)]
        near = [t for t in seeing if any(self._ran(t, *place) for place in places)]
        return tuple(dict.fromkeys([*near, *seeing]))

    def _sees(self, test: str, path: str) -> bool:
        traced = self._lines.get(test, {})
        return not traced or path in traced

    def _ran(self, test: str, path: str, first: int, last: int) -> bool:
        return any(first <= line <= last for line in self._lines.get(test, {}).get(path, ()))
