"""What a request for code actions wants: of which kinds, for which lines, and what the client can do with them."""

from dataclasses import dataclass

from lsprotocol import types

from fixbot_lsp.features.commands.fixing import abilities
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.text.documents import OpenDocument
from fixbot_lsp.text.positions import Text


@dataclass(frozen=True, slots=True)
class Wish:
    """One request. `only` are kinds, None for all; `invoked`: the user asked; `resolves`: the client asks for the edit of what is chosen;
    `disables`: it shows what cannot be done, with the reason.
    """

    document: OpenDocument
    text: Text
    range: types.Range
    only: tuple[str, ...] | None
    invoked: bool
    versioned: bool
    annotated: bool
    resolves: bool
    disables: bool = False

    @classmethod
    def of(cls, server: FixbotServer, params: types.CodeActionParams) -> "Wish | None":
        """The request; None for a document that is not open, or too large."""
        document = server.documents.get(params.text_document.uri)
        if document is None or document.text is None:
            return None
        given, trigger = params.context.only, params.context.trigger_kind
        only = None if given is None else tuple(k.value if isinstance(k, types.CodeActionKind) else k for k in given)
        client = server.client_capabilities.text_document
        actions = client.code_action if client else None
        lazily = actions.resolve_support if actions and actions.data_support else None
        return cls(
            document,
            document.text,
            params.range,
            only,
            trigger is not types.CodeActionTriggerKind.Automatic,
            *abilities(server),
            bool(lazily and "edit" in lazily.properties),
            bool(actions and actions.disabled_support),
        )

    def wants(self, kind: str, *, said: bool = False) -> bool:
        """Whether actions of `kind` are wanted; `said`: only where they were asked for by name."""
        if self.only is None:
            return not said
        return any(each in ("", kind) or kind.startswith(f"{each}.") for each in self.only)
