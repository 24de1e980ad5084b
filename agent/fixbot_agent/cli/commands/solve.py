"""``fixbot solve``: an issue or failing tests in, a verified diff out."""

import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from fixbot_agent.cli.configuring import settings_of, settings_options, warn
from fixbot_agent.cli.envelope import emit
from fixbot_agent.cli.given import Given, whole
from fixbot_agent.cli.issue_text import Read, issue_of, unseen
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.storage import write
from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json
from fixbot_analysis.errors import FixbotError

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept, Run, Trail
    from fixbot_agent.settings import Loaded, Places
    from fixbot_agent.solving.delivering.placing import Solved
    from fixbot_agent.solving.reporting.report import Report
    from fixbot_agent.solving.resuming import Stood

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog="Example: fixbot solve issue.md --apply")
@click.argument("issue", required=False)
@repo_option
@click.option("--base", default="", metavar="REF", help="Work on this commit instead of the tree as it is now.")
@click.option("--test-cmd", metavar="CMD", help="How tests are run: pytest with options.")
@click.option("--python", metavar="PATH", help="The project's interpreter.")
@click.option("--apply", is_flag=True, help="Write a verified patch into the tree.")
@click.option("--branch", default="", metavar="NAME", help="Commit a verified patch to a new branch.")
@click.option("--output", type=_FILE, help="Also write the patch to this file.")
@click.option("--report", type=_FILE, help="Also write the JSON report to this file.")
@click.option("--model", default="", metavar="NAME", help="Ask this configured model, before anything else is tried.")
@click.option("--fallback", default="", metavar="A,B", help="Models that take over when one fails.")
@click.option("--strategy", metavar="KIND", help="search, agent, sample, or cascade: the cheapest first (the default).")
@click.option(
    "--samples", type=click.IntRange(1), metavar="N", help="Ask a model for N patches at once, without tools."
)
@click.option(
    "--prompt",
    "prompts",
    multiple=True,
    callback=lambda _, __, said: whole(said),
    metavar="NAME=FILE",
    help="A text of your own in the place of this prompt; may be given several times.",
)
@click.option("--no-memory", is_flag=True, help="Tell models nothing of earlier runs here, and remember nothing.")
@click.option("--no-model", is_flag=True, help="Ask no model, even where one is configured.")
@click.option("--offline", is_flag=True, help="Ask only models on this machine.")
@click.option("--log", type=_FILE, help="A failing run's log is the issue.")
@click.option("--timeout", type=float, metavar="S", help="Seconds it may take in all.")
@click.option("--max-cost", type=float, metavar="X", help="Most money it may spend on models.")
@click.option("--max-steps", type=int, metavar="N", help="Most answers it may ask of models.")
@click.option("--max-tokens", type=int, metavar="N", help="Most tokens that models may read and write for it.")
@click.option("--max-calls", type=int, metavar="N", help="Most requests it may make to models, failed ones too.")
@click.option("--sandbox", metavar="KIND", help="auto, bwrap, landlock or none (trusted workspaces only).")
@click.option("--allow-test-edits", is_flag=True, help="Let the patch change tests.")
@click.option("--allow-dirty", is_flag=True, help="Let --apply write to files with uncommitted work.")
@click.option("--write-test", is_flag=True, help="Add the issue's reproduction to the patch as a regression test.")
@click.option("--print-unverified", is_flag=True, help="Print a patch even when nothing could verify it.")
@click.option(
    "--resume", metavar="RUN", help="Go on with a run that was cut short; 'last' is the newest of this project."
)
@settings_options
@json_option
def command(**given: Any) -> int:
    """Solve ISSUE (a file, an address, or - for stdin). Without it the failing tests are the issue.

    Prints a unified diff on stdout; nothing is written to the tree without --apply or --branch.

    Exit codes: 0 verified, or nothing to fix; 1 no patch; 3 patch not verified; 4 budget spent; 5 models failed;
    6 tests cannot run; 7 untrusted.
    """
    wanted = Given(**given)
    wanted.check()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us gets a tidy end
    return _solve(wanted)


def _solve(given: Given) -> int:
    from fixbot_agent.cli.resuming import no_others, options, taken_up
    from fixbot_agent.runs import Trail
    from fixbot_agent.settings import Places
    from fixbot_agent.solving.delivering import applying
    from fixbot_agent.solving.delivering.placing import Wish, place
    from fixbot_agent.solving.resuming import Asked, is_over

    places = Places.current()
    kept = _gone_on_with(given, Trail(places.runs))
    if kept:
        no_others(given)
    if kept and is_over(kept):
        return _retold(given, kept)
    given, text, stood = taken_up(given, kept) if kept else (given, None, None)
    loaded = settings_of(given.repo, given.config, given.trust, **given.settings())
    read = _again(kept, text) if kept else issue_of(given.issue, given.log, offline=loaded.settings.offline)
    for line in applying.recover(loaded.root, places.state):
        warn(line)
    _look_ahead(given, loaded.root)
    run = _run(loaded, places, kept)
    if not kept:
        Asked(read.text, options(given, loaded)).keep(run)
    try:
        solved = _solved(given, loaded, places, run, read, stood, kept)
        if given.write_test:
            from fixbot_agent.solving.regressing.regression import Place, with_test

            solved = with_test(solved, read.text, Place(loaded.root, given.base, loaded.settings, loaded.trusted))
    except FixbotError as error:
        if "case" in run.kinds:
            run.event("failed", error=error.kind, why=error.message)
        else:  # wrong use, or nothing that could be worked on
            run.discard()
        raise
    wish = Wish(given.apply, given.branch, given.allow_dirty, loaded.settings.allow_test_edits, given.base)
    report = place(solved, wish, loaded.root, places.state, run)
    _write_files(given, report, run)
    _show(given, report, run, loaded.warnings)
    return report.exit_code


def _look_ahead(given: Given, root: Path) -> None:
    """Effect: refuse what could not be written at the end, and warn of what might not be, before anything is paid for."""
    from fixbot_agent.cli.refusing import refuse, unsaved

    refuse(root, given.branch, given.output, given.report)
    if given.apply and not given.allow_dirty and (said := unsaved(root)):
        warn(said)


def _gone_on_with(given: Given, trail: "Trail") -> "Kept | None":
    """Effect: the run to go on with, if any. Raises RunNotFound."""
    from fixbot_agent.settings import workspace_root

    return None if given.resume is None else trail.of_command("solve", given.resume, workspace_root(Path.cwd()))


def _solved(
    given: Given,
    loaded: "Loaded",
    places: "Places",
    run: "Run",
    read: Read,
    stood: "Stood | None",
    kept: "Kept | None",
) -> "Solved":
    from fixbot_agent.cli.resuming import at_once
    from fixbot_agent.recording import pictures
    from fixbot_agent.solving.solver import Job, solve

    if not kept:
        pictures.keep(run, read.pictures.read)
    with Bar() as bar:
        job = Job(
            root=loaded.root,
            text=read.text,
            pictures=read.pictures.read,
            base=given.base,
            settings=loaded.settings,
            trusted=loaded.trusted,
            places=places,
            run=run,
            model=given.model,
            fallback=tuple(name.strip() for name in given.fallback.split(",") if name.strip()),
            warnings=(*loaded.warnings, *unseen(read.pictures)),
            progress=bar,
            say=bar.say,
            stood=stood,
            kept=kept,
            overrun=lambda report: _end(given, report, run),
        )
        solved = solve(replace(job, at_once=at_once(run, job.go_on, given.as_json)))
    if solved.report.models:
        return solved
    warnings = (*solved.report.warnings, *unseen(read.pictures, asked=False))
    return replace(solved, report=replace(solved.report, warnings=warnings))


def _again(kept: "Kept", text: str | None) -> Read:
    """Effect: reads the run. The issue that it was asked about, with the pictures that it kept."""
    from fixbot_agent.models.images import Pictures
    from fixbot_agent.recording import pictures

    return Read(text, Pictures(pictures.kept_in(kept)))


def _end(given: Given, report: "Report", run: "Run") -> None:
    """Effect: keep and show `report`, and end the process where it stands: something hangs that cannot be ended."""
    import os

    from fixbot_agent.solving.delivering.keeping import keep

    try:
        keep(run, report, (), allow_tests=False)
        _write_files(given, report, run)
        _show(given, report, run, ())
    finally:
        os._exit(report.exit_code)


def _retold(given: Given, kept: "Kept") -> int:
    """Effect: show the report of a run that has come to its end once more; nothing is done."""
    import os

    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor
    from fixbot_agent.solving.delivering.keeping import whole_patch
    from fixbot_agent.solving.reporting.retelling import report

    root = Path(kept.root)
    again, run = report(kept), Run.resume(kept.folder, redactor((), os.environ, root), warn)
    warn(f"the run {kept.id} has come to its end; this is its report")
    if given.apply or given.branch:
        warn(f"nothing is written of a run that is over: 'fixbot runs apply {kept.id}' does that")
    try:
        again = replace(again, patch=whole_patch(kept, root) if again.patch else "")
    except FixbotError as error:
        warn(f"the patch below leaves out a key, as runs hold none, and cannot be applied as it is: {error.message}")
    _write_files(given, again, run)
    _show(given, again, run, ())
    return again.exit_code


def _run(loaded: "Loaded", places: "Places", kept: "Kept | None") -> "Run":
    import os

    from fixbot_agent.runs import Run
    from fixbot_agent.runs.secrets import redactor

    redact = redactor(loaded.settings.key_names, os.environ, loaded.root)
    if kept:
        run = Run.resume(kept.folder, redact, warn)
        run.event("resumed", argv=sys.argv[1:])
        return run
    run = Run.start(places.runs, redact, warn, forbidden=loaded.root)
    run.event("started", command="solve", root=str(loaded.root), argv=sys.argv[1:])
    return run


def _write_files(given: Given, report: "Report", run: "Run") -> None:
    """Effect: write --output and --report. Raises UsageFailure; the run still has both."""
    wanted = [(given.output, report.patch.encode("utf-8", "surrogateescape"))]
    document = json.dumps(
        {"schema": 1, **cast("dict[str, Json]", run.clean(report.to_json()))}, ensure_ascii=False, indent=1
    )
    wanted.append((given.report, document.encode("utf-8", "replace")))
    for path, data in wanted:
        if path is None:
            continue
        try:
            write(path, data)
        except OSError as error:
            there = f"see 'fixbot runs show {run.id}'" if run.folder else "make room and run it again"
            raise UsageFailure(f"{path} cannot be written: {error.strerror}", there) from error


def _show(given: Given, report: "Report", run: "Run", told: Sequence[str]) -> None:
    """Effect: write the report, and the diff. What was `told` on stderr already is not told twice."""
    from fixbot_agent.cli.showing import show, show_diff
    from fixbot_agent.solving.reporting.report import Status

    if given.as_json:
        emit(cast("dict[str, Json]", run.clean(report.to_json())))
        return
    kept = report.run if run.folder else ""  # a name that 'fixbot runs' would not know helps nobody
    show(replace(report, run=kept, warnings=tuple(w for w in report.warnings if w not in told)))
    if report.patch and (report.status is Status.PLAUSIBLE or given.print_unverified):
        show_diff(report.patch)
    elif report.patch and kept:
        shows, writes = f"fixbot runs show {kept}", f"fixbot runs apply {kept} --unverified"
        click.echo(
            f"  the patch is not verified, so it is not printed: '{shows}' shows it, '{writes}' writes it", err=True
        )
