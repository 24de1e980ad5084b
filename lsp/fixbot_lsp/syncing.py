"""Document synchronisation, and what each event sets off: compile while typing, checks and the background agent on save."""

import asyncio
import logging
from functools import partial

from lsprotocol import types

from fixbot_lsp.board import Mark
from fixbot_lsp.checks import check_file
from fixbot_lsp.documents import Change, path_below
from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.positions import Place
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.wire import Buffer

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
    _pass_on(server, item.uri)
    _compile_soon(server, item.uri, 0)


def did_change(server: FixbotServer, params: types.DidChangeTextDocumentParams) -> None:
    """Apply the edits; what was verified against the text before is withdrawn."""
    uri = params.text_document.uri
    changes = [_change(c) for c in params.content_changes]
    splices = server.documents.change(uri, params.text_document.version, changes)
    document = server.documents.get(uri)
    if document is None:
        return
    server.background.interrupt()
    server.board.move(uri, splices)
    server.fixes.edited(document.path)
    server.drop("checks", uri)
    _pass_on(server, uri)
    _compile_soon(server, uri, _TYPING)


def did_save(server: FixbotServer, params: types.DidSaveTextDocumentParams) -> None:
    """Store what the file says now, check it, and look for a fix in the background."""
    uri = params.text_document.uri
    document = server.documents.get(uri)
    if document is None:
        return
    if server.link is not None and document.path is not None:
        server.link.touched([document.path])
    if document.language not in _PYTHON:
        return
    _compile_soon(server, uri, 0)
    server.later("checks", uri, 0.1, partial(_check, server))
    server.background.saved(document)


def did_close(server: FixbotServer, params: types.DidCloseTextDocumentParams) -> None:
    """Give the document back to the disk."""
    uri = params.text_document.uri
    document = server.documents.close(uri)
    if document is None:
        return
    for what in ("compile", "checks"):
        server.drop(what, uri)
    if server.link is not None:
        server.link.put(Buffer(document.path or uri, None, document.path is not None))
    server.board.clear(uri)


def did_change_files(server: FixbotServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Tell the engine what changed on disk behind the editor's back (a checkout, a generator)."""
    paths = {path_below(server.root, event.uri) for event in params.changes}
    if server.link is not None and (inside := sorted(path for path in paths if path)):
        server.link.touched(inside)


def _change(event: types.TextDocumentContentChangeEvent) -> Change:
    if isinstance(event, types.TextDocumentContentChangeWholeDocument):
        return Change(event.text)
    start, end = event.range.start, event.range.end
    return Change(event.text, Place(start.line, start.character), Place(end.line, end.character))


def _pass_on(server: FixbotServer, uri: str) -> None:
    document = server.documents.get(uri)
    if document is None or server.link is None or document.language not in _PYTHON:
        return
    text = document.text.data.decode() if document.text else None
    server.link.put(Buffer(document.path or uri, text, document.path is not None))


def _compile_soon(server: FixbotServer, uri: str, seconds: float) -> None:
    document = server.documents.get(uri)
    if document is not None and document.language in _PYTHON and server.options.compiler:
        server.later("compile", uri, seconds, partial(_compile, server))


async def _compile(server: FixbotServer, uri: str) -> None:
    document = server.documents.get(uri)
    if document is None or document.text is None or server.link is None:
        server.board.put(uri, "compiler", [])
        return
    text = document.text
    for pause in _AGAIN:
        try:
            answer = await server.link.compile(document.path or uri)
        except ChildFailed as error:
            log.warning("%s was not compiled: %s", document.path or uri, error)
            await asyncio.sleep(pause)
        else:
            if document.text is text:
                server.board.put(uri, "compiler", [Mark.of(f, text) for f in answer.findings])
            return
        if document.text is not text or server.link is None:
            return


async def _check(server: FixbotServer, uri: str) -> None:
    document = server.documents.get(uri)
    if document is None or document.text is None or document.path is None or server.root is None:
        return
    text = document.text
    tools = [name for name, on in (("semgrep", server.options.semgrep), ("ruff", server.options.ruff)) if on]
    if not tools:
        return
    try:
        findings = await check_file(server.root, document.path, tools)
    except (ChildFailed, OSError) as error:
        server.say(f"fixbot: {document.path} could not be checked: {error}", types.MessageType.Warning)
        return
    if document.text is text:
        server.board.put(uri, "checks", [Mark.of(f, text) for f in findings])
