"""Several folders in one window: each has its own index and settings, and a name in one is never taken for that in another."""

import asyncio
from typing import Any

from lsprotocol import types


def shop(member: str) -> str:
    return f"class Cart:\n    def {member}(self):\n        pass\n"


USE = "from cart import Cart\n\nCart().\n"
FILES = {
    f"{folder}/{path}": text
    for folder, member in (("one", "add_one"), ("one/inner", "add_inner"), ("two", "add_two"))
    for path, text in (("cart.py", shop(member)), ("main.py", USE), ("broken.py", "x = = 1\n"))
}


async def labels(editor: Any, uri: str) -> set[str]:
    found = await editor.complete(uri, 2, 7)
    return {item.label for item in found.items}


async def test_folders_that_are_opened_and_closed_while_their_documents_are_open(start: Any) -> None:
    quiet = {"diagnostics": {"compiler": False}}
    editor = await start(FILES, folders=["one", "two"], settings={None: {}, "two": quiet})
    main = {folder: editor.open(f"{folder}/main.py") for folder in ("one", "two", "one/inner")}
    broken = {folder: editor.open(f"{folder}/broken.py") for folder in ("two", "one")}
    for folder, name in (("two", "add_two"), ("one", "add_one"), ("one/inner", "add_one")):
        while name not in (found := await labels(editor, main[folder])):
            pass
        assert not found & ({"add_one", "add_two", "add_inner"} - {name})
    # What is off for one folder is on for the other.
    await editor.diagnostics(broken["one"], lambda p: bool(p.diagnostics))
    while any(p.diagnostics for p in editor.published.get(broken["two"], [])[-1:]):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.02)
    folders = [types.WorkspaceFolder(editor.uri(folder), folder) for folder in ("one/inner", "two")]
    event = types.WorkspaceFoldersChangeEvent(added=folders[:1], removed=folders[1:])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    while "add_inner" not in await labels(editor, main["one/inner"]):
        pass
    assert "add_two" not in await labels(editor, main["two"])
    assert "add_one" in await labels(editor, main["one"])
    (_,) = editor.children()  # one engine for all of them
