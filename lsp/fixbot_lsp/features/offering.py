"""Under which conditions the client is offered completions: by what it knows, which languages there are, and what is switched on."""

import asyncio

from lsprotocol import types

from fixbot_lsp.engine.telling import editor_names
from fixbot_lsp.features.completion import complete_list, resolve
from fixbot_lsp.features.inlining import complete_inline
from fixbot_lsp.server import FixbotServer

_DOT = (".",)
_TRIGGERS = {"c": (".", ">", ":"), "cpp": (".", ">", ":"), "rust": (".", ":")}  # after ``->`` and ``::``, too
_LIST, _INLINE = "completion", "inline completion"  # ids of registrations


def offer_completion(server: FixbotServer, capabilities: types.ClientCapabilities) -> None:
    """Add the completion methods to `server`, but for those that the client wants to be told of later."""
    listing, inline = _known(capabilities)
    offered = types.CompletionOptions(trigger_characters=list(_DOT), resolve_provider=True)
    add_list = server.feature(types.TEXT_DOCUMENT_COMPLETION, offered)
    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve)
    if listing is not None and listing.dynamic_registration:
        asyncio.get_running_loop().call_soon(add_list, complete_list)  # once the abilities have been announced
    else:
        add_list(complete_list)
    # Only registering it with options advertises the method; without, it is answered to those who ask all the same.
    is_static = inline is not None and not inline.dynamic_registration
    server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions() if is_static else None)(
        complete_inline
    )


async def register_completion(server: FixbotServer) -> None:
    """Effect: let the client ask for what is switched on, where it can be told while it runs, and no longer for the rest."""
    listing, inline = _known(server.client_capabilities)
    every = [server.options, *(folder.options for folder in server.folders if folder.options)]
    wants_inline = any(options.inline for options in every)
    wants_list = any(options.items for options in every) or (wants_inline and not server.speaks_inline)
    if listing is not None and listing.dynamic_registration:
        lists = _lists()
        await (server.registrations.add(lists) if wants_list else server.registrations.remove([r.id for r in lists]))
    if inline is not None and inline.dynamic_registration:
        selector = [types.TextDocumentFilterLanguage(language=name) for name in editor_names()]
        options = types.InlineCompletionRegistrationOptions(document_selector=selector)
        wish = types.Registration(_INLINE, types.TEXT_DOCUMENT_INLINE_COMPLETION, options)
        await (server.registrations.add([wish]) if wants_inline else server.registrations.remove([_INLINE]))


def _known(
    capabilities: types.ClientCapabilities,
) -> tuple[types.CompletionClientCapabilities | None, types.InlineCompletionClientCapabilities | None]:
    """What the client knows of lists, and of text that is shown inline."""
    document = capabilities.text_document
    return (document.completion, document.inline_completion) if document is not None else (None, None)


def _lists() -> list[types.Registration]:
    """One registration for languages of the same trigger characters."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name in editor_names():
        names.setdefault(_TRIGGERS.get(name, _DOT), []).append(name)
    found = []
    for number, (triggers, same) in enumerate(names.items()):
        options = types.CompletionRegistrationOptions(
            document_selector=[types.TextDocumentFilterLanguage(language=name) for name in same],
            trigger_characters=list(triggers),
            resolve_provider=True,
        )
        found.append(types.Registration(f"{_LIST} {number}", types.TEXT_DOCUMENT_COMPLETION, options))
    return found
