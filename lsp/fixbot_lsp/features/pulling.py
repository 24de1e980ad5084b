"""textDocument/diagnostic and workspace/diagnostic, for clients that ask for diagnostics and can be told to ask again; to the others they are sent."""

import json
from hashlib import sha256

from lsprotocol import types

from fixbot_lsp.server import FixbotServer

_IDENTIFIER = "fixbot"


def offer_diagnostics(server: FixbotServer, capabilities: types.ClientCapabilities) -> None:
    """Add the methods to `server` where the client knows both them and the refresh; then nothing is published."""
    server.board.beside = lambda uri: _beside(server, uri)
    workspace, document = capabilities.workspace, capabilities.text_document
    refresh = workspace.diagnostics if workspace else None
    if document is None or document.diagnostic is None or refresh is None or not refresh.refresh_support:
        return
    server.board.pulls = True
    options = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier=_IDENTIFIER)
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(_of_document)
    server.feature(types.WORKSPACE_DIAGNOSTIC)(_of_workspace)


def _of_document(server: FixbotServer, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """The diagnostics of a document, or that they are those that the client has."""
    shown = server.board.shown(params.text_document.uri)
    result = _name(server, shown)
    if result == params.previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
    return types.RelatedFullDocumentDiagnosticReport(items=shown, result_id=result)


def _of_workspace(server: FixbotServer, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """The diagnostics of every document that something is said of, open or not, and of those of which nothing is said any more."""
    before = {each.uri: each.value for each in params.previous_result_ids}
    items: list[types.WorkspaceDocumentDiagnosticReport] = []
    for uri in dict.fromkeys((*server.board.marked, *before)):
        document = server.documents.get(uri)
        version = document.version if document is not None else None
        shown = server.board.shown(uri)
        result = _name(server, shown)
        if result == before.get(uri):
            items.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=result, version=version))
        else:
            items.append(
                types.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=shown, result_id=result, version=version)
            )
    return types.WorkspaceDiagnosticReport(items)


def _name(server: FixbotServer, shown: list[types.Diagnostic]) -> str:
    """The same diagnostics have the same name."""
    return sha256(json.dumps(server.protocol.fm.converter.unstructure(shown), sort_keys=True).encode()).hexdigest()[:16]


def _beside(server: FixbotServer, uri: str) -> tuple[str, ...]:
    document = server.documents.get(uri)
    return server.options_of(document).beside if document is not None else server.options.beside
