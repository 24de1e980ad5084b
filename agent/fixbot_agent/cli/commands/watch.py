"""``fixbot watch``: the background agent without an editor."""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.showing import show_diff
from fixbot_agent.watching.agent import Agent
from fixbot_agent.watching.events import (
    Checked,
    Ended,
    Event,
    Failed,
    Request,
    Searching,
    Solved,
    Stepped,
    Tested,
    to_json,
)
from fixbot_agent.watching.files import Files
from fixbot_agent.watching.offer import offer_of, why_not
from fixbot_repair.checks import Finding
from fixbot_repair.git import Repository

_TOOLS = ("compiler", "ruff", "semgrep")
_LAST = 0.2  # seconds between two looks whether a round is over


@click.command("watch", epilog="Example: fixbot watch --timeout 60")
@repo_option
@click.option(
    "--only",
    metavar="TOOL,...",
    default=",".join(_TOOLS),
    show_default=True,
    help="Check with these tools; '' for none.",
)
@click.option("--no-tests", is_flag=True, help="Do not run tests, and so look for no fixes.")
@click.option("--no-search", is_flag=True, help="Do not look for fixes of tests that fail.")
@click.option(
    "--timeout",
    type=click.IntRange(5, 3600),
    default=120,
    show_default=True,
    metavar="S",
    help="Seconds that one search may take.",
)
@click.option("--now", is_flag=True, help="Look at what differs from HEAD at once, before anything is saved.")
@click.option("--once", is_flag=True, help="End after the first round; exit code 1 when something was found.")
@click.option("--trust", is_flag=True, help="Trust this workspace for this run (see: fixbot trust).")
@json_option
def command(
    *,
    repo: Path,
    only: str,
    no_tests: bool,
    no_search: bool,
    timeout: int,
    now: bool,
    once: bool,
    trust: bool,
    as_json: bool,
) -> int:
    """Wait for files to be saved; check them, run the tests that see them, and look for a verified fix of those that fail.

    It works at low priority on one core, in the sandbox, and writes nothing to the tree: a fix that was found is shown as a diff and kept as
    a run, for 'fixbot runs apply'. A further save ends the search under way. With --json each event is one JSON document on a line. Ctrl-C ends it.
    """
    root = Repository.open(repo).top  # refused here, before anything waits
    tools = tuple(name.strip() for name in only.split(",") if name.strip())
    request = Request(str(root), (), {}, tools, not no_tests, not no_search, timeout, trust)
    return asyncio.run(_Watch(request, once, as_json).run(now))


class _Watch:
    """Watches one project until it is interrupted, or one round is over."""

    def __init__(self, request: Request, once: bool, as_json: bool) -> None:
        self._request, self._once, self._json = request, once, as_json
        self._code = int(ExitCode.OK)
        self._over = asyncio.Event()
        self._agent = Agent(self._hear)

    async def run(self, now: bool) -> int:
        """Effect: watch; returns the exit code."""
        files = await asyncio.to_thread(Files, Path(self._request.root))
        self._say(f"watching {files.count} files in {self._request.root}; Ctrl-C ends it")
        if now:
            self._saved(await asyncio.to_thread(partial(_changed, Path(self._request.root))))
        try:
            while not (self._once and self._over.is_set()):
                await asyncio.sleep(_LAST if self._once else files.wait)
                if saved := await asyncio.to_thread(files.saved):
                    self._saved(saved)
        finally:
            await self._agent.stop()
        return self._code

    def _saved(self, paths: tuple[str, ...]) -> None:
        from dataclasses import replace

        if not paths:
            self._say("nothing differs from HEAD")
            self._over.set()
            return
        self._say(f"{time.strftime('%H:%M:%S')}  saved: {_few(paths)}")
        self._agent.saved(replace(self._request, paths=paths))

    def _hear(self, _request: Request, event: Event) -> None:
        if self._json:
            if not isinstance(event, Stepped):
                sys.stdout.write(json.dumps({"schema": 1, **to_json(event)}) + "\n")
                sys.stdout.flush()
        else:
            for line in _words(event):
                click.echo(printable(line))
            if isinstance(event, Solved) and (offer := offer_of(event.report)):
                show_diff(offer.patch)
        if isinstance(event, Checked | Tested) and event.findings:
            self._code = ExitCode.NO_PATCH
        if isinstance(event, Failed):
            self._code = event.exit_code
        if isinstance(event, Ended | Failed):
            self._over.set()

    def _say(self, text: str) -> None:
        click.echo(printable(text), err=True)


def _words(event: Event) -> Iterable[str]:
    """An event as people read it, a line each."""
    if isinstance(event, Checked):
        yield from _found(event.findings, "the tools found nothing")
        yield from (f"  not checked: {problem}" for problem in event.problems)
    elif isinstance(event, Tested):
        fine = f"{event.ran} tests that see it pass" if event.ran else "no test sees it"
        yield f"  {len(event.failing)} of {event.ran} tests that see it fail:" if event.failing else f"  {fine}"
        yield from _found(event.findings)
        yield from (f"  {problem}" for problem in event.problems)
    elif isinstance(event, Searching):
        yield f"  looking for a fix of {_few(event.tests)}"
    elif isinstance(event, Solved):
        offer = offer_of(event.report)
        if offer is None:
            yield f"  {why_not(event.report)}"
            return
        yield f"  {offer.title}. {offer.evidence}"
        yield f"  fixbot runs apply {offer.run}"
    elif isinstance(event, Failed):
        yield f"  {event.message}" + (f": {event.hint}" if event.hint else "")


def _found(findings: Iterable[Finding], otherwise: str = "") -> Iterable[str]:
    shown = [f"  {f.path}:{f.line}:{f.column}: {f.tool} {f.rule}: {f.message}" for f in findings]
    return shown or ([f"  {otherwise}"] if otherwise else [])


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _changed(root: Path) -> tuple[str, ...]:
    """Effect: ask git what differs from HEAD and is source."""
    from fixbot_agent.reviewing.scope import changed_paths
    from fixbot_analysis.source import SourceTree

    repository = Repository.open(root)
    there = set(SourceTree(root).paths)
    base = repository.head
    changed = changed_paths(repository, base) if base else repository.untracked()
    return tuple(path for path in changed if path in there)
