"""initialize: what is offered to whom, and what becomes of wishes that cannot be met."""

from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities


async def test_what_every_client_is_offered(start: Any) -> None:
    capabilities = client_capabilities("visual-studio-code")
    capabilities.text_document.completion.dynamic_registration = False
    editor = await start({"m.py": "x = 1\n"}, capabilities=capabilities)
    offered = editor.result.capabilities
    assert offered.text_document_sync.change == types.TextDocumentSyncKind.Incremental
    assert offered.text_document_sync.save.include_text is False
    assert offered.completion_provider.trigger_characters == (".",)
    assert {"quickfix", "source.fixAll.fixbot"} <= set(offered.code_action_provider.code_action_kinds)
    assert editor.result.server_info.name == "fixbot"


async def test_inline_completion_is_offered_to_those_who_know_it(start: Any, inline_client: Any) -> None:
    knows = await start(capabilities=inline_client)
    assert knows.result.capabilities.inline_completion_provider is not None
    knows_not = await start()
    assert knows_not.result.capabilities.inline_completion_provider is None


@pytest.mark.parametrize(("offered", "chosen"), [(["utf-8", "utf-16"], "utf-8"), ([], "utf-16")])
async def test_the_position_encoding_is_the_clients_choice(start: Any, offered: Any, chosen: str) -> None:
    capabilities = client_capabilities("visual-studio-code")
    capabilities.general.position_encodings = offered
    editor = await start(capabilities=capabilities)
    assert editor.result.capabilities.position_encoding == chosen


async def test_bad_settings_are_said_and_the_server_works_on(start: Any) -> None:
    editor = await start({"m.py": "x = = 1\n"}, options={"background": {"timeout": "soon"}, "nonsense": 1})
    uri = editor.open("m.py")
    await editor.diagnostics(uri, lambda p: bool(p.diagnostics))
    said = " ".join(m.message for m in editor.client.messages)
    assert "'fixbot.background.timeout' must be a number of seconds" in said
    assert "there is no setting 'fixbot.nonsense'" in said


async def test_what_a_later_configuration_does_not_name_is_as_it_was_at_the_start(
    start: Any, inline_client: Any
) -> None:
    inline_client.text_document.inline_completion = None  # the rest of a line is an item of the list
    inline_client.workspace.configuration = False
    options = {"inlineCompletion": {"enabled": False}}
    editor = await start({"a.py": ""}, options=options, capabilities=inline_client)
    uri = editor.open("a.py", "value = 1\nvalue = 1\nval")

    def configure(settings: object) -> None:
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))

    assert (await editor.complete(uri, 2, 3)).items
    configure({"completion": {"enabled": False}})
    assert not (await editor.complete(uri, 2, 3)).items
    configure({"background": {"timeout": 60}})
    items = (await editor.complete(uri, 2, 3)).items
    assert items
    assert all(item.detail != "fixbot: the rest of the line" for item in items)


async def test_settings_count_at_once_and_what_is_off_is_not_asked_for(start: Any, inline_client: Any) -> None:
    inline_client.text_document.inline_completion.dynamic_registration = True
    editor = await start({"m.py": "value = 1\nval\n"}, capabilities=inline_client)
    assert editor.result.capabilities.completion_provider is None
    assert editor.result.capabilities.inline_completion_provider is None
    methods = {types.TEXT_DOCUMENT_COMPLETION, types.TEXT_DOCUMENT_INLINE_COMPLETION}
    await editor.until(lambda: methods <= set(editor.registered.values()))
    assert (editor.triggers("python"), editor.triggers("rust")) == ([["."]], [[".", ":"]])
    uri = editor.open("m.py")
    assert (await editor.complete(uri, 1, 3)).items
    editor.client.set_configuration({"fixbot": {"completion": {"enabled": False}}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    while (await editor.complete(uri, 1, 3)).items:
        pass
    await editor.until(lambda: types.TEXT_DOCUMENT_COMPLETION not in editor.registered.values())
    assert types.TEXT_DOCUMENT_INLINE_COMPLETION in editor.registered.values()


async def test_a_home_folder_is_not_taken_for_a_project(start: Any, monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    editor = await start(tmp_path)
    assert "is not a project" in await editor.logged("not a project")
