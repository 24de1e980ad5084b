"""The case: what is wrong, proven at base, and what a patch will be held against."""

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from fixbot_agent.errors import BudgetSpent
from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.proving import awaited as waits
from fixbot_agent.solving.proving import tying
from fixbot_agent.solving.proving.lacking import Lacking
from fixbot_agent.solving.proving.nearest import are_many, nearest
from fixbot_agent.solving.proving.pointing import Clues, Line, proneness, source
from fixbot_agent.solving.proving.steadying import steady
from fixbot_agent.solving.proving.unbuilt import Project
from fixbot_agent.solving.reproducing.reproduction import Reproduction, is_variant, oracle
from fixbot_agent.solving.reproducing.unchecked import unchecked
from fixbot_agent.solving.reproducing.writing import written
from fixbot_analysis.errors import SourceError
from fixbot_analysis.symbols import FileFacts
from fixbot_repair import confined
from fixbot_repair.baseline import baseline
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.git import Repository
from fixbot_repair.issue import Issue, Oracle
from fixbot_repair.issue_rules import rules
from fixbot_repair.localisation import Localisation, localise

_QUESTION = "Which call shows the problem, what does it give, and what should it give instead?"
_TRACEBACK = "Which statements lead to this traceback, and what should they give instead?"
_FIRST_SHARE = 0.35  # of the time, for the first run of all tests; the last word may take as long


@dataclass(frozen=True, slots=True)
class Case:
    """What was found out before anything is tried. `failing` are the tests to mend; empty when nothing is proven.

    `labels` say in words what the tests check that were made from the issue.
    """

    issue: Issue | None
    feedback: Feedback
    failing: tuple[str, ...] = ()
    oracle: Oracle = Oracle.NONE
    mentioned: Mapping[Line, float] = field(default_factory=dict)
    suspects: Localisation = field(default_factory=Localisation)
    warnings: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""  # what the issue leaves open about the call that it shows, or what the failing tests lack
    goal: str = (
        ""  # what the issue's own tests demand, in short: the example, what should come, what came, firm or a guess
    )
    attempted: str = ""  # likewise of those tests that fail, and do not show what the issue tells
    awaited: tuple[waits.Awaited, ...] = ()  # expected failures of the project that speak of the issue

    def named(self, tests: Iterable[str]) -> tuple[str, ...]:
        """`tests` as people know them: what the issue shows by what it says, the project's tests by their ids."""
        return tuple(self.labels.get(test, test) for test in tests)

    @property
    def held(self) -> tuple[str, ...]:
        """Ids of the tests that the verifier asks first: those to mend; else those that passed, which must go on doing so.

        One that was expected to fail did not pass: it may fail for ever.
        """
        return self.failing or tuple(o.test for o in self.feedback.outcomes if o.status is TestStatus.PASSED)

    @property
    def outcomes(self) -> tuple[TestOutcome, ...]:
        """How the tests to mend failed."""
        wanted = set(self.failing)
        return tuple(o for o in self.feedback.outcomes if o.test in wanted)

    @property
    def question(self) -> str:
        """The one question whose answer would make the issue checkable."""
        return self.asked or (_TRACEBACK if self.issue and self.issue.frames else _QUESTION)


def examine(
    ground: Ground,
    issue: Issue | None,
    reproduction: Reproduction | None,
    found: Clues,
    seconds: float = math.inf,
    only: Collection[str] = (),
) -> Case:
    """Effect: run all tests once, traced, in a share of `seconds`, and decide what a patch is held against.

    In this order: a reproduction of the issue that fails for the issue's reason; failing tests that the issue names; those
    that run what it points at by name; beside them expected failures of the project for the issue's reason. Without an issue: all failing tests, of `only` where that names some. Raises EnvironmentFailure when no test can be run and the failing tests are all there is to go by.
    """
    files = tuple(dict.fromkeys(test.partition("::")[0] for test in only))
    near = partial(tuple, files) if only else partial(nearest, ground, issue, found.suspects.suspects)
    until = time.monotonic() + _FIRST_SHARE * seconds
    ahead = (issue is not None or bool(only)) and are_many(ground)
    feedback = baseline(ground.tests, near=near, ahead=ahead, until=until)
    if feedback.unrun and not feedback.outcomes:
        raise BudgetSpent("the time for the tests' first run is over", "give more with --timeout")
    lacking = Lacking.of(feedback, Project.of(ground.workspace))
    _check_ran(feedback, lacking, needed=issue is None)
    beyond = {o.test for o in lacking.outcomes}
    mendable = tuple(t for t in feedback.failing if t not in beyond and (not only or t in only))
    said = (*lacking.said(ground.environment.python), *_unrun(feedback))
    if issue is None:
        held = Oracle.FAILING_TESTS if mendable else Oracle.NONE
        question = lacking.question(ground.environment.python)
        return Case(None, feedback, mendable, held, warnings=said, asked="" if mendable else question)
    again = partial(steady, ground.tests, seconds=seconds)
    failing, held, warnings = _held(ground, issue, reproduction, _of_built(feedback, lacking), mendable, again)
    labels = _labels(reproduction, feedback, issue, failing) if reproduction else {}
    expected = waits.awaited(issue, feedback, partial(source, ground), labels)
    rest = unchecked(reproduction, feedback, failing) if reproduction else ()
    shown = reproduction.shown(feedback, issue, failing) if reproduction else ""
    goal = "\n\n".join(filter(None, [shown, waits.shown(expected), "\n".join(rest)]))
    failing, held = waits.added(failing, held, expected)
    asked = _unbuilt(ground, reproduction, feedback, lacking)
    asked = asked or (reproduction.question(feedback) if reproduction else "") or _differs(issue, feedback)
    attempted = reproduction.attempted(feedback, failing) if reproduction else ""
    feedback = _without_attempts(feedback, reproduction, failing)
    return Case(
        issue, feedback, failing, held, found.mentioned, found.suspects, (*said, *warnings, *rest), labels, asked, goal,
        attempted, expected,
    )  # fmt: skip


def _labels(made: Reproduction, feedback: Feedback, issue: Issue, failing: Sequence[str]) -> dict[str, str]:
    """What the tests of a reproduction check, in words; of what is held against a patch also why it is a guess, where it is one."""
    why = {o.test: made.guess(o, issue) if o.test in failing else "" for o in made.outcomes(feedback)}
    return {test: f"{made.label(test)} (a guess: {said})" if said else made.label(test) for test, said in why.items()}


def _of_built(feedback: Feedback, lacking: Lacking) -> Feedback:
    """`feedback` without the tests that want for a build of the project: they show nothing of an issue."""
    unbuilt = {o.test for _, o in lacking.unbuilt}
    return replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o.test not in unbuilt))


def _unbuilt(ground: Ground, reproduction: Reproduction | None, feedback: Feedback, lacking: Lacking) -> str:
    """The question about a project that was never built, where that keeps the issue or every test from being looked at."""
    ours = {o.test for o in reproduction.outcomes(feedback)} if reproduction else set()
    stops = not feedback.passing or any(o.test in ours for _, o in lacking.unbuilt)
    return lacking.question(ground.environment.python) if lacking.unbuilt and stops else ""


def _unrun(feedback: Feedback) -> tuple[str, ...]:
    if not feedback.unrun:
        return ()
    ran = len(feedback.outcomes)
    rest = "at least one" if feedback.unrun == 1 else str(feedback.unrun)
    said = f"there was no time for the whole suite: {ran} tests ran, {rest} did not, and say nothing of a patch"
    return (f"{said}; run them before you take it, or give more with --timeout",)


def _without_attempts(feedback: Feedback, reproduction: Reproduction | None, failing: Sequence[str]) -> Feedback:
    """`feedback` without the tests of the reproduction that fail and prove nothing: what they run is not suspect for it.
    Of the variants of the project's tests only those that prove something stay. What is left says which example it runs.
    """
    made = {o.test for o in reproduction.outcomes(feedback)} if reproduction else set()
    programs = reproduction.programs(feedback) if reproduction else {}
    kept = (
        replace(o, example=programs.get(o.test, ""))
        for o in feedback.outcomes
        if o.test not in made or o.test in failing or (o.ok and not is_variant(o.test))
    )
    return replace(feedback, outcomes=tuple(kept))


def _check_ran(feedback: Feedback, lacking: Lacking, needed: bool) -> None:
    """Raise EnvironmentFailure when no test was run and that is not the project's own fault."""
    hint = "run the tests by hand once; --python names the interpreter that has what they need"
    if not feedback.outcomes and (needed or feedback.problems):
        raise EnvironmentFailure(f"the tests cannot be run: {'; '.join(feedback.problems) or 'none were found'}", hint)
    hopeless = lacking.outcomes
    if feedback.outcomes and len(hopeless) == len(feedback.outcomes) and not lacking.unbuilt:
        raise EnvironmentFailure(f"the tests cannot be run: {hopeless[0].test}: {hopeless[0].message}", hint)


def _held(
    ground: Ground,
    issue: Issue,
    reproduction: Reproduction | None,
    feedback: Feedback,
    mendable: Sequence[str],
    again: Callable[[Sequence[str]], tuple[tuple[str, ...], tuple[str, ...]]],
) -> tuple[tuple[str, ...], Oracle, tuple[str, ...]]:
    """Effect: what `issue` is held against: what it shows, the failing tests that it names or points at and that fail `again`, or nothing."""
    proven = reproduction.proven(feedback, issue) if reproduction else ()
    shown = reproduction.outcomes(feedback) if reproduction else []
    ours = {o.test for o in shown}
    others = [o for o in feedback.outcomes if o.test in set(mendable) - ours]
    ids = tying.names(issue)
    named = tuple(o.test for o in others if tying.is_named(o.test, ids))
    if proven:
        beyond = tuple(f"the issue also says, and nothing checks: {rule}" for rule in rules(issue))
        return (*proven, *(t for t in named if t not in proven)), oracle(proven), beyond
    warnings = [said[:300] for said in reproduction.unconfirmed(feedback)[:3]] if reproduction else []
    warnings += _passing(issue, feedback, ".".join(map(str, ground.environment.version[:2])))
    named, once = again(named)
    warnings += once
    if named:
        return named, Oracle.FAILING_TESTS, tuple(warnings)
    places = tying.pointed(ground.index, issue)
    tied, once = again(tying.tied(others, places, issue))
    warnings += once
    if tied:
        what = ", ".join(dict.fromkeys(p.name for p in places[:3]))
        warnings.append(
            f"the issue is held against {_counted(tied)} that {'fails and runs' if len(tied) == 1 else 'fail and run'} what it names: {what}"
        )
        return tied, Oracle.FAILING_TESTS, tuple(warnings)
    if others:
        warnings.append(
            f"{_counted(others)} {'fails' if len(others) == 1 else 'fail'} already, and nothing ties the issue to that;"
            " 'fixbot solve' without an issue works on it"
        )
    return (), Oracle.NONE, tuple(warnings)


def _passing(issue: Issue, feedback: Feedback, python: str) -> list[str]:
    """What is to be said of tests that the issue says to fail and that pass here."""
    passing = [t for t in feedback.passing if tying.is_named(t, issue.test_ids)]
    differs = f": Python {issue.python} there, {python} here" if issue.python and issue.python != python else ""
    return [f"{test} passes here{differs}" for test in passing[:3]]


def _differs(issue: Issue, feedback: Feedback) -> str:
    """The question about tests that the issue says to fail and that all pass here; "" where there are none."""
    passing = [t for t in feedback.passing if tying.is_named(t, issue.test_ids)]
    return f"{passing[0]} passes here: what is different where it fails?" if passing else ""


def _counted(tests: Sequence[object]) -> str:
    return f"{len(tests)} {'test' if len(tests) == 1 else 'tests'}"


def lines(ground: Ground, case: Case) -> Localisation:
    """Effect: reads the index. The suspicious lines by all that is known, the case's suspects when nothing gives a line."""

    def facts(path: str) -> FileFacts | None:
        try:
            return ground.index.facts(path)
        except SourceError:
            return None

    found = localise(
        case.feedback,
        case.failing,
        facts,
        issue=case.issue,
        paths=ground.workspace.paths,
        mentioned=case.mentioned,
        source=partial(source, ground),
        past=proneness(ground),
    )
    return found if found.suspects else case.suspects


@dataclass(slots=True)
class Reproducing:
    """Writes the reproduction of an issue of the project at `root` when the project's paths are known."""

    issue: Issue | None
    root: Path
    written: Reproduction | None = None

    def files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Effect: reads the project's files as they are on disk. The files to lay beside them for the issue."""
        top = Repository.open(self.root).top
        self.written = written(self.issue, paths, partial(confined.read, top)) if self.issue else None
        files = self.written.files() if self.written else {}
        return {path: text.encode("utf-8", "replace") for path, text in files.items()}
