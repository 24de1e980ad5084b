"""textDocument/completion: ask the engine, convert, return."""

from dataclasses import dataclass

from lsprotocol import types

from fixbot_agent.completing import MOST_ITEMS, MOST_MEMBERS, Completion, Inline, Item, ItemKind
from fixbot_analysis.source import Span
from fixbot_lsp.engine.telling import is_code
from fixbot_lsp.errors import ChildFailed, Outdated
from fixbot_lsp.options import Options
from fixbot_lsp.rounds.board import as_range
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.talking.protocol import Plain
from fixbot_lsp.text.documents import OpenDocument
from fixbot_lsp.text.positions import Encoding, Place, Text
from fixbot_lsp.text.words import complete_from_words

_GUESSED = "codemodel"  # the source of items that no definition stands behind: nobody else lists those

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

_EXPLAINED = frozenset({ItemKind.FUNCTION, ItemKind.METHOD, ItemKind.CLASS, ItemKind.VARIABLE})


@dataclass(frozen=True, slots=True)
class Taste:
    """What a client understands of completion lists (LSP 3.17, ``CompletionClientCapabilities``)."""

    shares_range: bool = False  # one range for all items
    label_details: bool = False
    resolves_edits: bool = False  # edits elsewhere in the document may be told when an item is chosen
    resolves_docs: bool = False  # what an item is may be told when it is looked at

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> "Taste":
        """What the client said."""
        document = capabilities.text_document
        completion = document.completion if document else None
        item, items = (completion.completion_item, completion.completion_list) if completion else (None, None)
        defaults = items.item_defaults if items else None
        lazily = item.resolve_support.properties if item and item.resolve_support else ()
        return cls(
            "editRange" in (defaults or ()),
            bool(item and item.label_details_support),
            "additionalTextEdits" in lazily,
            "documentation" in lazily,
        )


async def complete_list(server: FixbotServer, params: types.CompletionParams) -> Plain:
    """Names, best first; the inline text as one more for clients that know no inline text.

    There are at most :data:`MOST_ITEMS`, or :data:`MOST_MEMBERS` after a dot.
    """
    document = server.documents.get(params.text_document.uri)
    shows_line = document is not None and server.options_of(document).inline and not server.speaks_inline
    found = await at_place(server, document, params.position, types.TEXT_DOCUMENT_COMPLETION, lines=shows_line)
    if document is None or found is None:
        return Plain({"isIncomplete": False, "items": []})
    text, completion, is_known = found
    options, taste = server.options_of(document), Taste.of(server.client_capabilities)
    word = _range(completion.word, text, server.documents.encoding)
    items: list[dict[str, object]] = []
    most = MOST_MEMBERS if _is_after_dot(completion, text) else MOST_ITEMS
    offered = _offered(completion, options)[:most]
    names = {item.insert_text or item.label for item in offered}
    if shows_line and completion.inline and completion.inline[0].text not in names:
        items.append(_inline_item(completion.inline[0], completion.word, text, server.documents.encoding))
    has_line = bool(items)
    for rank, item in enumerate(offered[: most - len(items)]):
        shown = _item(item, rank, word, taste)
        if item.brings:
            if not taste.resolves_edits:
                continue  # it would stand there without its import
            shown["data"] = {"uri": document.uri, "brings": item.brings, "at": completion.word.start}
        elif taste.resolves_docs and item.kind in _EXPLAINED:
            shown["data"] = {"uri": document.uri, "at": completion.word.start}
        items.append(shown)
    # A client may filter the list itself where all members of an object are there; other names need their first letters.
    is_whole = is_known and not has_line and len(completion.items) < most and _is_after_dot(completion, text)
    result: dict[str, object] = {"isIncomplete": not is_whole, "items": items}
    if taste.shares_range:
        result["itemDefaults"] = {"editRange": word}
    return Plain(result)


async def at_place(
    server: FixbotServer, document: OpenDocument | None, position: types.Position, method: str, *, lines: bool = True
) -> tuple[Text, Completion, bool] | None:
    """What there is at a place (the rest of its line where `lines`), with the text that it was computed for, and whether the engine said it.

    Raises Outdated when that text is no longer the document's.
    """
    if document is None or document.text is None or not is_code(document):
        return None
    text = document.text
    offset = text.offset(Place(position.line, position.character), server.documents.encoding)
    completion = None
    if server.link is not None and server.is_ready(document):
        completion = await server.asking.completion(server.link, document, offset, method, lines=lines)
    if document.text is not text:
        raise Outdated("the document has changed since")
    return text, completion or complete_from_words(text.data, offset), completion is not None


async def resolve(server: FixbotServer, item: types.CompletionItem) -> types.CompletionItem:
    """An item with the import that it needs and what is said of it. Raises Outdated when the document has changed before that was known."""
    data = item.data if isinstance(item.data, dict) else {}
    document, statement, at = server.documents.get(str(data.get("uri"))), data.get("brings"), data.get("at")
    if document is None or document.text is None or not isinstance(at, int) or server.link is None:
        return item
    text, needed = document.text, statement if isinstance(statement, str) else ""
    try:
        answer = await server.link.bring(document.uri, document.revision, needed, item.label, at)
    except ChildFailed as error:
        if not needed:
            return item
        raise Outdated(error.message) from error
    if document.text is not text and needed:
        raise Outdated("the document has changed since")
    if needed:
        ranges = [as_range(Span(cut.start, cut.end), text, server.documents.encoding) for cut in answer.cuts]
        item.additional_text_edits = [types.TextEdit(r, c.text) for r, c in zip(ranges, answer.cuts, strict=True)]
    told = [*([f"adds: {needed}"] if needed else []), *([answer.doc] if answer.doc else [])]
    if told:
        item.documentation = types.MarkupContent(types.MarkupKind.PlainText, "\n\n".join(told))
    return item


def _offered(completion: Completion, options: Options) -> tuple[Item, ...]:
    """The items that are listed: beside another server only those that it cannot have."""
    if not options.items:
        return ()
    return tuple(i for i in completion.items if i.source == _GUESSED) if options.is_extra else completion.items


def _is_after_dot(completion: Completion, text: Text) -> bool:
    """Whether the word under way begins right behind a dot."""
    start = completion.word.start
    return text.data[start - 1 : start] == b"."


def _item(item: Item, rank: int, word: dict[str, object], taste: Taste) -> dict[str, object]:
    new = item.insert_text or item.label
    shown: dict[str, object] = {"label": item.label, "kind": _KINDS[item.kind].value, "sortText": f"{rank:04d}"}
    if not taste.shares_range:
        shown["textEdit"] = {"range": word, "newText": new}
    elif new != item.label:
        shown["textEditText"] = new
    if item.detail:
        shown["detail"] = item.detail
        if taste.label_details:
            is_signature = item.detail.startswith("(")
            shown["labelDetails"] = {"detail" if is_signature else "description": item.detail}
    return shown


def _inline_item(inline: Inline, word: Span, text: Text, encoding: Encoding) -> dict[str, object]:
    """The inline text as a list item: shown whatever is typed (its filter is the word under way), never preselected."""
    return {
        "label": inline.text.strip().partition("\n")[0][:80] or inline.text[:80],
        "kind": types.CompletionItemKind.Snippet.value,
        "detail": "fixbot: the rest of the line",
        "sortText": "0000!",
        "filterText": text.data[word.start : word.end].decode("utf-8", "replace"),
        "preselect": False,
        "textEdit": {"range": _range(inline.replace, text, encoding), "newText": inline.text},
    }


def _range(span: Span, text: Text, encoding: Encoding) -> dict[str, object]:
    start, end = text.place(span.start, encoding), text.place(span.end, encoding)
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }
