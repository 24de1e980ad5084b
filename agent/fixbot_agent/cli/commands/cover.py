"""``fixbot cover``: tests of one module, written, proven and shown as a diff."""

import os
import signal
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import settings_of, settings_options, warn
from fixbot_agent.cli.envelope import emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_analysis.errors import FixbotError

if TYPE_CHECKING:
    from fixbot_agent.covering import Cover, Report
    from fixbot_repair.git import Repository

_TARGET = click.FloatRange(0.0, 1.0, min_open=True)


@click.command(epilog="Example: fixbot cover shop/cart.py --target 0.9 --apply")
@click.argument("module")
@repo_option
@click.option(
    "--target", type=_TARGET, default=0.9, show_default=True, help="Share of branches and functions to reach."
)
@click.option(
    "--timeout",
    type=click.FloatRange(5.0),
    default=120.0,
    show_default=True,
    metavar="S",
    help="Seconds for the search and its proofs.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Another one looks elsewhere; the same finds the same where time does not cut it.",
)
@click.option("--apply", is_flag=True, help="Write the tests into the tree.")
@click.option("--branch", default="", metavar="NAME", help="Commit the tests to a new branch.")
@click.option("--allow-dirty", is_flag=True, help="Let --apply write to a file with uncommitted work.")
@click.option("--python", metavar="PATH", help="The project's interpreter; it needs pytest.")
@click.option("--sandbox", metavar="KIND", help="auto, bwrap, landlock or none (trusted workspaces only).")
@settings_options
@json_option
def command(
    *,
    module: str, repo: Path, target: float, timeout: float, seed: int, apply: bool, branch: str, allow_dirty: bool,
    python: str | None, sandbox: str | None, config: Path | None, trust: bool, as_json: bool,
) -> int:  # fmt: skip
    """Write tests for MODULE (a file) until its branches are covered; no model is asked.

    Each test is kept only if it passes in any order, adds coverage, and notices a slip in the code that no test noticed
    before. The tests record what the code does today. Prints a unified diff; nothing is written without --apply or --branch.

    Exit codes: 0 target reached, or nothing to do; 1 nothing could be added; 4 target not reached, time being over or nothing more found, with what was found.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us gets a tidy end
    if apply and branch:
        raise UsageFailure("--apply and --branch are two ways to write", "give one of them")
    from fixbot_agent.covering import Job, cover
    from fixbot_repair.git import Repository

    loaded = settings_of(repo, config, trust, python=python, sandbox=sandbox)
    repository = Repository.open(loaded.root)
    top, path = repository.top, _relative(module, repo, repository.top)
    if branch:
        _check_branch(repository, branch, path)
    given = loaded.settings
    with Bar(on=not as_json) as bar:
        found = cover(
            Job(
                top, path, target, timeout, seed, given.sandbox, loaded.trusted,
                Path(given.python) if given.python else None, bar,
            )
        )  # fmt: skip
    report = found.report
    if found.after is not None and (apply or branch):
        try:
            report = _written(found, top, branch, allow_dirty=allow_dirty)
        except FixbotError:
            if not as_json:  # what was found is not lost
                _show(report, as_json=False)
            raise
    _show(report, as_json=as_json)
    return report.exit_code


def _check_branch(repository: "Repository", branch: str, module: str) -> None:
    """Effect: asks git. Raises GitError for a name that no new branch can have, UsageFailure where the module is not as it was committed."""
    repository.check_branch(branch)
    if repository.dirty([module]):
        raise UsageFailure(
            f"{module} has work that is not committed, and a branch holds what is", "commit it first, or use --apply"
        )


def _relative(module: str, repo: Path, top: Path) -> str:
    """The module's path from the repository's top: as it stands from this folder, or from `repo`. Raises UsageFailure."""
    for place in (Path.cwd() / module, repo / module, top / module):
        path = Path(os.path.abspath(place))  # noqa: PTH100 - a link in the project is a file of its own
        if path.is_file() and path.is_relative_to(top):
            return str(PurePosixPath(path.relative_to(top)))
    raise UsageFailure(f"there is no file {module} in the repository", "name a module as in: fixbot cover shop/cart.py")


def _written(found: "Cover", root: Path, branch: str, *, allow_dirty: bool) -> "Report":
    """Effect: write the tests to the tree or to a new branch. Raises DirtyTree, PatchError, GitError."""
    from fixbot_agent.settings import Places
    from fixbot_agent.solving.delivering import applying

    state = Places.current().state
    for line in applying.recover(root, state):
        warn(line)
    changes = (applying.Change(found.path, found.before, found.after),)
    applying.check(root, changes, allow_dirty=allow_dirty, allow_tests=True)
    if branch:
        message = f"Test {found.report.module}\n\nThe tests record what the code does today.\n"
        applying.branch(root, branch, changes, message)
    else:
        applying.write(root, changes, state)
    return replace(found.report, wrote=branch or "tree")


def _show(report: "Report", *, as_json: bool) -> None:
    """Effect: the report on stderr and the diff on stdout, or all as one document."""
    from fixbot_agent.cli.showing import show_diff

    if as_json:
        emit(report.to_json())
        return
    for line in report.lines():
        click.echo(printable(line), err=True)
    if report.wrote:
        click.echo(
            printable(f"Written to {'the tree' if report.wrote == 'tree' else f'the branch {report.wrote}'}."), err=True
        )
    if report.patch:
        show_diff(report.patch)
