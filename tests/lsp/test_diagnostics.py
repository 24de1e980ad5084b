"""Diagnostics: where they are, which version they are true for, and when they go."""

from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

BROKEN = 'fox = "🦊"; x = = 1\n'


@pytest.mark.parametrize(("encoding", "column"), [("utf-16", 16), ("utf-8", 18)])
async def test_a_syntax_error_behind_an_emoji_is_marked_where_it_is(start: Any, encoding: str, column: int) -> None:
    capabilities = client_capabilities("visual-studio-code")
    capabilities.general.position_encodings = [encoding]
    editor = await start({"m.py": BROKEN}, capabilities=capabilities)
    published = await editor.diagnostics(editor.open("m.py"), lambda p: bool(p.diagnostics))
    (error,) = published.diagnostics
    assert (error.range.start.line, error.range.start.character) == (0, column)
    assert error.severity == types.DiagnosticSeverity.Error
    assert error.source == "fixbot compiler"
    assert published.version == 1


async def test_an_edit_that_mends_the_error_takes_it_away_with_the_new_version(start: Any) -> None:
    editor = await start({"m.py": BROKEN})
    uri = editor.open("m.py")
    await editor.diagnostics(uri, lambda p: bool(p.diagnostics))
    second_equals = types.Range(types.Position(0, 16), types.Position(0, 18))
    version = editor.change(uri, "", second_equals)
    published = await editor.diagnostics(uri, lambda p: p.version == version)
    assert not published.diagnostics


async def test_versions_published_never_go_back_while_typing(start: Any) -> None:
    editor = await start({"m.py": "x = 1\n"})
    uri = editor.open("m.py")
    for _ in range(30):
        last = editor.change(uri, BROKEN)
    published = await editor.diagnostics(uri, lambda p: p.version == last)
    assert published.diagnostics
    versions = [p.version for p in editor.published[uri]]
    assert versions == sorted(versions)


async def test_a_closed_document_has_no_diagnostics(start: Any) -> None:
    editor = await start({"m.py": BROKEN})
    uri = editor.open("m.py")
    await editor.diagnostics(uri, lambda p: bool(p.diagnostics))
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await editor.diagnostics(uri, lambda p: p.version is None)
    assert not editor.published[uri][-1].diagnostics


async def test_a_file_without_a_project_is_compiled_too(start: Any) -> None:
    editor = await start({"m.py": BROKEN}, rooted=False)
    published = await editor.diagnostics(editor.open("m.py"), lambda p: bool(p.diagnostics))
    assert published.diagnostics[0].message


async def test_the_compiler_can_be_turned_off(start: Any) -> None:
    editor = await start({"m.py": BROKEN, "n.py": "x = 1\n"}, options={"diagnostics": {"compiler": False}})
    uri = editor.open("m.py")
    await editor.complete(uri, 0, 3)
    assert uri not in editor.published


MISTAKEN = "def rows(count):\n    # 🦊\n    return [[]] * count\n"


async def test_a_save_shows_what_semgrep_finds_and_it_moves_with_the_text(start: Any) -> None:
    editor = await start({"m.py": MISTAKEN}, options={"background": {"enabled": False}})
    uri = editor.open("m.py")
    editor.save(uri)
    published = await editor.diagnostics(uri, lambda p: any(d.source == "fixbot semgrep" for d in p.diagnostics))
    assert [d.range.start.line for d in published.diagnostics] == [2]
    top = types.Range(types.Position(0, 0), types.Position(0, 0))
    version = editor.change(uri, "# 🦊\n", top)
    moved = await editor.diagnostics(uri, lambda p: p.version == version)
    assert [d.range.start.line for d in moved.diagnostics] == [3]
