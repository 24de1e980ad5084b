"""The background agent: after a save, look for a verified fix of failing tests, quietly, and offer what was found."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from lsprotocol import types
from pygls.progress import Progress

from fixbot_analysis.errors import FixbotError
from fixbot_lsp.documents import Documents, OpenDocument
from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.fixes import Fix, Fixes, line_edits, read_file
from fixbot_lsp.jobs import run_json
from fixbot_lsp.options import Options
from fixbot_lsp.wire import structure
from fixbot_repair.candidates import Edit

log = logging.getLogger(__name__)
_CALM = 1.0  # seconds without a further save
_EXIT_UNTRUSTED = 7

Solve = Callable[[Path, int], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Verification:
    """How the patch was verified, as ``fixbot solve --json`` says it."""

    oracle: str = ""
    failed_before: tuple[str, ...] = ()
    passed_after: tuple[str, ...] = ()
    tests_run: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """The error that ``fixbot solve --json`` reports."""

    kind: str = ""
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Solved:
    """What is used of the report of ``fixbot solve --json``."""

    status: str
    exit_code: int = 0
    patch: str | None = ""
    source: str | None = ""
    sandbox: str | None = ""
    verification: Verification | None = None
    error: Failure | None = None


class Editor(Protocol):
    """What the background agent needs of the server."""

    options: Options
    documents: Documents
    fixes: Fixes

    @property
    def work_done_progress(self) -> Progress:
        """Progress bars of the client."""
        ...

    @property
    def client_capabilities(self) -> types.ClientCapabilities:
        """What the client can do."""
        ...

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Write to the client's log."""
        ...

    def show(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a message to the user."""
        ...


class Background:
    """At most one search at a time; a keystroke, a newer save or the user's cancel ends it."""

    def __init__(self, editor: Editor, solve: Solve | None = None, calm: float = _CALM) -> None:
        self._editor, self._run, self._calm = editor, solve or solve_project, calm
        self._task: asyncio.Task[None] | None = None
        self._told: set[str] = set()

    def saved(self, document: OpenDocument) -> None:
        """Effect: begin a search, if the settings and the editor's trust allow one."""
        options, root = self._editor.options, self._editor.documents.root
        self.interrupt()
        if not options.background or root is None or document.path is None or not document.path.endswith(".py"):
            return
        if options.trusted is False:
            self._tell_once("the workspace is not trusted: its tests are not run, so no fix can be verified")
            return
        self._task = asyncio.create_task(self._search(root), name="background")

    def interrupt(self) -> None:
        """Effect: end the search under way."""
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> None:
        """Effect: end the search under way and wait for its end."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _search(self, root: Path) -> None:
        await asyncio.sleep(self._calm)
        token = await self._begin_progress()
        outcome = "interrupted"
        try:
            outcome = await self._solve(root)
        except (ChildFailed, OSError) as error:
            outcome = f"failed: {error}"
        finally:
            self._end_progress(token, outcome)

    async def _solve(self, root: Path) -> str:
        """Effect: search and offer; returns what came of it in words."""
        began = time.time_ns()
        document = await self._run(root, self._editor.options.background_seconds)
        try:
            solved = structure(document, Solved)
        except (TypeError, ValueError) as error:
            raise ChildFailed(f"the report cannot be read: {error}") from error
        if solved.status != "plausible" or not solved.patch:
            return self._explain(solved)
        fix = await asyncio.to_thread(fix_of, solved, root, began)
        if fix is None or not self._editor.fixes.offer(fix):
            return "a fix was found, but the files have changed since"
        return f"{fix.title}. {fix.evidence}"

    def _explain(self, solved: Solved) -> str:
        if solved.exit_code == _EXIT_UNTRUSTED and solved.error:
            self._tell_once(f"{solved.error.message}. {solved.error.hint}")
        if solved.error:
            return solved.error.message
        return "nothing to fix" if solved.exit_code == 0 else f"no verified fix was found ({solved.status})"

    def _tell_once(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._editor.show(f"fixbot: {message}")

    async def _begin_progress(self) -> str | None:
        window = self._editor.client_capabilities.window
        if window is None or not window.work_done_progress:
            return None
        token, bars, task = f"fixbot-{uuid4()}", self._editor.work_done_progress, self._task
        await bars.create_async(token)
        begin = types.WorkDoneProgressBegin("fixbot: looking for a verified fix", cancellable=True)
        bars.begin(token, begin)
        if task is not None:
            bars.tokens[token].add_done_callback(lambda future: future.cancelled() and task.cancel())
        return token

    def _end_progress(self, token: str | None, outcome: str) -> None:
        self._editor.say(f"fixbot, background: {outcome}")
        if token is not None:
            bars = self._editor.work_done_progress
            bars.end(token, types.WorkDoneProgressEnd(message=outcome))
            bars.tokens.pop(token, None)


async def solve_project(root: Path, seconds: int) -> Mapping[str, object]:
    """Effect: ``fixbot solve`` on the failing tests of the project, without a model; returns its report."""
    return await run_json(("solve", "--json", "--no-model", "--repo", str(root), "--timeout", str(seconds)), root)


def fix_of(solved: Solved, root: Path, began: int) -> Fix | None:
    """Effect: read the files that the report's patch changes and make the fix of it.

    None when it does not apply, or when one of them was written after `began` (nanoseconds since the epoch): then
    it is not what was verified.
    """
    from fixbot_repair.candidates.diff import apply, parse

    try:
        diffs = parse(solved.patch or "")
        before = {d.path: data for d in diffs if (data := read_file(root, d.path)) is not None}
        after = apply(diffs, before)
        changed = any((root / path).stat().st_mtime_ns > began for path in before)
    except (FixbotError, OSError) as error:
        log.warning("the patch does not apply: %s", error)
        return None
    if changed:
        return None
    edits: list[Edit] = []
    for path, data in after.items():
        if data is None or path not in before:
            return None  # a file made or deleted: no text edit says that
        edits += line_edits(path, before[path], data)
    return Fix(_title(solved), evidence(solved), tuple(edits), before)


def _title(solved: Solved) -> str:
    failed = solved.verification.failed_before if solved.verification else ()
    if not failed:
        return "Fix: verified change"
    first = failed[0].rpartition("::")[2] or failed[0]
    return f"Fix: {first} passes" + (f" (and {len(failed) - 1} more)" if len(failed) > 1 else "")


def evidence(solved: Solved) -> str:
    """How the fix was verified, in one sentence."""
    how = solved.verification or Verification()
    inside = f" in the {solved.sandbox} sandbox" if solved.sandbox and solved.sandbox != "none" else ""
    return (
        f"Verified{inside}: {len(how.failed_before)} failing before, {len(how.passed_after)} of them pass now, "
        f"{how.tests_run} tests run, none newly fails. Found by {solved.source or 'search'}."
    )
