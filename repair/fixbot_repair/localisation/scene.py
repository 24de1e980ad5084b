"""All that is known of a failure, brought together by file and line before any signal is read from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import Feedback, TestOutcome
from fixbot_repair.issue import Issue
from fixbot_repair.localisation.contrast import contrast
from fixbot_repair.localisation.frames import from_issue, from_outcomes
from fixbot_repair.localisation.imported import holders
from fixbot_repair.localisation.oracle import Asked, TestFiles
from fixbot_repair.localisation.outline import Outline, Statement, of_facts, of_source
from fixbot_repair.localisation.passing import Passing
from fixbot_repair.localisation.past import Past
from fixbot_repair.localisation.past import asked as asked_past
from fixbot_repair.localisation.spectrum import Count, Line, Spectrum, count, ochiai

Facts = Callable[[str], FileFacts | None]
Source = Callable[[str], bytes | None]
Key = tuple[str, str]  # path, qualified name
NOTHING = Count(0, 0, 0.0, 0.0)
_MOST_ASKED = 20  # failing tests whose own words and calls are read: those that run least


@dataclass(slots=True)
class Scene:
    """One failure. `outlines` are the files that anything points at; `asked` the failing tests that say most."""

    spectrum: Spectrum
    outlines: dict[str, Outline]
    frames: Mapping[Line, float]
    innermost: Mapping[Line, float]
    issue_frames: Mapping[Line, float]
    mentioned: Mapping[Line, float]
    past: Past
    asked: tuple[TestOutcome, ...]
    called: tuple[frozenset[str], ...]  # names on the lines that each of `asked` runs in test files
    asks: tuple[Asked, ...] = ()  # what each of `asked` depends on where it failed
    contrast: Mapping[Line, float] = field(default_factory=dict)
    passed_on: frozenset[Line] = frozenset()  # lines of tracebacks that only pass on what another one raised
    _busiest: dict[str, Count] = field(default_factory=dict)

    def of(self, path: str, statement: Statement) -> Count:
        """The counts of a statement: those of its busiest line.

        What runs while its module is loaded is traced in the test that happens to load it first: it counts as run by all that run anything
        of the file.
        """
        own = [c for n in range(statement.line, statement.end_line + 1) if (c := self.spectrum.counts.get((path, n)))]
        found = max(own, key=lambda c: (c.failed, -c.passed), default=NOTHING)
        if found.failed and self.outlines[path].is_loaded(statement):
            busiest = self._of_file(path)
            return replace(found, passed=max(found.passed, busiest.passed), near=max(found.near, busiest.near))
        return found

    def _of_file(self, path: str) -> Count:
        """The counts of the line of a file that most passing tests run."""
        if not self._busiest:
            for (place, _), counted in self.spectrum.counts.items():
                if counted.passed >= self._busiest.get(place, NOTHING).passed:
                    self._busiest[place] = counted
        return self._busiest.get(path, NOTHING)

    def at(self, node: Line) -> Count:
        """The counts of the statement that begins on a line."""
        statement = self.outlines[node[0]].statement(node[1])
        return self.of(node[0], statement) if statement else NOTHING

    def suspicion(self, counted: Count) -> float:
        """Ochiai."""
        return ochiai(counted.failed, counted.passed, self.spectrum.failing)

    def weighed(self, counted: Count) -> float:
        """Ochiai of the weighed counts."""
        return ochiai(counted.weighed, counted.near, self.spectrum.failing)


def best(marks: Mapping[Line, float], path: str, statement: Statement) -> float:
    """The highest mark on the lines of a statement."""
    return max((marks.get((path, n), 0.0) for n in range(statement.line, statement.end_line + 1)), default=0.0)


def may_be_at_fault(path: str) -> bool:
    """Whether a fault in the file `path` is looked for: a test is never a suspect."""
    return path.endswith(".py") and not is_test(path)


def gather(
    feedback: Feedback,
    failing: Sequence[str],
    facts: Facts,
    source: Source | None,
    issue: Issue | None,
    paths: Iterable[str],
    mentioned: Mapping[Line, float] | None,
    past: Past | Mapping[str, float] | None,
) -> Scene:
    """Count, read and outline what `failing` and `issue` point at."""
    may = _remembered(may_be_at_fault)
    spectrum = count(feedback.outcomes, failing, may)
    passing = Passing(lambda path: _text(path, source))
    frames, innermost = from_outcomes(feedback.outcomes, failing, may, passing.of)
    issue_frames = from_issue(issue, paths, may, passing.of) if issue else {}
    words = {line: score for line, score in (mentioned or {}).items() if may(line[0])}
    ran: dict[str, list[int]] = {}
    for path, line in (*spectrum.counts, *frames, *issue_frames, *words):
        ran.setdefault(path, []).append(line)
    outlines = {path: _outline(path, facts, source, lines) for path, lines in ran.items()}
    outlines |= holders(outlines, lambda path: _parsed(path, source) if may(path) else None)
    asked = _asked(feedback, failing)
    reader = TestFiles(source)
    return Scene(
        spectrum,
        outlines,
        frames,
        innermost,
        issue_frames,
        words,
        asked_past(past),
        asked,
        tuple(reader.names(outcome) for outcome in asked),
        tuple(reader.asked(outcome) for outcome in asked),
        contrast(asked, (o for o in feedback.outcomes if o.ok and o.test not in set(failing)), may),
        frozenset(passing.lines),
    )


def _remembered(test: Callable[[str], bool]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def ask(path: str) -> bool:
        if path not in known:
            known[path] = test(path)
        return known[path]

    return ask


def _outline(path: str, facts: Facts, source: Source | None, ran: Iterable[int]) -> Outline:
    parsed = _parsed(path, source)
    if parsed is not None:
        return parsed
    known = facts(path)
    return of_facts(known, ran) if known else Outline({}, tuple(Statement(n, n, "", "") for n in sorted(set(ran))))


def _text(path: str, source: Source | None) -> str:
    data = source(path) if source else None
    return data.decode("utf-8", "replace") if data is not None else ""


def _parsed(path: str, source: Source | None) -> Outline | None:
    data = source(path) if source else None
    try:
        return of_source(data) if data is not None else None
    except FixbotError:
        return None  # too deep or too large to be parsed: its symbols may still be known


def _asked(feedback: Feedback, failing: Sequence[str]) -> tuple[TestOutcome, ...]:
    wanted = frozenset(failing)
    found = [o for o in feedback.outcomes if o.test in wanted]
    return tuple(sorted(found, key=lambda o: sum(len(lines) for _, lines in o.lines))[:_MOST_ASKED])
