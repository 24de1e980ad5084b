"""What a failing test asks about: the names that the line depends on at which it failed, sliced backward through the lines it ran."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.errors import SourceError
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import TestOutcome
from fixbot_repair.localisation.outline import Outline, Statement, of_source
from fixbot_repair.localisation.reading import Call, Reading, read
from fixbot_repair.localisation.wording import names

_FADE = 0.85  # what a step back is worth
_ASIDE = 0.2  # what the test ran and the failing line does not depend on
_MOST = 150  # statements of one test
EXAMPLE = "<issue>"  # the file of an example's lines, in frames


@dataclass(frozen=True, slots=True)
class Asked:
    """Names (attributes with a dot before them) by how closely the failing line depends on them, 0..1; all calls of the test's lines."""

    names: Mapping[str, float]
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A statement that the test ran, in a test file."""

    path: str
    line: int
    within: str
    kind: str
    reading: Reading


class TestFiles:
    """What the tests' own lines say; each file is read once, each statement parsed once. Silent where `source` is None.

    Of a test that was made from an example the example is what it asks, and nothing of what runs it.
    """

    __test__ = False

    def __init__(self, source: Callable[[str], bytes | None] | None) -> None:
        self._source = source
        self._outlines: dict[str, Outline | None] = {}
        self._steps: dict[tuple[str, int], Step] = {}

    def asked(self, outcome: TestOutcome) -> Asked:
        """Effect: asks for files. What the line at which `outcome` failed depends on."""
        return sliced(outcome, self._ran(outcome))

    def names(self, outcome: TestOutcome) -> frozenset[str]:
        """Effect: asks for files. Names on the lines that `outcome` ran in test files, or in its example."""
        if outcome.example:
            return names(outcome.example)
        return frozenset().union(*(self._of_run(path, lines) for path, lines in outcome.lines if is_test(path)))

    def _of_run(self, path: str, lines: tuple[int, ...]) -> frozenset[str]:
        outline = self._outline(path)
        text = outline.lines if outline else ()
        return names("\n".join(text[n - 1] for n in lines if n <= len(text)))

    def _outline(self, path: str) -> Outline | None:
        if path not in self._outlines:
            data = self._source(path) if self._source else None
            try:
                self._outlines[path] = of_source(data) if data is not None else None
            except SourceError:
                self._outlines[path] = None
        return self._outlines[path]

    def _ran(self, outcome: TestOutcome) -> list[Step]:
        """The statements that `outcome` ran in test files, file by file, in the order of the lines; of an example all."""
        if outcome.example:
            program = of_source(outcome.example.encode("utf-8", "replace"))
            return [self._step(program, EXAMPLE, s) for s in program.statements][:_MOST]
        found: dict[tuple[str, int], Step] = {}
        for path, numbers in outcome.lines:
            outline = self._outline(path) if is_test(path) else None
            for number in numbers if outline else ():
                if outline and (statement := outline.statement(number)) is not None:
                    found.setdefault((path, statement.line), self._step(outline, path, statement))
        return list(found.values())[:_MOST]

    def _step(self, outline: Outline, path: str, statement: Statement) -> Step:
        at = (path, statement.line)
        if path == EXAMPLE or (known := self._steps.get(at)) is None:
            reading = read(outline.text(statement), statement.kind)
            known = self._steps[at] = Step(path, statement.line, statement.within, statement.kind, reading)
        return known


def sliced(outcome: TestOutcome, steps: Sequence[Step]) -> Asked:
    """Slice from the last frame that is one of `steps`, else from the last step, back over what it reads."""
    if not steps:
        return Asked({})
    at = {(s.path, s.line): n for n, s in enumerate(steps)}
    lines = [n for path, line, _ in outcome.frames if (n := _holding(at, steps, path, line)) is not None]
    start = steps[lines[-1]] if lines else steps[-1]
    worths = dict.fromkeys(start.reading.reads, 1.0)
    before = [s for s in steps if s is not start and s.kind not in ("import", "class")]
    here = [s for s in before if (s.path, s.within) == (start.path, start.within)]
    apart = [s for s in before if (s.path, s.within) != (start.path, start.within)]
    if start.kind == "with":  # what stands below a header at which the test failed stands in its block
        worths |= dict.fromkeys((n for s in here if s.line > start.line for n in s.reading.reads), 1.0)
    for step in (*reversed(here), *apart):
        worth = max((worths[w] for w in _writes(step) if w in worths), default=0.0) * _FADE
        for name in step.reading.reads:
            worths[name] = max(worths.get(name, 0.0), worth, _ASIDE)
    return Asked(worths, tuple(c for s in steps for c in s.reading.calls))


def _holding(at: Mapping[tuple[str, int], int], steps: Sequence[Step], path: str, line: int) -> int | None:
    if (known := at.get((path, line))) is not None:
        return known
    above = [n for n, s in enumerate(steps) if s.path == path and s.line <= line]
    return max(above, key=lambda n: steps[n].line, default=None)


def _writes(step: Step) -> Iterable[str]:
    """A fixture gives what it is called; other statements what they write."""
    yield from step.reading.writes
    if step.kind == "return":
        yield step.within.rpartition(".")[2]
