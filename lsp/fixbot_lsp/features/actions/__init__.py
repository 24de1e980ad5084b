"""textDocument/codeAction: verified fixes, tools' fixes, explanations, docstrings, tests; only the kinds that were asked for, edits when one is chosen."""

from lsprotocol import types

from fixbot_lsp.features.actions.asked import Wish
from fixbot_lsp.features.actions.findings import Findings
from fixbot_lsp.features.actions.writing import Writing
from fixbot_lsp.server import FixbotServer

KINDS = ("quickfix", "source.fixAll.fixbot", "refactor.rewrite.document.fixbot", "refactor.rewrite.test.fixbot")


def register(server: FixbotServer) -> None:
    """Add code actions to `server`."""
    findings, writing = Findings(server), Writing(server)

    async def offer(params: types.CodeActionParams) -> list[types.CodeAction]:
        """What can be done about a range."""
        wish = Wish.of(server, params)
        if wish is None:
            return []
        return [*await findings.offer(wish), *writing.offer(wish)]

    async def resolve(action: types.CodeAction) -> types.CodeAction:
        """The action with its edit. Raises Outdated where the text is another now."""
        return await (writing if writing.knows(action) else findings).resolve(action)

    options = types.CodeActionOptions(
        [types.CodeActionKind(k) if k == "quickfix" else k for k in KINDS], resolve_provider=True
    )
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(offer)
    server.feature(types.CODE_ACTION_RESOLVE)(resolve)
