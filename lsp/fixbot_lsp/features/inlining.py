"""textDocument/inlineCompletion: by a model where one is configured and answers in time, else by the built-in engine; each offer counted."""

import asyncio
import time

from lsprotocol import types

from fixbot_agent.completing import Inline
from fixbot_lsp.engine.telling import is_of_project
from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.features.completion import at_place
from fixbot_lsp.rounds.board import as_range
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.statistics.counting import Origin, acceptance
from fixbot_lsp.text.documents import OpenDocument
from fixbot_lsp.text.positions import Encoding, Place, Text

_PREDICTION = "prediction"  # what waits for a model, as its newer self ends it
_LONGEST = 10.0  # seconds; a predictor's own deadline is far below


async def complete_inline(server: FixbotServer, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """Text for the rest of the line or block, from the start of the word under way."""
    began = time.perf_counter()
    document = server.documents.get(params.text_document.uri)
    if document is None or not server.options_of(document).inline:
        return types.InlineCompletionList([])
    found = await at_place(server, document, params.position, types.TEXT_DOCUMENT_INLINE_COMPLETION)
    if found is None:
        return types.InlineCompletionList([])
    text, completion, _ = found
    offers = [(each, Origin()) for each in completion.inline]
    predicted = await _predicted(server, document, text, params)
    if predicted is not None:
        offers = [predicted]
    chosen = params.context.selected_completion_info
    items = []
    for inline, origin in offers:
        item = _item(inline, text, server.documents.encoding)
        if chosen is None or (item.range == chosen.range and inline.text.startswith(chosen.text)):
            taken = 1000 * (time.perf_counter() - began)
            item.command = acceptance(server.counting.offered(document, inline, origin, taken, "inline"))
            items.append(item)
    return types.InlineCompletionList(items)


async def _predicted(
    server: FixbotServer, document: OpenDocument, text: Text, params: types.InlineCompletionParams
) -> tuple[Inline, Origin] | None:
    """What a model would write; None where none is configured, may be asked, or answers in time. Raises Outdated after an edit."""
    options, link = server.options_of(document), server.link
    if link is None or document.root is None or not options.model or options.trusted is False:
        return None
    if not is_of_project(document) or not link.models(str(document.root)):
        return None
    offset = text.offset(Place(params.position.line, params.position.character), server.documents.encoding)
    invoked = params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    asked = link.predict(document.uri, document.revision, offset, is_invoked=invoked, trusted=options.trusted)
    try:
        answer = await server.asking.until_edited(document, _PREDICTION, asyncio.wait_for(asked, _LONGEST))
    except (ChildFailed, TimeoutError):
        return None
    if answer.inline is None:
        server.counting.withheld(Origin("model", answer.model), _reason(answer.why))
        return None
    return answer.inline, Origin("model", answer.model, answer.prompt, answer.name)


def _reason(why: str) -> str:
    """What kept a text back, in a word or few, for the statistics: details after the first part vary from place to place."""
    said = why.removeprefix("not shown: ")
    return said.partition(":")[0].partition(" (")[0][:60]


def _item(inline: Inline, text: Text, encoding: Encoding) -> types.InlineCompletionItem:
    return types.InlineCompletionItem(
        insert_text=inline.text, filter_text=inline.text, range=as_range(inline.replace, text, encoding)
    )
