"""One round's trials: each fix by itself, then those that held as a whole, by all that can speak against them."""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.ports import Progress
from fixbot_analysis.symbols import FileFacts, SymbolKind, extract
from fixbot_repair.checks import Finding
from fixbot_repair.errors import RepairError
from fixbot_repair.fixing.clock import Clock
from fixbot_repair.fixing.fix import Evidence, Fix, Refused, changed, followed, out_of_the_way
from fixbot_repair.fixing.grouping import Group, Growth, Sieve, spread
from fixbot_repair.fixing.holding import Tests, same_code
from fixbot_repair.fixing.links import Links
from fixbot_repair.fixing.looking import Answer, Lookers, Trial
from fixbot_repair.fixing.state import State
from fixbot_repair.fixing.whole import Overseers

_MOST_STEPS = 8  # fixes of one place that are made into one
_MOST_WHOLE = 16  # trials in which the fixes that whole-project tools offer are told apart
_ALONE, _TESTS_ALONE = 0.5, 0.3  # shares of the time that is left, for trials of single fixes
_FIRST, _MOST = 24, 400  # fixes tried in one go while it is not known how long they take, and at most
INTERRUPTED = "interrupted before it was verified"
OVER = "the time was over before it was verified"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which fixes are wanted, how many seconds all may take, and how many of them tests of single fixes, all of these together."""

    unsafe: bool = False
    allow_tests: bool = False
    alone_seconds: float = 60.0
    seconds: float = math.inf


class Trying:
    """All that can speak against a fix, and what it said. `refused` are fixes that do not hold; `problems` in words."""

    def __init__(
        self,
        state: State,
        lookers: Lookers,
        overseers: Overseers,
        links: Links,
        tests: Tests | None,
        wish: Wish,
        progress: Progress,
        clock: Clock,
    ) -> None:
        self.refused: list[Refused] = []
        self.problems: dict[str, None] = {}
        self.interrupted = self.cut = False  # `cut`: the last round left fixes to the next, for lack of time
        self._state, self._lookers, self._overseers, self._tests = state, lookers, overseers, tests
        self._links, self._wish, self._progress, self._clock = links, wish, progress, clock
        self._left = wish.alone_seconds
        self._beside: dict[Fix, int] = {}
        self._same: set[Fix] = set()
        self._tested_alone: set[Fix] = set()
        self._fitting: set[frozenset[Fix]] = set()  # sets of one file that the lookers found to hold

    @property
    def tests(self) -> int:
        """How many tests could be held against fixes."""
        return self._tests.count if self._tests else 0

    @property
    def why_not(self) -> str:
        """Why what was not verified was not, where it was cut short."""
        return OVER if self._clock.over or self.cut else INTERRUPTED

    def alone(self, fixes: Sequence[Fix], findings: Iterable[Finding]) -> list[Fix]:
        """Effect: try each of `fixes` by itself; those that hold. `findings` are all that there are in their files.

        Where there is no time for all the worst come first, and those that were not come to are neither held nor refused.
        """
        found = Counter(f.path for f in findings)
        groups = [g for path, mine in _by_path(fixes).items() for g in self._groups(path, mine, found[path])]
        sieve = Sieve(sorted(groups, key=lambda group: min(f.weight[0] for f in group)))
        enough = self._clock.until(_ALONE)
        try:
            while sieve.questions and not enough():
                brought: dict[Fix, Answer] = {}
                self._sift(sieve, len(fixes), brought, enough)
                self._follow(sieve, brought)
            self.cut = bool(sieve.questions)
            held = self._alone_in_whole(self._linked(list(sieve.held)))
        except KeyboardInterrupt:
            self.interrupted = True
            held = self._linked([f for f in sieve.held if self._lookers.speaks_of(f)])
        self._beside = {f: sieve.held[f] - 1 for f in held} | self._beside
        self._fitting |= {frozenset((f,)) for f in held if not self._beside[f]}
        self._refuse(sieve.dropped)
        return held

    def together(self, fixes: Sequence[Fix]) -> list[Fix]:
        """Effect: those of `fixes`, which held alone, that hold as a whole; none of them is in another's way."""
        kept = [f for mine in _by_path(fixes).values() for f in out_of_the_way(mine)]
        if self._clock.rang and (self._tests or self._overseers.tools):  # there is no time for these
            return self._given_up(kept)
        tested = not self.interrupted
        while kept:
            fitting = self._seen(self._fit(kept))
            if self.interrupted and tested:  # while the tests ran, which had come to these
                return fitting if len(fitting) == len(kept) else self._given_up(fitting)
            count, kept = len(kept), self._tested(fitting)
            if len(kept) == count:
                break
        return kept

    def evidence(self, fix: Fix) -> Evidence:
        """How `fix`, which held, was verified; to be asked before the state changes."""
        seeing = self._tests.seeing([fix], self._state) if self._tests else ()
        same = fix in self._same
        alone = bool(seeing) and (same or fix in self._tested_alone)
        mine, theirs = self._lookers.names, self._overseers.names
        return Evidence(mine, theirs, fix.steps, self._beside[fix], len(seeing), alone, same)

    def _groups(self, path: str, fixes: Sequence[Fix], findings: int) -> list[Group[Fix]]:
        document = self._state.documents[path]
        most = self._lookers.most_versions(document, findings)
        in_order = sorted(fixes, key=lambda f: f.start)
        if most >= len(fixes):
            return [(f,) for f in in_order]
        return spread(in_order, most, _units(extract(document.data), self._line))

    def _line(self, fix: Fix) -> int:
        return self._state.documents[fix.path].line_of(fix.start) + 1

    def _sift(self, sieve: Sieve[Fix], total: int, brought: dict[Fix, Answer], enough: Callable[[], bool]) -> None:
        """One turn: all questions of the sieve, until it is `enough`; `brought` gets what single fixes brought."""
        trials = [Trial(self._state.documents[g[0].path], g) for g in sieve.questions]
        for some in self._portions(trials):
            for answer in self._lookers.look(some):
                fixes = answer.trial.fixes
                sieve.answer(fixes, answer.why)
                if answer.brought and len(fixes) == 1:
                    brought[fixes[0]] = answer
                self._progress.step("verifying fixes", len(sieve.held) + len(sieve.dropped), total)
            if enough():
                return

    def _portions(self, trials: Sequence[Trial]) -> Iterator[Sequence[Trial]]:
        """`trials` in one, or where time is short in as many as take about a tenth of what is left."""
        at, size = 0, _FIRST if self._clock.seconds < math.inf else len(trials)
        while at < len(trials):
            left = self._clock.left
            yield trials[at : at + size]
            at += size
            if at < len(trials):
                took = max(left - self._clock.left, 1e-3)
                size = min(max(int(size * self._clock.left / 10 / took), _FIRST), _MOST)

    def _follow(self, sieve: Sieve[Fix], brought: Mapping[Fix, Answer]) -> None:
        """Put a fix that brought findings which have a fix of their own anew to `sieve`, with those."""
        for fix, answer in brought.items():
            further = followed(fix, answer.trial.document, answer.brought, unsafe=self._wish.unsafe)
            if further and further.steps <= _MOST_STEPS:
                del sieve.dropped[fix]
                sieve.questions.append((further,))

    def _linked(self, fixes: list[Fix]) -> list[Fix]:
        """Those of `fixes` that take no name from a module which another file takes from there."""
        cut: dict[Fix, str] = {}
        for fix in fixes:
            document = self._state.documents[fix.path]
            if why := self._links.cut(document, changed(document, fix.edits), fix.edits):
                cut[fix] = why
        self._refuse(cut)
        return [f for f in fixes if f not in cut]

    def _alone_in_whole(self, fixes: list[Fix]) -> list[Fix]:
        """Those of `fixes` that hold; what whole-project tools offer is tried by these, apart from the rest."""
        theirs = [f for f in fixes if not self._lookers.speaks_of(f)]
        sieve = Sieve(spread(theirs, _MOST_WHOLE, lambda f: f.path))
        enough = self._clock.until(_ALONE)
        while sieve.questions and not enough():
            group = sieve.questions[0]
            sieve.answer(group, self._overseen(group))
            self._progress.step("verifying compilers' fixes", len(sieve.held) + len(sieve.dropped), len(theirs))
        self.cut |= bool(sieve.questions)
        self._refuse(sieve.dropped)
        self._beside |= {f: size - 1 for f, size in sieve.held.items()}
        return [f for f in fixes if f in sieve.held or f not in theirs]

    def _overseen(self, fixes: Sequence[Fix]) -> str:
        try:
            return self._overseers.look(self._state, fixes)
        except RepairError as error:  # two fixes are in each other's way
            return error.message

    def _fit(self, fixes: Sequence[Fix]) -> list[Fix]:
        """The most of each file that the lookers let pass as a whole; one trial of each file in a turn."""
        growths = {path: Growth(mine) for path, mine in _by_path(fixes).items()}
        while asked := {path: g.question for path, g in growths.items() if g.question}:
            known = {path for path, group in asked.items() if frozenset(group) in self._fitting}
            for path in known:
                growths[path].answer("")
            trials = [Trial(self._state.documents[p], group) for p, group in asked.items() if p not in known]
            for at, answer in enumerate(self._lookers.look(trials)):
                growths[answer.trial.document.path].answer(answer.why)
                if not answer.why:
                    self._fitting.add(frozenset(answer.trial.fixes))
                self._progress.step("verifying files as a whole", at + 1, len(trials))
        return self._grown(growths.values())

    def _seen(self, fixes: Sequence[Fix]) -> list[Fix]:
        """Those that whole-project tools let pass together."""
        if not self._overseers.tools:
            return list(fixes)
        growth = Growth(fixes)
        while growth.question:
            self._progress.step("verifying the project as a whole", len(growth.kept), len(fixes))
            growth.answer(self._overseers.look(self._state, growth.question))
        return self._grown([growth])

    def _tested(self, fixes: Sequence[Fix]) -> list[Fix]:
        """Those that the tests let pass, alone as far as time allows, and together."""
        tests = self._tests
        if tests is None or not fixes:
            return list(fixes)
        if self.interrupted:
            return self._given_up(fixes)
        growth: Growth[Fix] = Growth(())
        try:
            tests.prepare({f.path for f in fixes})
            growth = Growth(self._tested_apart(tests, fixes))
            while growth.question:
                self._progress.step("running tests", len(growth.kept), len(fixes))
                growth.answer(tests.hold(self._state, growth.question))
        except KeyboardInterrupt:
            self.interrupted = True
            self._refuse(dict.fromkeys(set(fixes) - set(growth.kept) - set(growth.dropped), self.why_not))
        except RepairError as error:
            if tests.required:
                raise
            self.problems[f"tests: {error.message}: fixes were verified without"] = None
            tests.close()
            self._tests = None
            return list(fixes)
        return self._grown([growth])

    def _tested_apart(self, tests: Tests, fixes: Sequence[Fix]) -> list[Fix]:
        """Those that pass their tests alone, the cheapest first, or could not be tried alone in the time there is."""
        dropped: dict[Fix, str] = {}
        enough = self._clock.until(_TESTS_ALONE)
        seen = {fix: tests.seeing([fix], self._state) for fix in fixes}
        for fix in sorted(fixes, key=lambda f: (tests.cost(seen[f]), f.path)):
            document = self._state.documents[fix.path]
            if not seen[fix] or fix in self._tested_alone or fix in self._same:
                continue
            if same_code(document, self._state.with_fixes([fix])[fix.path]):
                self._same.add(fix)
            elif self._left > 0 and len(fixes) > 1 and not enough():
                self._progress.step("running tests", len(self._tested_alone), len(fixes))
                began = time.monotonic()
                if why := tests.hold(self._state, [fix]):
                    dropped[fix] = why
                self._tested_alone.add(fix)
                self._left -= time.monotonic() - began
        self._refuse(dropped)
        if len(fixes) == 1:
            self._tested_alone.update(fixes)
        return [f for f in fixes if f not in dropped]

    def _grown(self, growths: Iterable[Growth[Fix]]) -> list[Fix]:
        kept: list[Fix] = []
        for growth in growths:
            kept += growth.kept
            self._refuse(growth.dropped)
        return kept

    def _given_up(self, fixes: Sequence[Fix]) -> list[Fix]:
        self._refuse(dict.fromkeys(fixes, self.why_not))
        return []

    def _refuse(self, fixes: "dict[Fix, str]") -> None:
        self.refused += [Refused(finding, why) for fix, why in fixes.items() for finding in fix.findings]


def _by_path(fixes: Iterable[Fix]) -> dict[str, list[Fix]]:
    found: dict[str, list[Fix]] = defaultdict(list)
    for fix in sorted(fixes, key=lambda f: (f.path, f.weight)):
        found[fix.path].append(fix)
    return found


def _units(facts: FileFacts, line_of: Callable[[Fix], int]) -> Callable[[Fix], Hashable]:
    """What a fix stands in: a function, else its line."""

    def unit(fix: Fix) -> Hashable:
        line = line_of(fix)
        symbol = facts.enclosing(line)
        return symbol.qualname if symbol and symbol.kind is not SymbolKind.CLASS else line

    return unit
