"""Fixing what tools offer a fix for: each verified alone, then all together, in rounds; what is not verified is not applied.

One round takes the files as they are and
 1. tries each fix by itself, hundreds in one run of each tool (:mod:`looking`): it applies, the file compiles, what was found
    is gone, nothing is new. In a file with very many findings that would cost their square: there a trial holds several
    fixes, as far as can be each in a function or statement of its own, and the evidence says how many;
 2. chooses among fixes that are in each other's way: the worse finding first, then the smaller fix;
 3. tries all of a file together, leaving out what breaks the rest (:class:`grouping.Growth`);
 4. has whole-project tools look at all files together (a fix that such a tool offers is tried by itself before that);
 5. runs the tests that can see a fix: alone while time is to be had, then all together.
The next round takes up what is left, with the fixes that are offered for the files as they are then: one that had to
stand back may be offered anew, or be void since the other was made.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from fixbot_analysis.ports import Progress, Silent
from fixbot_repair.checks import Feedback, Finding, Tool, new_findings, run
from fixbot_repair.checks.versions import Ground
from fixbot_repair.fixing.clock import Clock
from fixbot_repair.fixing.fix import Fixed, Identity, Refused, Verified, gather, identity
from fixbot_repair.fixing.holding import Tests
from fixbot_repair.fixing.links import Links
from fixbot_repair.fixing.looking import Lookers
from fixbot_repair.fixing.state import State
from fixbot_repair.fixing.trying import OVER, Trying, Wish
from fixbot_repair.fixing.whole import Overseers

_MOST_ROUNDS = 10


def fix(
    ground: Ground,
    paths: Sequence[str],
    tools: Sequence[Tool],
    feedback: Feedback,
    *,
    wish: Wish | None = None,
    tests: Tests | None = None,
    progress: Progress | None = None,
) -> Fixed:
    """Effect: work out fixes for what `tools` found in `paths` (`feedback`); nothing is written to the project.

    `tests` are what else can speak against a fix; None where none can be run. Ctrl-C ends it, and so does the end of the
    time that it may take (`Wish.seconds`); what held until then is handed back.
    """
    wish = wish or Wish()
    with Clock(wish.seconds) as clock:
        fixer = _Fixer(ground, paths, tools, feedback, wish, tests, progress or Silent(), clock)
        fixer.run()
    return fixer.report()


class _Fixer:
    """The rounds of one run."""

    def __init__(
        self,
        ground: Ground,
        paths: Sequence[str],
        tools: Sequence[Tool],
        feedback: Feedback,
        wish: Wish,
        tests: Tests | None,
        progress: Progress,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._ground, self._tools, self._feedback, self._wish = ground, tools, feedback, wish
        self._progress = progress
        self._state = State(ground.root)
        lookers = Lookers(ground, tools, feedback)
        overseers = Overseers(ground, tools, feedback, paths)
        self._trying = Trying(self._state, lookers, overseers, Links(ground.root), tests, wish, progress, clock)
        self._tests = tests
        self._left: Sequence[Finding] = feedback.findings  # found in the files as they are now
        self._verified: list[Verified] = []
        self._refused: list[Refused] = []
        self._rounds = 0

    def run(self) -> None:
        """Effect: rounds, until one fixes nothing; where time is short a round may leave fixes to the next."""
        try:
            while self._rounds < _MOST_ROUNDS and not self._clock.over:
                untried = len(self._untried())
                touched = self._round()
                moved = touched or self._trying.cut or len(self._untried()) < untried
                if self._trying.interrupted or not moved:
                    return
                if touched:
                    self._look_again(touched)
        except KeyboardInterrupt:
            self._trying.interrupted = True

    def _round(self) -> list[str]:
        """One round; the files in which anything was fixed."""
        wanted = self._untried()
        self._state.read({f.path for f in wanted})
        wish = self._wish
        fixes, refused = gather(wanted, self._state.documents, unsafe=wish.unsafe, allow_tests=wish.allow_tests)
        self._refused += refused
        if not fixes:
            return []
        self._rounds += 1
        kept = self._trying.together(self._trying.alone(fixes, self._left))
        self._verified += [Verified(f, self._trying.evidence(f)) for f in kept]
        self._state.keep(kept)
        done = {f for fix in kept for f in fix.findings}
        self._left = [f for f in self._left if f not in done]
        return sorted({f.path for f in kept})

    def _untried(self) -> list[Finding]:
        """What is found now, has a fix that is wanted, and was not refused one."""
        known = {identity(r.finding) for r in (*self._refused, *self._trying.refused)}
        unsafe = self._wish.unsafe
        return [f for f in self._left if (f.fix or (unsafe and f.unsafe)) and identity(f) not in known]

    def _look_again(self, paths: Sequence[str]) -> None:
        """Effect: check the files `paths`, which changed, as they are now."""
        ground = self._ground
        self._progress.step("looking again", 0, 1)
        now = run(
            ground.root,
            paths,
            only=self._tools,
            overlay={p: d.data for p, d in self._state.overlay.items()},
            environment=ground.environment,
            trusted=ground.trusted,
            sandbox=ground.sandbox,
        )
        kept = [f for f in self._left if f.path not in paths or f.tool in now.broken]
        self._left = [*kept, *now.findings]

    def report(self) -> Fixed:
        """What it came to; findings as they were at first, wherever they are now."""
        first = self._feedback.findings
        vanished = new_findings(self._left, first)
        remaining = _less(first, vanished)
        originals = _Originals(vanished)
        verified = [replace(v, fix=replace(v.fix, findings=originals.of(v.fix.findings))) for v in self._verified]
        still = _Originals(remaining)
        refused = [replace(r, finding=f) for r in self._all_refused() for f in still.of((r.finding,), strict=True)]
        before, after = self._state.contents()
        problems = (*self._trying.problems, *(self._tests.notes if self._tests else ()))
        return Fixed(
            tuple(verified),
            tuple(refused),
            originals.left,
            tuple(remaining),
            before,
            after,
            self._trying.tests,
            self._rounds,
            problems,
            self._trying.interrupted and not self._clock.rang,
            over=any(r.why == OVER for r in refused),
        )

    def _all_refused(self) -> Iterable[Refused]:
        """Whatever has a fix and did not get it, with the reason."""
        yield from (*self._refused, *self._trying.refused)
        cut = self._trying.interrupted or self._trying.cut or self._clock.over
        why = self._trying.why_not if cut else f"{_MOST_ROUNDS} rounds were over before its turn"
        yield from (Refused(finding, why, tried=False) for finding in self._untried())


class _Originals:
    """Findings as they were at first, handed out for what they became; `left` are those that nobody asked for."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._pool: dict[Identity, list[Finding]] = defaultdict(list)
        for finding in findings:
            self._pool[identity(finding)].append(finding)

    def of(self, findings: Iterable[Finding], *, strict: bool = False) -> tuple[Finding, ...]:
        """The original of each; with `strict` those that have none are left out, else they stand for themselves."""
        found: list[Finding] = []
        for finding in findings:
            mine = self._pool.get(identity(finding))
            if mine:
                found.append(mine.pop(mine.index(finding) if finding in mine else 0))
            elif not strict:
                found.append(finding)
        return tuple(found)

    @property
    def left(self) -> tuple[Finding, ...]:
        """Those that nobody asked for, in order of place."""
        return tuple(
            sorted((f for mine in self._pool.values() for f in mine), key=lambda f: (f.path, f.line, f.column))
        )


def _less(findings: Sequence[Finding], without: Sequence[Finding]) -> list[Finding]:
    """`findings` less one for each of `without`."""
    gone = Counter(without)
    kept: list[Finding] = []
    for finding in findings:
        if gone[finding] > 0:
            gone[finding] -= 1
        else:
            kept.append(finding)
    return kept
