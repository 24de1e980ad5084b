"""Actions about what was found: the verified fix, tools' own fixes once they were verified, a search, an explanation, all at once."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.errors import ChildFailed, Outdated
from fixbot_lsp.features.actions.asked import Wish
from fixbot_lsp.features.chores import Request, work
from fixbot_lsp.rounds.board import Mark, as_diagnostic
from fixbot_lsp.rounds.fixes import Fix, read_file
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.text.documents import OpenDocument
from fixbot_repair.candidates import Edit

log = logging.getLogger(__name__)
FIX_ALL = "source.fixAll.fixbot"
_QUICK = types.CodeActionKind.QuickFix
_PATIENCE, _LITTLE = 8.0, 1.5  # seconds that a menu, or a light bulb, waits for fixes to be verified
_LONGEST = 90  # characters of a title
_TOOLS = ("ruff", "semgrep")
_HELD = "Verified alone: it applies, the file compiles, the finding is gone and nothing is new. No test was held against it."


@dataclass(frozen=True, slots=True)
class ToolFix:
    """A tool's fix that held, for the finding with this fingerprint; `unsafe` by the tool's own word."""

    fingerprint: str
    rule: str
    unsafe: bool
    fix: Fix


class Findings:
    """What can be done about diagnostics. Fixes of tools are verified once a text, when somebody looks."""

    def __init__(self, server: FixbotServer) -> None:
        self._server = server
        self._looked: dict[str, tuple[int, asyncio.Task[tuple[tuple[ToolFix, ...], Fix | None]]]] = {}

    async def offer(self, wish: Wish) -> list[types.CodeAction]:
        """Effect: have fixes verified. Actions for the lines of a request, the surest first."""
        server, uri = self._server, wish.document.uri
        found: list[types.CodeAction] = []
        if wish.wants("quickfix"):
            marks = server.board.around(uri, wish.range.start.line, wish.range.end.line)
            marks = tuple(m for m in marks if m.rule != "verified-fix")
            verified = server.fixes.actions(uri, wish.range, wish.versioned) or self._at_test(wish, marks)
            found += verified
            found += self._shown() if verified else []
            found += [self._for_tool(wish, mark, each) for mark, each in await self._of_tools(wish, marks)]
            found += self._searches(wish, marks) if not verified else ()
            found += (self._explains(wish, mark) for mark in marks)
        if wish.wants(FIX_ALL, said=True):
            found += self._all(wish)
        return found

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Effect: the action with its edit. Raises Outdated where the text is another now."""
        data = action.data if isinstance(action.data, Mapping) else {}
        document = self._server.documents.get(str(data.get("uri")))
        if action.edit is not None or document is None:
            return action
        each, whole = await asyncio.shield(self._task(document))
        wanted = str(data.get("id"))
        fix = whole if data.get("all") else next((f.fix for f in each if f.fix.id == wanted), None)
        if fix is None and data.get("all"):
            return action
        if fix is None or not self._server.fixes.holds(fix):
            raise Outdated("the text has changed since this fix was verified")
        versioned, annotated = bool(data.get("versioned")), bool(data.get("annotated"))
        action.edit = self._server.fixes.workspace_edit(fix, versioned, annotated)
        return action

    def _at_test(self, wish: Wish, marks: tuple[Mark, ...]) -> list[types.CodeAction]:
        """The fix on offer at the test that it makes pass."""
        fix, failing = self._server.fixes.offered, [m for m in marks if m.tool == "tests"]
        if fix is None or fix.root != wish.document.root or not failing:
            return []
        shown = [as_diagnostic(m, wish.text, self._server.documents.encoding) for m in failing]
        edit = self._server.fixes.workspace_edit(fix, wish.versioned, wish.annotated)
        return [types.CodeAction(fix.title, _QUICK, shown, is_preferred=not fix.undoes, edit=edit)]

    def _shown(self) -> list[types.CodeAction]:
        fix = self._server.fixes.offered
        if fix is None:
            return []
        command = types.Command("Show the change", "fixbot.showFix", arguments=[{"id": fix.id}])
        return [types.CodeAction(f"Show: {fix.title}", _QUICK, command=command)]

    async def _of_tools(self, wish: Wish, marks: tuple[Mark, ...]) -> list[tuple[Mark, ToolFix]]:
        """Effect: wait a little for fixes that are being verified. Those for the marks of a request."""
        wanted = [m for m in marks if m.tool in _TOOLS and m.fingerprint]
        if not wanted or not self._is_stored(wish.document):
            return []
        try:
            patience = _PATIENCE if wish.invoked else _LITTLE
            fixes, _ = await asyncio.wait_for(asyncio.shield(self._task(wish.document)), patience)
        except (TimeoutError, ChildFailed) as error:
            log.info("no fixes of tools: %s", error)
            return []
        return [(m, f) for m in wanted for f in fixes if (f.fingerprint, f.rule) == (m.fingerprint, m.rule)]

    def _for_tool(self, wish: Wish, mark: Mark, each: ToolFix) -> types.CodeAction:
        action = types.CodeAction(
            each.fix.title,
            _QUICK,
            [as_diagnostic(mark, wish.text, self._server.documents.encoding)],
            is_preferred=not each.unsafe,
        )
        if wish.resolves:
            action.data = {
                "uri": wish.document.uri,
                "id": each.fix.id,
                "versioned": wish.versioned,
                "annotated": wish.annotated,
            }
        else:
            action.edit = self._server.fixes.workspace_edit(each.fix, wish.versioned, wish.annotated)
        return action

    def _searches(self, wish: Wish, marks: tuple[Mark, ...]) -> Iterator[types.CodeAction]:
        """A search for what makes a failing test pass."""
        failing = [m for m in marks if m.tool == "tests"]
        if failing and self._server.options_of(wish.document).trusted is not False:
            shown = [as_diagnostic(m, wish.text, self._server.documents.encoding) for m in failing]
            command = types.Command("Fix this", "fixbot.solve", arguments=[{"uri": wish.document.uri}])
            yield types.CodeAction("Fix this: look for a verified change", _QUICK, shown, command=command)

    def _explains(self, wish: Wish, mark: Mark) -> types.CodeAction:
        shown = as_diagnostic(mark, wish.text, self._server.documents.encoding)
        place = {"start": _place(shown.range.start), "end": _place(shown.range.end)}
        command = types.Command("Explain", "fixbot.explain", arguments=[{"uri": wish.document.uri, "range": place}])
        said = mark.message.partition("\n")[0]
        title = f"Explain: {said}" if mark.test else f"Explain: {mark.rule or mark.tool}: {said}"
        cut = title if len(title) <= _LONGEST else f"{title[:_LONGEST]}…"
        return types.CodeAction(cut, _QUICK, [shown], command=command)

    def _all(self, wish: Wish) -> Iterator[types.CodeAction]:
        """All safe fixes of the document that hold, as one."""
        marks = self._server.board.marks(wish.document.uri, "checks")
        if not any(m.tool in _TOOLS for m in marks) or not self._is_stored(wish.document):
            return
        action = types.CodeAction("Fix all that fixbot can verify", FIX_ALL)
        if wish.resolves:
            action.data = {
                "uri": wish.document.uri,
                "all": True,
                "versioned": wish.versioned,
                "annotated": wish.annotated,
            }
        else:
            action.command = types.Command(action.title, "fixbot.fixAll", arguments=[{"uri": wish.document.uri}])
        yield action

    def _is_stored(self, document: OpenDocument) -> bool:
        """Effect: compare with the disk. Tools look at what is on it."""
        if document.root is None or document.path is None or document.text is None:
            return False
        return read_file(document.root, document.path) == document.text.data

    def _task(self, document: OpenDocument) -> asyncio.Task[tuple[tuple[ToolFix, ...], Fix | None]]:
        """Effect: begin to verify what tools offer for a text, once."""
        known = self._looked.get(document.uri)
        if known is not None and known[0] == document.revision and not (known[1].done() and _failed(known[1])):
            return known[1]
        if known is not None:
            known[1].cancel()
        task = asyncio.create_task(self._verified(document), name="tool fixes")
        task.add_done_callback(_failed)
        self._looked[document.uri] = (document.revision, task)
        return task

    async def _verified(self, document: OpenDocument) -> tuple[tuple[ToolFix, ...], Fix | None]:
        options = self._server.options_of(document)
        tools = tuple(name for name, on in (("semgrep", options.semgrep), ("ruff", options.ruff)) if on)
        if document.root is None or document.path is None or document.text is None or not tools:
            return (), None
        before = document.text.data
        answer = await work("fixes", Request(str(document.root), document.path, tools=tools))
        if document.text is None or document.text.data != before:
            raise ChildFailed("the text has changed meanwhile")
        rows = answer.get("fixes")
        fixes = tuple(_tool_fix(row, document, before) for row in (rows if isinstance(rows, list) else []))
        safe = tuple({e: None for f in fixes if not f.unsafe for e in f.fix.edits})
        whole = (
            Fix(f"Fix {len(fixes)} findings", _HELD, _apart(safe), {document.path: before}, document.root)
            if safe
            else None
        )
        return fixes, whole


def _tool_fix(row: Mapping[str, object], document: OpenDocument, before: bytes) -> ToolFix:
    assert document.path is not None
    assert document.root is not None
    raw = row.get("edits")
    edits = tuple(
        Edit(document.path, Span(int(e["start"]), int(e["end"])), str(e["text"]))
        for e in (raw if isinstance(raw, list) else [])
    )
    message = str(row.get("message")).partition("\n")[0]
    unsafe = row.get("unsafe") is True
    word = " (unsafe, says the tool)" if unsafe else ""
    fix = Fix(f"Fix: {message[:100]} ({row.get('rule')}){word}", _HELD, edits, {document.path: before}, document.root)
    return ToolFix(str(row.get("fingerprint")), str(row.get("rule")), unsafe, fix)


def _apart(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits that are not in each other's way, by place."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda e: e.span):
        if not kept or edit.span.start >= kept[-1].span.end:
            kept.append(edit)
    return tuple(kept)


def _failed(task: "asyncio.Task[tuple[tuple[ToolFix, ...], Fix | None]]") -> bool:
    """Whether it came to nothing; what went wrong is looked at, so that nobody logs it."""
    with contextlib.suppress(asyncio.CancelledError):
        return task.exception() is not None
    return True


def _place(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
