"""``fixbot check --fix``: which tests hold the fixes, where they go, and how they are shown."""

import os
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import click

from fixbot_agent.cli.configuring import warn
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.listing import told
from fixbot_agent.cli.showing import show_diff
from fixbot_agent.reviewing.testing import impacted
from fixbot_agent.runs import Run
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Loaded, Places
from fixbot_agent.solving.delivering import applying, keeping
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.reporting.report import Report, Status
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.ports import Progress
from fixbot_repair.candidates import diff
from fixbot_repair.environment import Environment
from fixbot_repair.fixing import Evidence, Fixed, Refused, Tests, Verified
from fixbot_repair.git import Repository
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import Workspace

_MOST = 20  # refusals that are listed one by one; the rest is counted by reason


@dataclass(frozen=True, slots=True)
class Placing:
    """What the user wants done with verified fixes."""

    apply: bool = False
    allow_tests: bool = False
    allow_dirty: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it all. `error` is why nothing was written although that was asked for, `run` the id of what is kept."""

    fixed: Fixed
    patch: str
    changes: tuple[Change, ...] = ()
    written: bool = False
    error: FixbotError | None = None
    run: str = ""
    notes: tuple[str, ...] = ()

    def exit_code(self, broken: bool) -> int:
        """0 where all that is shown as fixed is verified, or nothing was found; see the contract for the others."""
        fixed = self.fixed
        if fixed.interrupted:
            return ExitCode.INTERRUPTED
        if self.error is not None:
            return ExitCode.USAGE
        if fixed.verified:
            return ExitCode.OK
        if fixed.over:
            return ExitCode.BUDGET
        if fixed.remaining:
            return ExitCode.NO_PATCH
        return ExitCode.ENVIRONMENT if broken else ExitCode.OK


def tests(root: Path, which: str | None, loaded: Loaded, environment: Environment | None, progress: Progress) -> Tests:
    """The tests that `which` names ("" and "impacted": those that see a fix), as what can speak against fixes."""

    def open_() -> Workspace:
        repository = Repository.open(root)
        sandbox = choose(loaded.settings.sandbox, loaded.trusted, root=repository.top)
        return Workspace.create(repository.top, environment or Environment.find(repository.top), sandbox)

    def files(paths: Collection[str]) -> Collection[str] | None:
        return None if which == "all" else impacted(root, paths, Places.current().index, progress)

    return Tests(open_, files, loaded.settings.test_cmd, required=bool(which))


def placed(root: Path, fixed: Fixed, placing: Placing, progress: Progress) -> Outcome:
    """Effect: write verified fixes where that was asked for: all of them, and only over what they were made for."""
    changes = tuple(Change(path, fixed.before[path], after) for path, after in sorted(fixed.after.items()))
    outcome = Outcome(fixed, diff.unified(fixed.before, fixed.after), changes)
    if not (placing.apply and changes):
        return outcome
    state = Places.current().state
    try:
        for line in applying.recover(root, state):
            warn(line)
        applying.check(root, changes, allow_dirty=placing.allow_dirty, allow_tests=placing.allow_tests)
        applying.write(root, changes, state, progress)
    except FixbotError as error:
        return replace(outcome, error=error)
    return replace(outcome, written=True)


class Record:
    """The run that stands for one time of fixing the project `root`; a context manager that leaves none where nothing was verified."""

    def __init__(self, root: Path, loaded: Loaded) -> None:
        self._root, self._loaded = root, loaded
        self._kept = False

    def __enter__(self) -> Self:
        redact = redactor(self._loaded.settings.key_names, os.environ, self._loaded.root)
        self._run = Run.start(Places.current().runs, redact, warn, forbidden=self._loaded.root)
        self._run.event("started", command="check", root=str(self._root), argv=sys.argv[1:])
        return self

    def kept(self, outcome: Outcome, problems: Sequence[str], seconds: float, *, allow_tests: bool) -> Outcome:
        """Effect: keep what was verified, as 'fixbot runs apply' takes it; `outcome` with the run's id."""
        if not outcome.patch or self._run.folder is None:
            return outcome
        outcome = replace(outcome, run=self._run.id)
        for one in outcome.fixed.verified:
            for f in one.fix.findings:
                self._run.event("fixed", path=f.path, line=f.line, tool=f.tool, rule=f.rule)
        report = Report(
            Status.PLAUSIBLE,
            outcome.exit_code(broken=False),
            patch=outcome.patch,
            files=tuple(c.path for c in outcome.changes),
            source="tools",
            seconds=seconds,
            run=self._run.id,
            warnings=tuple(problems),
        )
        keeping.keep(self._run, report, outcome.changes, allow_tests)
        if outcome.written:
            keeping.applied(self._run, self._root, outcome.changes)
        self._run.keep("check.json", _document(outcome, problems, seconds))
        self._kept = True
        return outcome

    def __exit__(self, *exc: object) -> None:
        if not self._kept:
            self._run.discard()


def show(outcome: Outcome, problems: Sequence[str], seconds: float, *, as_json: bool) -> None:
    """Effect: write the diff to stdout and the rest to stderr; with `as_json` one document to stdout."""
    if as_json:
        emit(_document(outcome, problems, seconds))
        return
    for line in _lines(outcome):
        click.echo(printable(line), err=True)
    if outcome.error is not None:
        click.echo(f"fixbot: nothing was written: {printable(outcome.error.message)}", err=True)
        click.echo(f"  {printable(outcome.error.hint)}", err=True)
    if outcome.patch and not outcome.written:
        show_diff(outcome.patch)


def _lines(outcome: Outcome) -> Iterator[str]:
    fixed = outcome.fixed
    count = sum(len(v.fix.findings) for v in fixed.verified)
    if fixed.interrupted or fixed.over:
        ended = "Interrupted" if fixed.interrupted else "The time was over"
        yield f"{ended}; what was verified until then is kept." if count else f"{ended}."
    if count:
        done = "Fixed and written" if outcome.written else "Fixed, not written (--apply writes)"
        files, made = _count(len(fixed.after), "file"), _count(len(fixed.verified), "fix", "es")
        yield f"{done}: {_count(count, 'finding')} in {files}, by {made}."
        yield from (f"  {line}" for line in _evidence(fixed))
    else:
        yield "Nothing was fixed." if fixed.remaining else "Nothing to fix."
    if fixed.gone:
        yield f"Gone already with these: {_count(len(fixed.gone), 'finding')}."
    if refused := [r for r in fixed.refused if r.tried]:
        yield f"Not fixed, as no fix was verified: {_count(len(refused), 'finding')}."
        yield from (f"  {line}" for line in _refusals(refused))
    if untried := [r for r in fixed.refused if not r.tried]:
        yield f"Not tried: {_count(len(untried), 'finding')}."
        yield from (f"  {line}" for line in _refusals(untried))
    if outcome.run and not outcome.written:
        yield f"Kept: 'fixbot runs apply {outcome.run}' writes it."
    if others := len(fixed.remaining) - len(fixed.refused):
        yield f"Without a fix: {_count(others, 'finding')}; 'fixbot check' lists them."


def _count(number: int, noun: str, ending: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else ending}"


def _evidence(fixed: Fixed) -> Iterator[str]:
    """How the fixes were verified, counted."""
    evidence = [v.evidence for v in fixed.verified]
    alone = sum(not e.beside for e in evidence)
    tools = ", ".join(dict.fromkeys(name for e in evidence for name in e.tools))
    yield f"each applies and compiles, its findings are gone and nothing is new: {tools}"
    if whole := ", ".join(dict.fromkeys(name for e in evidence for name in e.project_tools)):
        yield f"with all of them in place nothing is new in the project: {whole}"
    if alone < len(evidence):
        most = max(e.beside for e in evidence) + 1
        yield f"{alone} were tried alone, {len(evidence) - alone} in groups of up to {most} of one file; all together after that"
    else:
        yield "each was tried alone, then all together"
    if fixed.tests:
        seen = sum(bool(e.tests) for e in evidence)
        apart = sum(e.tests_alone for e in evidence)
        same = sum(e.same_code for e in evidence)
        yield f"{fixed.tests} tests passed before; {seen} fixes are seen by some of them, and all of those pass with every fix"
        yield f"in place; {apart} fixes also passed them alone, or are the same to an interpreter ({same})"
    else:
        yield "no test was held against them"
    if unsafe := sum(v.fix.unsafe for v in fixed.verified):
        yield f"{unsafe} of them are unsafe by the word of the tool that offers them"


def _refusals(refused: Sequence[Refused]) -> Iterator[str]:
    for one in refused[:_MOST]:
        f = one.finding
        yield f"{f.path}:{f.line}:{f.column}  {f.tool} {f.rule}: {one.why}"
    rest = Counter((r.finding.tool, r.finding.rule) for r in refused[_MOST:])
    if rest:
        yield f"and {rest.total()} more: " + ", ".join(f"{n} {tool} {rule}" for (tool, rule), n in rest.most_common(8))


def _document(outcome: Outcome, problems: Sequence[str], seconds: float) -> Mapping[str, Json]:
    fixed = outcome.fixed
    error = outcome.error
    return {
        "findings": [told(f) for f in fixed.remaining],
        "fixed": [row for v in fixed.verified for row in _rows(v)],
        "gone": [told(f) for f in fixed.gone],
        "not_fixed": [{**told(r.finding), "why": r.why, "tried": r.tried} for r in fixed.refused],
        "patch": outcome.patch,
        "applied": outcome.written,
        "interrupted": fixed.interrupted,
        "over": fixed.over,
        "run": outcome.run,
        "rounds": fixed.rounds,
        "seconds": round(seconds, 3),
        "problems": list(problems),
        "warnings": list(outcome.notes),
        "tests": {"run": fixed.tests, "failed": []},
        **({"error": {"kind": error.kind, "message": error.message, "hint": error.hint}} if error else {}),
    }


def _rows(verified: Verified) -> Iterator[Json]:
    for finding in verified.fix.findings:
        evidence = _evidence_row(verified.evidence)
        yield {**told(finding), "unsafe": verified.fix.unsafe, "evidence": evidence}


def _evidence_row(evidence: Evidence) -> Json:
    return {
        "applies": True,
        "compiles": True,
        "gone": True,
        "new_findings": [],
        "tools": list(evidence.tools),
        "project_tools": list(evidence.project_tools),
        "alone": not evidence.beside,
        "beside": evidence.beside,
        "steps": evidence.steps,
        "tests": evidence.tests,
        "tests_alone": evidence.tests_alone,
        "same_code": evidence.same_code,
    }
