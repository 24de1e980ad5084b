"""textDocument/codeAction: the fix that was verified in the background, where it applies."""

from lsprotocol import types

from fixbot_lsp.server import FixbotServer


def register(server: FixbotServer) -> None:
    """Add quick fixes to `server`."""
    options = types.CodeActionOptions([types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_actions)


def code_actions(server: FixbotServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Quick fixes for a range; nothing for clients that want another kind of action."""
    only = params.context.only
    if only is not None and not any(str(_value(kind)) in ("", "quickfix") for kind in only):
        return []
    workspace = server.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace else None
    versioned = bool(edits and edits.document_changes)
    return server.fixes.actions(params.text_document.uri, params.range, versioned)


def _value(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
