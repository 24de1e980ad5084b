"""textDocument/inlineCompletion: the rest of a line that the project has written before, for those who can show it."""

from typing import Any

from lsprotocol import types

LINE = "    logger.warning('could not read %s', path)\n"
HABIT = "import logging\n\nlogger = logging.getLogger(__name__)\n\n\n" + "".join(
    f"def read_{n}(path):\n{LINE}\n\n" for n in range(12)
)
FILES = {"habit.py": HABIT}
BEGUN = HABIT + "def read_again(path):  # 🦊\n    log"
REST = LINE.strip()
LAST = BEGUN.count("\n")


async def ready(start: Any, **more: Any) -> tuple[Any, str]:
    editor = await start(FILES, **more)
    await editor.logged("files learnt")
    return editor, editor.open("habit.py", BEGUN)


async def test_a_habit_is_continued_from_the_start_of_the_word(start: Any, inline_client: Any) -> None:
    editor, uri = await ready(start, capabilities=inline_client)
    items = await editor.complete_inline(uri, LAST, 7)
    assert [i.insert_text for i in items] == [REST]
    assert items[0].range == types.Range(types.Position(LAST, 4), types.Position(LAST, 7))


async def test_a_client_that_shows_it_inline_does_not_get_it_in_the_list(start: Any, inline_client: Any) -> None:
    editor, uri = await ready(start, capabilities=inline_client)
    found = await editor.complete(uri, LAST, 7)
    assert all("could not read" not in item.text_edit.new_text for item in found.items)


async def test_other_clients_get_it_once_in_the_list(start: Any) -> None:
    editor, uri = await ready(start)
    found = await editor.complete(uri, LAST, 7)
    (item,) = [item for item in found.items if "could not read" in item.text_edit.new_text]
    assert item.text_edit.new_text == REST
    assert item.filter_text == "log"
    assert not item.preselect


async def test_the_suggestion_agrees_with_what_is_selected_in_the_list(start: Any, inline_client: Any) -> None:
    editor, uri = await ready(start, capabilities=inline_client)
    word = types.Range(types.Position(LAST, 4), types.Position(LAST, 7))
    for chosen, count in (("logger", 1), ("log", 1), ("logging", 0)):
        context = types.InlineCompletionContext(
            types.InlineCompletionTriggerKind.Automatic, types.SelectedCompletionInfo(word, chosen)
        )
        params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), types.Position(LAST, 7))
        found = await editor.client.text_document_inline_completion_async(params)
        assert len(found.items) == count, chosen


async def test_it_can_be_turned_off(start: Any, inline_client: Any) -> None:
    editor, uri = await ready(start, capabilities=inline_client, options={"inlineCompletion": {"enabled": False}})
    assert await editor.complete_inline(uri, LAST, 7) == []
