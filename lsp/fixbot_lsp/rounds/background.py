"""The background agent in the editor: what a save sets off, shown as diagnostics, progress, and a fix on offer."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from lsprotocol import types
from pygls.progress import Progress

from fixbot_agent.errors import SettingsError
from fixbot_agent.watching.agent import Agent, Play
from fixbot_agent.watching.events import (
    Broken,
    Checked,
    Ended,
    Event,
    Failed,
    Request,
    Searching,
    Solved,
    Stepped,
    Tested,
)
from fixbot_agent.watching.offer import why_not
from fixbot_lsp.options import Options
from fixbot_lsp.rounds.bars import Bar
from fixbot_lsp.rounds.board import Board, Mark
from fixbot_lsp.rounds.failing import Failing
from fixbot_lsp.rounds.fixes import Fixes, read_file
from fixbot_lsp.rounds.mending import fix_of
from fixbot_lsp.text.documents import Documents, OpenDocument
from fixbot_lsp.text.folders import uri_of
from fixbot_lsp.text.positions import Text
from fixbot_repair.checks import Finding, Severity

_RAISED = re.compile(r"(?:[\w.]*\.)?([A-Z]\w*)(?::|$)")
_CALM = 0.6  # seconds without a further save
_EXIT_UNTRUSTED = 7
_TITLE = "fixbot: looking for a verified fix"


class Editor(Protocol):
    """What the background agent needs of the server."""

    documents: Documents
    board: Board
    fixes: Fixes

    def options_of(self, document: OpenDocument) -> Options:
        """The settings that count for a document."""
        ...

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

    def show_once(self, message: str) -> None:
        """Show a message to the user that was not shown before."""
        ...


class Background:
    """At most one round at a time; a keystroke, a newer save or the user's cancel ends it.

    `searching` says whether a fix is being looked for.
    """

    def __init__(self, editor: Editor, play: Play | None = None, calm: float = _CALM) -> None:
        self._editor = editor
        self._agent = Agent(self._hear, play, calm)
        self._bar: Bar | None = None
        self._began = 0
        self._until = 0.0  # of the monotonic clock: the search ends then at the latest
        self._marked: set[tuple[str, str]] = set()  # (folder, path) of files that show failing tests
        self._failing: dict[str, Failing] = {}  # by folder
        self.changed: Callable[[], None] = lambda: None  # called when other tests fail than before
        self.searches: Callable[[bool], object] = lambda _: None  # called when a search begins and when it ends

    @property
    def is_failing(self) -> bool:
        """Whether any test failed when it ran last."""
        return any(each.findings for each in self._failing.values())

    def failures(self, root: Path) -> Mapping[str, Finding]:
        """The tests of a folder that failed when they ran last, by id: where, and how."""
        return self._failing[str(root)].findings if str(root) in self._failing else {}

    def frames(self, root: Path, test: str) -> tuple[tuple[str, int], ...]:
        """Where a test that fails failed: paths and lines (from 1), innermost last; nothing where that is not known."""
        known = self._failing.get(str(root))
        return known.broken[test].frames if known is not None and test in known.broken else ()

    def outcome(
        self, root: Path, test: str, passed: bool, message: str, frames: Sequence[tuple[str, int]] = ()
    ) -> None:
        """Effect: show what a test did that was run by hand; `frames` are (path, line from 1) of its failure, innermost last."""
        failing = self._failing.setdefault(str(root), Failing())
        path, line = frames[-1] if frames else (test.partition("::")[0], 1)
        rule, severity, said = _RAISED.match(message), Severity.ERROR, f"{test}: {message}"
        finding = Finding(path, line, 1, line, 1, "tests", rule[1] if rule else "failed", severity, said)
        first, _, more = message.partition("\n")
        broken = Broken(test, first, more, tuple(frames))
        failing.put(test, *((None, None) if passed else (finding, broken)))
        self._show(root)

    @property
    def searching(self) -> bool:
        """Whether a fix is being looked for."""
        return self._bar is not None

    def saved(self, document: OpenDocument) -> None:
        """Effect: begin a round, with what the settings and the editor's trust allow."""
        self.interrupt()
        options, root, path = self._editor.options_of(document), document.root, document.path
        if root is None or path is None:
            return
        if options.trusted is False and options.background:
            self._editor.show_once(
                "fixbot: the workspace is not trusted: its tests are not run, so no fix can be verified"
            )
        runs = options.background and options.trusted is not False
        tools = options.tools
        if tools or runs:
            buffers = {} if not runs else self._unsaved(root)
            self._agent.saved(Request(str(root), (path,), buffers, tools, runs, runs, options.background_seconds))

    def interrupt(self) -> None:
        """Effect: end the round under way."""
        self._agent.interrupt()
        self._end_bar("interrupted")

    async def wait(self) -> None:
        """Wait for the end of the round under way."""
        await self._agent.wait()

    async def stop(self) -> None:
        """Effect: end the round under way and wait for its end."""
        self._end_bar("interrupted")
        await self._agent.stop()

    def _unsaved(self, root: Path) -> dict[str, str]:
        """Effect: compare with the disk. The open documents of a folder whose text is not what is stored."""
        here = [d for d in self._editor.documents if d.root == root and d.path is not None and d.text is not None]
        texts = {d.path or "": d.text.data for d in here if d.text is not None}
        return {path: data.decode() for path, data in texts.items() if read_file(root, path) != data}

    def _hear(self, request: Request, event: Event) -> None:
        if isinstance(event, Checked):
            self._checked(request, event)
        elif isinstance(event, Tested):
            self._tested(request, event)
        elif isinstance(event, Searching):
            self._began = time.time_ns()
            self._until = time.monotonic() + request.seconds
            self._bar = Bar(self._editor.work_done_progress, self._editor.client_capabilities, self.interrupt)
            self._bar.begin(_TITLE, f"{len(event.tests)} failing")
            self.searches(True)
        elif isinstance(event, Stepped) and self._bar is not None:
            self._bar.step(self._far(event), event.done, event.total)
        elif isinstance(event, Solved):
            self._end_bar(self._offer(Path(request.root), event))
        elif isinstance(event, Ended | Failed):
            self._ended(event)

    def _far(self, step: Stepped) -> str:
        """How far the search is, in words: what has no end that is known is counted, and has the time that is left."""
        if step.total:
            return step.what
        left = max(0, round(self._until - time.monotonic()))
        return (
            f"{step.what}: {step.done} so far, {left} s left at most"
            if step.done
            else f"{step.what}, {left} s left at most"
        )

    def _checked(self, request: Request, event: Checked) -> None:
        for path in request.paths:
            document = self._editor.documents.at(Path(request.root), path)
            if document is not None and document.text is not None:
                text, guarded = document.text, self._editor.options_of(document).is_guarded
                found = [f for f in event.findings if f.path == path]
                shown = [f for f in found if f.tool != "ruff" or not guarded or f.category == "security"]
                self._editor.board.put(document.uri, "checks", [Mark.of(f, text) for f in shown])
        for problem in event.problems:
            self._editor.say(f"fixbot: not checked: {problem}", types.MessageType.Warning)

    def _tested(self, request: Request, event: Tested) -> None:
        """Effect: show the tests that fail where they fail, and take those back that failed before."""
        self._failing[request.root] = Failing.of(event.failing, event.findings, event.broken)
        self._show(Path(request.root))
        for problem in event.problems:
            self._editor.say(f"fixbot: {problem}", types.MessageType.Warning)

    def _show(self, folder: Path) -> None:
        """Effect: mark where tests of a folder fail, and take the marks of others away."""
        root = str(folder)
        marks = self._failing[root].marks(partial(self._text, folder), partial(self._uri, folder))
        before = {place for place in self._marked if place[0] == root}
        for path in dict.fromkeys((*(path for _, path in before), *marks)):
            if (data := self._text(folder, path)) is not None:
                self._editor.board.put(self._uri(folder, path), "tests", marks.get(path, ()), Text(data))
        self._marked = (self._marked - before) | {(root, path) for path in marks}
        self.changed()

    def _text(self, root: Path, path: str) -> bytes | None:
        """Effect: read the file where it is not open."""
        document = self._editor.documents.at(root, path)
        return document.text.data if document and document.text else read_file(root, path)

    def _uri(self, root: Path, path: str) -> str:
        document = self._editor.documents.at(root, path)
        return document.uri if document else uri_of(root, path)

    def _offer(self, root: Path, solved: Solved) -> str:
        """Effect: offer what was found; returns what came of the search in words."""
        fix = fix_of(solved, root, self._editor.documents, self._began)
        if fix is not None and self._editor.fixes.offer(fix):
            return f"{fix.title}. {fix.evidence}"
        if solved.report.get("status") == "plausible":
            return "a fix was found, but the files have changed since"
        return why_not(solved.report)

    def _ended(self, event: Ended | Failed) -> None:
        if isinstance(event, Failed):
            said = f"{event.message}. {event.hint}" if event.hint else event.message
            if event.exit_code == _EXIT_UNTRUSTED or event.error == SettingsError.kind:
                self._editor.show_once(f"fixbot: {said}")
            self._editor.say(f"fixbot, background: {said}")
        self._end_bar("")

    def _end_bar(self, outcome: str) -> None:
        if outcome and self._bar is not None:
            self._editor.say(f"fixbot, background: {outcome}")
        if self._bar is not None:
            self._bar.end(outcome)
            self._bar = None
            self.searches(False)
