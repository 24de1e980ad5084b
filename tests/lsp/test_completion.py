"""textDocument/completion: the project's own names, at the right place whatever the units; at most a hundred, of members three hundred."""

from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "class Cart:\n"
        "    def add_item(self, name, price):\n"
        "        self.total = price\n\n"
        "    def remove_item(self, name):\n"
        "        return name\n"
    ),
    "main.py": 'from shop.cart import Cart\n\nfox = "🦊"; cart = Cart()\ncart.add_item("🦊", 1)\n',
}


def labels(found: types.CompletionList) -> list[str]:
    return [item.label for item in found.items]


async def ready(start: Any, **more: Any) -> Any:
    editor = await start(SHOP, **more)
    await editor.logged("files learnt")
    return editor


async def test_members_of_a_class_in_another_file(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("main.py", SHOP["main.py"] + "cart.\n")
    found = await editor.complete(uri, 4, 5)
    while "remove_item" not in labels(found):  # the machine is busy, and the document has to do
        assert found.is_incomplete
        found = await editor.complete(uri, 4, 5)
    assert {"add_item", "remove_item", "total"} <= set(labels(found))


@pytest.mark.parametrize(("encoding", "column"), [("utf-16", 21), ("utf-8", 23)])
async def test_the_edit_replaces_the_word_under_way_behind_an_emoji(start: Any, encoding: str, column: int) -> None:
    capabilities = client_capabilities("visual-studio-code")
    capabilities.general.position_encodings = [encoding]
    editor = await ready(start, capabilities=capabilities)
    uri = editor.open("main.py", 'cart_total = 1\nfox = "🦊"; x = cart_\n')
    found = await editor.complete(uri, 1, column)
    (item,) = [item for item in found.items if item.label == "cart_total"]
    assert item.text_edit.new_text == "cart_total"
    start_of_word = column - len("cart_")
    assert item.text_edit.range == types.Range(types.Position(1, start_of_word), types.Position(1, column))


async def test_what_was_typed_a_moment_ago_counts(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("main.py")
    editor.change(uri, "brand_new_name = 1\n", types.Range(types.Position(2, 0), types.Position(2, 0)))
    editor.change(uri, "bra", types.Range(types.Position(5, 0), types.Position(5, 0)))
    assert "brand_new_name" in labels(await editor.complete(uri, 5, 3))


async def test_at_most_a_hundred_items(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("main.py", "".join(f"name_{n} = {n}\n" for n in range(3000)))
    found = await editor.complete(uri, 3000, 0)
    assert len(found.items) <= 100
    assert found.is_incomplete


async def test_all_members_of_a_wide_class_are_listed_for_the_editor_to_filter(start: Any) -> None:
    editor = await ready(start)
    wide = "class Wide:\n" + "".join(f"    def has_{n}(self): pass\n" for n in range(150))
    uri = editor.open("main.py", f"{wide}\nwide = Wide()\nwide.")
    found = await editor.complete(uri, 153, 5)
    assert {f"has_{n}" for n in range(150)} <= set(labels(found))
    assert not found.is_incomplete


async def test_before_the_index_stands_the_document_itself_is_completed(start: Any) -> None:
    editor = await start(SHOP)
    uri = editor.open("main.py", "value_here = 1\nval")
    assert "value_here" in labels(await editor.complete(uri, 1, 3))


async def test_a_file_outside_of_the_project_is_completed_from_itself(start: Any, tmp_path: Any) -> None:
    editor = await ready(start)
    (tmp_path / "other.py").write_text("value_here = 1\nval\n")
    uri = editor.open("../other.py")
    assert labels(await editor.complete(uri, 1, 3)) == ["value_here"]


async def test_other_languages_and_unknown_documents_have_no_items(start: Any) -> None:
    editor = await start(SHOP)
    uri = editor.open("notes.md", "value value val", language="markdown")
    assert labels(await editor.complete(uri, 0, 15)) == []
    assert labels(await editor.complete(editor.uri("never-opened.py"), 0, 0)) == []


async def test_the_engine_is_started_again_when_it_dies(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("main.py", SHOP["main.py"] + "cart.\n")
    (engine,) = editor.children()
    engine.kill()
    found: types.CompletionList | None = None
    while found is None or "add_item" not in labels(found):
        found = await editor.complete(uri, 4, 5)
    assert editor.children() != [engine]


async def test_the_engine_ends_with_the_server(start: Any, gone: Any) -> None:
    editor = await ready(start)
    (engine,) = editor.children()
    editor.kill()
    assert gone(engine.pid)


async def test_what_changes_on_disk_counts_when_the_client_says_so(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("main.py", SHOP["main.py"] + "cart.\n")
    cart = editor.root / "shop" / "cart.py"
    cart.write_text(SHOP["shop/cart.py"] + "\n    def empty_it(self):\n        self.total = 0\n")
    event = types.FileEvent(cart.as_uri(), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert "empty_it" in labels(await editor.complete(uri, 4, 5))


async def test_a_saved_file_counts_whatever_the_editor_takes_it_for(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("shop/cart.py", language="plaintext")
    with (editor.root / "shop/cart.py").open("a", encoding="utf-8") as cart:
        cart.write("\n    def clear_basket(self):\n        pass\n")
    editor.save(uri)
    main = editor.open("main.py", SHOP["main.py"] + "cart.\n")
    assert "clear_basket" in labels(await editor.complete(main, 4, 5))


async def test_an_item_that_is_looked_at_tells_its_docstring(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("other.py", 'def greet():\n    """Say hello."""\n\n\ngre')
    item = None
    while item is None:  # the machine is busy, and the document has to do
        found = (await editor.complete(uri, 4, 3)).items
        item = next((i for i in found if i.label == "greet" and i.data), None)
    resolved = await editor.client.completion_item_resolve_async(item)
    assert resolved.documentation.value == "Say hello."


async def test_a_name_of_another_file_brings_its_import(start: Any) -> None:
    editor = await ready(start)
    uri = editor.open("other.py", '"""🦊"""\n\nCar')
    item = None
    while item is None:  # what imports could bring is read while nobody waits
        found = (await editor.complete(uri, 2, 3)).items
        item = next((i for i in found if i.label == "Cart" and i.data), None)
    resolved = await editor.client.completion_item_resolve_async(item)
    (edit,) = resolved.additional_text_edits
    assert "from shop.cart import Cart" in edit.new_text
    assert edit.range.start.line in (1, 2)
