"""Tests that others wrote, tried as the search's own are: they pass, also elsewhere, touch nothing, reach something open, notice a slip."""

import ast
import contextlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self

from fixbot_agent.covering.assembling import assembled
from fixbot_agent.covering.goals import Goal
from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.layout import layout
from fixbot_agent.covering.proposing.allowed import Known, imported, known, needed
from fixbot_agent.covering.proposing.expecting import expected, marked_line
from fixbot_agent.covering.proposing.harmless import outward
from fixbot_agent.covering.proposing.leading import leads
from fixbot_agent.covering.proposing.places import misplaced
from fixbot_agent.covering.proposing.reading import Proposal
from fixbot_agent.covering.proposing.telling import Open
from fixbot_agent.covering.proposing.withholding import holds, withheld
from fixbot_agent.covering.source import Disagreement, Kept, Standing
from fixbot_agent.covering.wording import distinct
from fixbot_agent.covering.writing import Test
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.entire import Lines, Tested, new_imports
from fixbot_repair.exercising import Crew
from fixbot_repair.slips import Slip, slips
from fixbot_repair.verification.pool import cores

_ELSEWHERE = (2, 3)  # beside the process that slips are made in
_MOST_SLIPS, _PART = 24, 8  # that are made for one test, and at a time
_BESIDE = 40  # files of tests beside the new ones that are looked at for what they use
_LONGEST = 600  # characters of how a test ended
_NOTICED = ("failed", "error", "timeout")
_NO_HARM = "a test runs no commands, looks at no frames or objects of others, and touches nothing outside of `tmp_path`"
NO_SLIP = "runs nothing that a slip could be made in"
_IS_ASSERTION = re.compile(r"(?:AssertionError|assert\b|Failed\b|.*DID NOT (?:RAISE|WARN)|.*[Pp]attern did not match)")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a test is not kept: `kind` for the count, `why` for who wrote it."""

    kind: str
    why: str


@dataclass(slots=True)
class Trials:
    """The processes that tests are tried in, and what stands so far; a context manager that ends them. `seconds` is how long they may live."""

    here: Ground
    standing: Standing
    seconds: float
    reached: frozenset[Goal] = frozenset()
    ran: frozenset[int] = frozenset()
    noticed: frozenset[Slip] = frozenset()
    kept: list[Kept] = field(default_factory=list)
    made: set[Slip] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[Disagreement, bool]] = field(default_factory=list)  # and whether an assertion did
    _known: Known | None = None
    _taken: set[str] = field(default_factory=set)
    _crews: list[Crew] = field(default_factory=list)
    _ends: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        """Effect: starts the processes. Raises EnvironmentFailure."""
        here, standing = self.here, self.standing
        self.reached, self.ran, self.noticed = standing.reached, standing.lines, standing.noticed
        self._taken = {*standing.names, *re.findall(r"def (\w+)", (here.home.before or b"").decode("utf-8", "replace"))}
        for size, place in ((cores(), 1), *((1, place) for place in _ELSEWHERE)):
            crew = Crew(here.workspace, here.subject, self.seconds, size, place)
            self._crews.append(self._ends.enter_context(crew))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._ends.close()

    @property
    def crew(self) -> Crew:
        """Where calls may be tried."""
        return self._crews[0]

    def tried(self, proposal: Proposal, each: Open, by: str) -> Refused | None:
        """Effect: try one test; None where it is kept."""
        try:
            found = self._tried(proposal, each, by)
        except Exception as error:  # noqa: BLE001 - whatever one test does to those who try it, what is kept stays kept
            found = Refused("does not run", f"it could not be tried: {type(error).__name__}")
        if found is not None:
            self.refused[found.kind] += 1
        return found

    def _tried(self, proposal: Proposal, each: Open, by: str) -> Refused | None:
        if proposal.why_not:
            return Refused("is no test as it is written", proposal.why_not)
        if holds(proposal.code, self.here.keys, whole=True):
            return Refused("holds a key", "it holds a key or a password: a test does without")
        proposal = replace(proposal, imports=needed(proposal.code, proposal.imports))
        if why := self._harm(proposal.code, proposal.imports):
            return Refused("reaches outside", why)
        test = self._named(proposal)
        try:
            text = assembled(self.here, [*(kept.test for kept in self.kept), test])
        except (FixbotError, SyntaxError) as error:
            return Refused("is no test as it is written", f"it cannot be written into a file: {error}")
        if _holds_more(self.here.home.before, text, {test.name, *(kept.test.name for kept in self.kept)}):
            return Refused(
                "is no test as it is written", "more than a function and its imports would come into the file"
            )
        self.here.workspace.write({self.here.home.path: text})
        try:
            found = self._judged(proposal, test, text.decode(), each, by)
        finally:
            self.here.workspace.reset()
        if found is not None:
            self._taken.discard(test.name)
        return found

    def _harm(self, code: str, imports: tuple[str, ...]) -> str:
        """What is wrong with a test by its form, "" for nothing."""
        if self._known is None:
            self._known = _known(self.here)
        out = outward(code, imports, self.here.source)
        return (
            (f"it has `{out}`: {_NO_HARM}" if out else "")
            or imported(code, imports, self._known)
            or leads(code, imports, self._known)
            or misplaced(code, imports, self._known.names)
        )

    def _named(self, proposal: Proposal) -> Test:
        name = distinct(proposal.name, self._taken)
        code = re.sub(rf"\bdef {re.escape(proposal.name)}\b", f"def {name}", proposal.code, count=1)
        return Test(name, code, proposal.imports, ())

    def _judged(self, proposal: Proposal, test: Test, text: str, each: Open, by: str) -> Refused | None:
        place = f"{self.here.home.path}::{test.name}"
        run = self._runner(place, proposal.code, new_imports(self.here.home.before, text.encode()))
        ended = run(self.crew, [None])[0]
        if (fault := _fault(ended)) is not None:
            if ended.status == "failed":
                said = expected(ended.detail, self.here.home.path, text, test.name)
                given = (ended.message.strip() or "it failed").split("\n")[0][:300]
                found = Disagreement(
                    each.span.name, proposal.name, said.value, given, proposal.code, by, assertion=said.assertion
                )
                self.failed.append((found, bool(_IS_ASSERTION.match(ended.message))))
            return fault
        new = self.here.goals.reached(ended.lines, ended.branches) - self.reached
        is_new = bool(new or ended.lines - self.ran)
        wanted = self._wanted(ended, each, is_new=is_new)
        if not is_new and not wanted:
            return Refused("adds no coverage", "it passes, but reaches nothing that is open")
        if not wanted:
            return Refused(
                NO_SLIP, "it reaches something new, but every mistake that can be made there is noticed already"
            )
        noticed = self._noticed(wanted, run)
        if not noticed:
            return Refused(
                "notices nothing new",
                "it passes, but no small mistake in the lines that it runs makes it fail: compare more of what comes of the call",
            )
        for crew in self._crews[1:]:
            if (fault := _fault(run(crew, [None])[0])) is not None:
                why = f"it passes, but not in a process with another day, user, home, time zone, order of sets, and variables such as http_proxy, CI or EDITOR set: {fault.why}"
                return Refused("is not stable", why)
        self.kept.append(Kept(test, new, tuple(noticed), by))
        self.reached |= new
        self.ran |= ended.lines
        self.noticed |= frozenset(noticed)
        return None

    def _noticed(
        self, wanted: Sequence[Slip], run: Callable[[Crew, Sequence[Slip | None]], Sequence[Tested]]
    ) -> list[Slip]:
        """Effect: make slips, some at a time, until one of them is noticed. Those that are."""
        noticed: list[Slip] = []
        for start in range(0, len(wanted), _PART):
            part = wanted[start : start + _PART]
            self.made.update(part)
            noticed += [s for s, ended in zip(part, run(self.crew, part), strict=True) if ended.status in _NOTICED]
            if noticed:
                break
        return noticed

    def _runner(
        self, place: str, code: str, imports: Lines
    ) -> Callable[[Crew, Sequence[Slip | None]], Sequence[Tested]]:
        def run(crew: Crew, made: Sequence[Slip | None]) -> Sequence[Tested]:
            found = crew.tested(self.here.runner, [(place, slip) for slip in made], imports)
            return [withheld(ended, self.here.keys, code, self.here.source) for ended in found]

        return run

    def _wanted(self, ended: Tested, each: Open, *, is_new: bool) -> list[Slip]:
        """The slips that a test should notice one of: in lines that it runs, in new ones first; without anything new only those that are open."""
        if not is_new:
            return [s for s in each.slips if s.line in ended.lines and s not in self.noticed]
        able = [s for s in slips(self.here.source) if s.line in ended.lines and s not in self.noticed]
        return sorted(able, key=lambda s: (s.line in self.ran, s.start))[:_MOST_SLIPS]

    def heard(self, function: str, names: Sequence[str], faults: dict[str, str]) -> None:
        """Take in what an answer says of tests that failed before: written anew, or held to be right."""
        for n, (each, is_assertion) in enumerate(self.failed):
            if each.function == function and (each.name in names or each.name in faults):
                why, again = faults.get(each.name, each.opinion), each.name in names
                self.failed[n] = _with(each, why, is_withdrawn=again and not why), is_assertion

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """What was expected and did not come, those first of which it is held that the code is wrong; each once."""
        rows = {(d.function, d.assertion, d.given): d for d, is_assertion in self.failed if is_assertion or d.opinion}
        return tuple(sorted(rows.values(), key=lambda d: (not d.opinion, d.is_withdrawn)))


def _known(here: Ground) -> Known:
    """Effect: reads files. What the project uses: its module, those of its tests that speak of it, and those beside the new ones."""
    folder = PurePosixPath(here.home.path).parent
    paths, place = here.workspace.paths, layout(here.workspace.paths, here.job.module)
    beside = [p for p in paths if p.endswith(".py") and PurePosixPath(p).parent == folder and is_test(p)][:_BESIDE]
    above = [str(each / "conftest.py") for each in (folder, *folder.parents)]
    tests = [here.workspace.original(p) or b"" for p in dict.fromkeys([*here.tests, *beside, *above])]
    tops = (place.top, place.base, "", str(folder).removeprefix("."))
    return known(list(paths), tops, here.source, tests)


def _holds_more(before: bytes | None, after: bytes, names: set[str]) -> bool:
    """Whether a file holds statements of its own beside imports and the tests `names` that it did not hold `before`."""

    def others(data: bytes) -> list[str]:
        body = (n for n in ast.parse(data).body if not isinstance(n, ast.Import | ast.ImportFrom))
        return [ast.dump(n) for n in body if getattr(n, "name", "") not in names and not _is_text(n)]

    return others(before or b"") != others(after)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _with(each: Disagreement, opinion: str, *, is_withdrawn: bool) -> Disagreement:
    return replace(each, opinion=opinion, is_withdrawn=is_withdrawn)


def _fault(ended: Tested) -> Refused | None:
    """What is wrong with how a test ended, slips aside."""
    if ended.reaches:
        return Refused(
            "reaches outside", f"it reached for what lies outside of `tmp_path` ({ended.reaches}), and was stopped"
        )
    if ended.status == "failed":
        return Refused("does not pass", f"it does not pass: {_ended(ended)}")
    if ended.status != "passed":
        what = {
            "timeout": "it takes too long",
            "lost": "it ended the process it ran in",
            "flooded": "it prints more than a million characters",
        }.get(ended.status, f"it ended as {ended.status}")
        return Refused("does not run", f"{what}: {_ended(ended)}".rstrip(": "))
    if ended.leaves:
        return Refused(
            "leaves something changed",
            "it leaves the environment, the folder or names of the module changed: use monkeypatch",
        )
    return None


def _ended(ended: Tested) -> str:
    """How a test ended: the message, and the line of the test that it is about."""
    said = ended.message or ended.detail
    where = marked_line(ended.detail)
    shown = "\n".join(line.rstrip() for line in said.strip().split("\n")[:8])[:_LONGEST]
    return f"`{where}`: {shown}" if where else shown
