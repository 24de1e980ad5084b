"""``fixbot check``: what compilers, type checkers, linter, Semgrep and tests find, in one list."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from fixbot_agent.cli.checking import exit_code, names, show_problems
from fixbot_agent.cli.envelope import printable_line
from fixbot_agent.cli.listing import Live, show
from fixbot_agent.cli.options import json_option
from fixbot_agent.errors import UsageFailure
from fixbot_agent.reviewing import Change, Scope
from fixbot_agent.reviewing.scope import changed_paths
from fixbot_agent.reviewing.since import new_since
from fixbot_agent.reviewing.testing import Bed, impacted
from fixbot_agent.settings import Loaded, Places, load
from fixbot_repair import checks
from fixbot_repair.checks import Feedback
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure, GitError, RepairError
from fixbot_repair.git import Repository

FORMATS = ("text", "json", "sarif", "github")
_CHECKING = 0.5  # share of the time for fixes that finding them may take


@click.command(
    "check",
    epilog="Examples: fixbot check    fixbot check src/app.py --only compiler,ruff    fixbot check --since main --json"
    "    fixbot check --new --base main --tests all    fixbot check --fix --only ruff    fixbot check --fix --apply",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--only", metavar="TOOL,...", help="Only these tools: compiler, ruff, semgrep, mypy, pyright, tsc, ...")
@click.option("--since", metavar="REF", help="Only files that changed since this commit, branch or tag.")
@click.option("--new", is_flag=True, help="Only what was not found at --base already, however the lines have shifted.")
@click.option("--base", metavar="REF", help="What --new compares with.  [default: where main was left]")
@click.option(
    "--tests",
    type=click.Choice(["none", "impacted", "all"]),
    help="Which tests to run, in the sandbox.  [default: those that see what changed since --since, --base or HEAD;"
    " with --only none; with --fix those that see what is fixed]",
)
@click.option("--fix", is_flag=True, help="Fix what a tool offers a fix for, each fix verified; prints a diff.")
@click.option("--apply", is_flag=True, help="With --fix: write the verified fixes, all of them or none.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix: also fixes that the tool itself does not call safe.")
@click.option("--allow-test-edits", is_flag=True, help="With --fix: let fixes change tests.")
@click.option("--allow-dirty", is_flag=True, help="With --apply: write to files with uncommitted work.")
@click.option(
    "--timeout", type=float, metavar="S", help="With --fix: seconds it may take; the worst findings go first."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--python", type=click.Path(path_type=Path), help="The Python that the code is written for.")
@click.option(
    "--trust", is_flag=True, help="Trust the workspace for this run: its own linter settings and rules count."
)
@json_option
def command(
    *,
    paths: tuple[Path, ...],
    only: str | None,
    since: str | None,
    new: bool,
    base: str | None,
    tests: str | None,
    form: str,
    python: Path | None,
    trust: bool,
    as_json: bool,
    timeout: float | None,
    **fixes: bool,
) -> int:
    """Check files and folders (this project when none is named) and list what is found.

    Python's compiler, ruff and Semgrep always; and the type checkers and compilers that the project says it uses (by its
    configuration, development dependencies, pre-commit and CI files). Those that run code of the project, such as cargo,
    need a trusted workspace; configuration that can load code counts only there. Exit code: 0 nothing found, 1 findings,
    2 usage, 6 a tool could not be run.

    With --fix each fix that a tool offers is verified alone (it applies, the file compiles, what was found is gone, nothing
    is new, the tests that see it pass), then all together. What was verified is kept as a run, for 'fixbot runs apply'.
    Exit code then: 0 fixes were verified, or nothing was found; 1 something was found and no fix verified; 4 the time was
    over before any fix was verified.
    """
    began = time.monotonic()
    wish = _Fixes(**fixes, seconds=math.inf if timeout is None else timeout)
    wish.check(new, form)
    if base is not None and not new:
        raise UsageFailure("--base goes with --new", "to check only files that changed use --since")
    scope = Scope.of(paths)
    if since is not None:
        scope = scope.since(since)
    form = "json" if as_json else form
    with Live(on=form == "text" and not new and not wish.fix, seconds=wish.seconds * _CHECKING) as live:
        loaded = load(scope.root, trust=trust)
        environment, notes = _python(scope.root, python, loaded)
        change = Change.between(Repository.open(scope.root), base or "") if new else None
        round_ = _Round(scope, loaded, environment, change, live)
        tools = checks.chosen(asked(scope, only))
        feedback = round_.checked(tools)
        show_notes(live, feedback.notes)
        if wish.fix:
            return round_.fixed(feedback, tools, wish, tests, form, began, notes)
        tested = round_.tested(tests or ("none" if only else ""), since)
    feedback = _both(feedback, tested)
    show_problems((*notes, *feedback.problems))
    show(feedback, form, len(scope.paths), time.monotonic() - began, live)
    return exit_code(bool(feedback.findings), bool(feedback.broken))


@dataclass(frozen=True, slots=True)
class _Fixes:
    """What is said of fixes on the command line."""

    fix: bool
    apply: bool
    unsafe_fixes: bool
    allow_test_edits: bool
    allow_dirty: bool
    seconds: float

    def check(self, new: bool, form: str) -> None:
        """Raise UsageFailure for options that do not go together."""
        if not self.seconds > 0:
            raise UsageFailure(f"--timeout {self.seconds:g} leaves no time", "give a number of seconds above 0")
        options = {
            "--apply": self.apply,
            "--unsafe-fixes": self.unsafe_fixes,
            "--allow-test-edits": self.allow_test_edits,
            "--allow-dirty": self.allow_dirty,
            "--timeout": self.seconds < math.inf,
        }
        given = [name for name, wanted in options.items() if wanted]
        if given and not self.fix:
            raise UsageFailure(f"{', '.join(given)} without --fix", "what is only found is not fixed: add --fix")
        if self.fix and new:
            raise UsageFailure("--fix and --new exclude each other", "fix what changed with --fix --since REF")
        if self.fix and form not in ("text", "json"):
            raise UsageFailure(f"--fix prints a diff, not {form}", "use --json, or check once more after it")


@dataclass(frozen=True, slots=True)
class _Round:
    """One run of everything. `change` is what to compare with, None to show all findings."""

    scope: Scope
    loaded: Loaded
    environment: Environment | None
    change: Change | None
    live: Live

    def checked(self, only: Sequence[checks.Tool]) -> Feedback:
        """Effect: run the tools."""
        trusted, paths = self.loaded.trusted, self.scope.paths
        if self.change:
            return new_since(
                self.change, paths, only, environment=self.environment, trusted=trusted, progress=self.live
            )
        return checks.run(
            self.scope.root, paths, only=only, environment=self.environment, trusted=trusted, progress=self.live
        )

    def tested(self, which: str, since: str | None) -> Feedback:
        """Effect: run the tests that were asked for; for "" those that see a change, and why not is a problem in words."""
        if which == "none":
            return Feedback()
        bed = Bed(self.scope.root, self.loaded.settings, self.loaded.trusted, self.environment)
        base = self.change.base if self.change else ""
        try:
            files = None if which == "all" else self._impacted(since)
            if files is None or files:
                self.live.step("running tests", 0, 0)
            return bed.run(files, base)
        except RepairError as error:
            if which:
                raise
            # Without a repository nobody knows what changed: there is nothing to say.
            return Feedback(problems=() if isinstance(error, GitError) else (f"tests: {error.message}",))

    def fixed(
        self,
        feedback: Feedback,
        tools: Sequence[checks.Tool],
        wish: "_Fixes",
        tests: str | None,
        form: str,
        began: float,
        notes: Sequence[str],
    ) -> int:
        """Effect: fix what can be, write it where that is wanted, and show it; returns the exit code."""
        from fixbot_agent.cli import fixing
        from fixbot_repair.checks.all import container
        from fixbot_repair.checks.versions import Ground
        from fixbot_repair.fixing import Wish, fix

        root = self.scope.root
        ground = Ground(root, self.environment, self.loaded.trusted, container(root))
        bed = None if tests == "none" else fixing.tests(root, tests, self.loaded, self.environment, self.live)
        left = max(wish.seconds - (time.monotonic() - began), wish.seconds / 10)
        wanted = Wish(wish.unsafe_fixes, wish.allow_test_edits, seconds=left)
        with fixing.Record(root, self.loaded) as record:
            try:
                fixed = fix(ground, self.scope.paths, tools, feedback, wish=wanted, tests=bed, progress=self.live)
            finally:
                if bed is not None:
                    bed.close()
            placing = fixing.Placing(wish.apply, wish.allow_test_edits, wish.allow_dirty)
            outcome = replace(fixing.placed(root, fixed, placing, self.live), notes=feedback.notes)
            self.live.clear()
            problems = (*notes, *feedback.problems, *fixed.problems)
            outcome = record.kept(outcome, problems, time.monotonic() - began, allow_tests=wish.allow_test_edits)
        show_problems(problems)
        fixing.show(outcome, problems, time.monotonic() - began, as_json=form == "json")
        return outcome.exit_code(bool(feedback.broken))

    def _impacted(self, since: str | None) -> tuple[str, ...]:
        repository = Repository.open(self.scope.root)
        base = self.change.base if self.change else repository.resolve(since or "HEAD")
        return impacted(repository.top, changed_paths(repository, base), Places.current().index, self.live)


def _both(feedback: Feedback, tested: Feedback) -> Feedback:
    findings = sorted((*feedback.findings, *tested.findings), key=lambda f: (f.path, f.line, f.column))
    problems = (*feedback.problems, *tested.problems)
    return replace(feedback, findings=tuple(findings), outcomes=tested.outcomes, problems=problems)


def asked(scope: Scope, only: str | None) -> tuple[str | checks.Tool, ...]:
    """Effect: the tools of ``--only``; without it our own, and those that the project says it uses."""
    return names(only) or (*checks.TOOLS, *checks.in_use(scope.root, scope.paths))


def _python(root: Path, python: Path | None, loaded: Loaded) -> tuple[Environment | None, tuple[str, ...]]:
    """Effect: the Python of the project, and all warnings there are so far."""
    try:
        return Environment.find(root, python), loaded.warnings
    except EnvironmentFailure as error:
        if python is not None:
            raise
        return None, (*loaded.warnings, f"compiling with fixbot's own Python: {error.message}")


def show_notes(live: Live, notes: Sequence[str]) -> None:
    """Effect: say on stderr how tools were run, where that is not as usual."""
    if notes:
        live.clear()
    for note in notes:
        click.echo(f"fixbot: {printable_line(note)}", err=True)
