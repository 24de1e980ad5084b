"""Document synchronisation, and what each event sets off: compile while typing, checks and the background agent on save."""

import asyncio
import logging
from functools import partial
from pathlib import Path

from lsprotocol import types

from fixbot_lsp.engine.telling import edited, opened
from fixbot_lsp.engine.wire import Closed, Touched
from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.rounds.board import Mark
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.text.documents import Change
from fixbot_lsp.text.positions import Place

log = logging.getLogger(__name__)
_TYPING = 0.25  # seconds without a keystroke before the document is compiled
_AGAIN = (1.0, 4.0, 10.0, 0.0)  # seconds to wait after a compiler that gave no answer, as on a machine that is busy
_PYTHON = {"python"}


def register(server: FixbotServer) -> None:
    """Add document synchronisation to `server`."""
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))(did_save)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_files)


def did_open(server: FixbotServer, params: types.DidOpenTextDocumentParams) -> None:
    """Take the document over."""
    item = params.text_document
    document = server.documents.open(item.uri, item.version, item.language_id, item.text)
    if document.text is None:
        server.say(f"fixbot: {item.uri} is too large to be looked at", types.MessageType.Warning)
    if server.link is not None and (told := opened(document)) is not None:
        server.link.tell(told)
    _compile_soon(server, item.uri, 0)


def did_change(server: FixbotServer, params: types.DidChangeTextDocumentParams) -> None:
    """Apply the edits; what was verified against the text before is withdrawn."""
    uri = params.text_document.uri
    changes = [_change(c) for c in params.content_changes]
    splices = server.documents.change(uri, params.text_document.version, changes)
    document = server.documents.get(uri)
    if document is None:
        return
    server.asking.edited(uri)
    server.counting.edited(uri, splices or ())
    server.background.interrupt()
    server.board.move(uri, splices or ())
    server.fixes.edited(document)
    if server.link is not None and (told := edited(document, splices)) is not None:
        server.link.tell(told)
    _compile_soon(server, uri, _TYPING)


def did_save(server: FixbotServer, params: types.DidSaveTextDocumentParams) -> None:
    """Store what the file says now, check it, and look for a fix in the background."""
    uri = params.text_document.uri
    document = server.documents.get(uri)
    if document is None:
        return
    if server.link is not None and document.path is not None:
        server.link.send(Touched(str(document.root), (document.path,)))
    if document.language not in _PYTHON:
        return
    _compile_soon(server, uri, 0)
    server.background.saved(document)


def did_close(server: FixbotServer, params: types.DidCloseTextDocumentParams) -> None:
    """Give the document back to the disk."""
    uri = params.text_document.uri
    document = server.documents.close(uri)
    if document is None:
        return
    server.drop("compile", uri)
    server.counting.closed(uri)
    if server.link is not None:
        server.link.tell(Closed(uri))
    server.board.clear(uri)


def did_change_files(server: FixbotServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Tell the engine what changed on disk behind the editor's back (a checkout, a generator)."""
    by_folder: dict[Path, set[str]] = {}
    for event in params.changes:
        for folder, path in server.folders.around(event.uri):
            by_folder.setdefault(folder.root, set()).add(path)
    if server.link is not None:
        for root, paths in by_folder.items():
            server.link.send(Touched(str(root), tuple(sorted(paths))))


def settings_changed(server: FixbotServer) -> None:
    """Let the settings count for what is open: what was switched off is taken away, what was switched on is looked for."""
    for document in server.documents:
        options = server.options_of(document)
        if not options.compiler:
            server.drop("compile", document.uri)
            server.board.withdraw(document.uri, "compiler")
        if not options.tools:
            server.board.withdraw(document.uri, "checks")
        _compile_soon(server, document.uri, 0)


def _change(event: types.TextDocumentContentChangeEvent) -> Change:
    if isinstance(event, types.TextDocumentContentChangeWholeDocument):
        return Change(event.text)
    start, end = event.range.start, event.range.end
    return Change(event.text, Place(start.line, start.character), Place(end.line, end.character))


def _compile_soon(server: FixbotServer, uri: str, seconds: float) -> None:
    document = server.documents.get(uri)
    if document is not None and document.language in _PYTHON and server.options_of(document).compiler:
        server.later("compile", uri, seconds, partial(_compile, server))


async def _compile(server: FixbotServer, uri: str) -> None:
    document = server.documents.get(uri)
    if document is None or document.text is None or server.link is None:
        server.board.put(uri, "compiler", [])
        return
    text = document.text
    for pause in _AGAIN:
        try:
            answer = await server.link.compile(uri)
        except ChildFailed as error:
            log.info("%s was not compiled: %s", document.path or uri, error)
            await asyncio.sleep(pause)
        else:
            if document.text is text and server.options_of(document).compiler:
                server.board.put(uri, "compiler", [Mark.of(f, text) for f in answer.findings])
            return
        if document.text is not text or server.link is None:
            return
