"""textDocument/completion and textDocument/inlineCompletion: ask the engine, convert, return."""

import asyncio
import logging

from lsprotocol import types

from fixbot_agent.completing import Completion, Inline, Item, ItemKind
from fixbot_analysis.source import Span
from fixbot_lsp.board import as_range
from fixbot_lsp.documents import OpenDocument
from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.positions import Encoding, Place, Text
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.words import complete_from_words

log = logging.getLogger(__name__)
MOST_ITEMS = 100
_PATIENCE = 1.5  # seconds; after that the open document has to do
_LANGUAGES = {"python", ""}

_KINDS = {
    ItemKind.PARAMETER: types.CompletionItemKind.Variable,
    ItemKind.VARIABLE: types.CompletionItemKind.Variable,
    ItemKind.FUNCTION: types.CompletionItemKind.Function,
    ItemKind.METHOD: types.CompletionItemKind.Method,
    ItemKind.CLASS: types.CompletionItemKind.Class,
    ItemKind.MODULE: types.CompletionItemKind.Module,
    ItemKind.ATTRIBUTE: types.CompletionItemKind.Field,
    ItemKind.KEYWORD: types.CompletionItemKind.Keyword,
    ItemKind.TEXT: types.CompletionItemKind.Text,
}


def register(server: FixbotServer) -> None:
    """Add the completion list to `server`; inline completion depends on the client (see capabilities.py)."""
    server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["."]))(complete_list)


async def complete_list(server: FixbotServer, params: types.CompletionParams) -> types.CompletionList:
    """At most :data:`MOST_ITEMS` names, best first; the inline text as one more for clients that know no inline text."""
    found = await _completion(server, params.text_document.uri, params.position)
    if found is None:
        return types.CompletionList(False, [])
    document, text, completion = found
    encoding = server.documents.encoding
    items = []
    if server.options.inline and not _advertised(server):
        items = [_inline_item(i, completion.word, text, encoding) for i in completion.inline[:1]]
    if server.options.items:
        offered = completion.items[: MOST_ITEMS - len(items)]
        items += [_item(i, rank, completion.word, text, encoding) for rank, i in enumerate(offered)]
    log.debug("%d items for %s", len(items), document.uri)
    return types.CompletionList(True, items)


async def complete_inline(server: FixbotServer, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """Text for the rest of the line, from the start of the word under way."""
    found = await _completion(server, params.text_document.uri, params.position) if server.options.inline else None
    if found is None:
        return types.InlineCompletionList([])
    _, text, completion = found
    chosen = params.context.selected_completion_info
    items = [_inline(i, text, server.documents.encoding) for i in completion.inline]
    if chosen is not None:
        items = [i for i in items if i.range == chosen.range and str(i.insert_text).startswith(chosen.text)]
    return types.InlineCompletionList(items)


def _advertised(server: FixbotServer) -> bool:
    return server.server_capabilities.inline_completion_provider is not None


async def _completion(
    server: FixbotServer, uri: str, position: types.Position
) -> tuple[OpenDocument, Text, Completion] | None:
    """What there is at a place, with the text that it was computed for; None when that text is no longer true."""
    document = server.documents.get(uri)
    if document is None or document.text is None or document.language not in _LANGUAGES:
        return None
    text = document.text
    offset = text.offset(Place(position.line, position.character), server.documents.encoding)
    completion = await _ask_engine(server, document, offset) or complete_from_words(text.data, offset)
    return (document, text, completion) if document.text is text else None


async def _ask_engine(server: FixbotServer, document: OpenDocument, offset: int) -> Completion | None:
    if server.link is None or not server.link.ready or document.path is None:
        return None
    place = document.source().position(offset)
    try:
        answer = await asyncio.wait_for(server.link.complete(document.path, place.line, place.column), _PATIENCE)
    except (TimeoutError, ChildFailed) as error:
        log.debug("no answer from the engine: %r", error)
        return None
    return answer.completion


def _item(item: Item, rank: int, word: Span, text: Text, encoding: Encoding) -> types.CompletionItem:
    new = item.insert_text or item.label
    return types.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        sort_text=f"{rank:04d}",
        filter_text=item.label,
        text_edit=types.TextEdit(as_range(word, text, encoding), new),
    )


def _inline_item(inline: Inline, word: Span, text: Text, encoding: Encoding) -> types.CompletionItem:
    """The inline text as a list item: shown whatever is typed (its filter is the word under way), never preselected."""
    return types.CompletionItem(
        label=inline.text.strip().partition("\n")[0][:80] or inline.text[:80],
        kind=types.CompletionItemKind.Snippet,
        detail="fixbot: the rest of the line",
        sort_text="0000!",
        filter_text=text.data[word.start : word.end].decode("utf-8", "replace"),
        preselect=False,
        insert_text_format=types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(as_range(inline.replace, text, encoding), inline.text),
    )


def _inline(inline: Inline, text: Text, encoding: Encoding) -> types.InlineCompletionItem:
    return types.InlineCompletionItem(
        insert_text=inline.text,
        filter_text=inline.text,
        range=as_range(inline.replace, text, encoding),
    )
