"""The background agent: what it offers, when it stays quiet, and that what it offers is what was verified."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from lsprotocol import types

from fixbot_lsp.background import Background
from fixbot_lsp.board import Board
from fixbot_lsp.documents import Change, Documents
from fixbot_lsp.fixes import Fixes
from fixbot_lsp.options import Options
from fixbot_repair.candidates.diff import unified

BEFORE = "# 🦊\ndef add(a, b):\n    return a - b\n"
AFTER = "# 🦊\ndef add(a, b):\n    return a + b\n"
PATCH = unified({"m.py": BEFORE.encode()}, {"m.py": AFTER.encode()})
PLAUSIBLE = {
    "schema": 1,
    "status": "plausible",
    "exit_code": 0,
    "patch": PATCH,
    "source": "template:operator",
    "sandbox": "bwrap",
    "verification": {
        "oracle": "failing tests",
        "failed_before": ["t.py::test_add"],
        "passed_after": ["t.py::test_add"],
        "tests_run": 3,
    },
}


class FakeEditor:
    """An editor with one saved document, whose searches end with `report`."""

    def __init__(self, root: Path, report: Mapping[str, object], options: Options | None = None) -> None:
        (root / "m.py").write_text(BEFORE, encoding="utf-8")
        self.options = options or Options()
        self.client_capabilities = types.ClientCapabilities()
        self.documents = Documents()
        self.documents.root = root
        self.published: list[types.PublishDiagnosticsParams] = []
        self.fixes = Fixes(self.documents, Board(self.documents, self.published.append))
        self.document = self.documents.open((root / "m.py").as_uri(), 1, "python", BEFORE)
        self.said: list[str] = []
        self.shown: list[str] = []
        self.asked = 0
        self.searching = asyncio.Event()
        self.report = report
        self.may_answer = asyncio.Event()
        self.background = Background(self, self.solve, calm=0)

    async def solve(self, root: Path, seconds: int) -> Mapping[str, object]:
        self.asked += 1
        self.searching.set()
        await self.may_answer.wait()
        return self.report

    def say(self, message: str, kind: object = None) -> None:
        self.said.append(message)

    def show(self, message: str, kind: object = None) -> None:
        self.shown.append(message)

    def actions(self, line: int = 2, versioned: bool = True) -> list[types.CodeAction]:
        where = types.Range(types.Position(line, 0), types.Position(line, 0))
        return self.fixes.actions(self.document.uri, where, versioned)

    async def saved(self) -> None:
        """A save, and the search that it sets off, to its end."""
        self.background.saved(self.document)
        self.may_answer.set()
        if self.background._task:
            with contextlib.suppress(asyncio.CancelledError):
                await self.background._task


def applied(action: types.CodeAction) -> str:
    """The text after the action (whole-line edits)."""
    assert action.edit
    assert action.edit.document_changes
    lines = BEFORE.splitlines(keepends=True)
    for edit in reversed(action.edit.document_changes[0].edits):
        assert (edit.range.start.character, edit.range.end.character) == (0, 0)
        lines[edit.range.start.line : edit.range.end.line] = [edit.new_text]
    return "".join(lines)


async def test_a_verified_patch_becomes_a_diagnostic_and_a_quick_fix(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    await editor.saved()
    (action,) = editor.actions()
    assert action.title == "Fix: test_add passes"
    assert applied(action) == AFTER
    (shown,) = editor.published[-1].diagnostics
    assert shown.range.start.line == 2
    assert "3 tests run" in shown.message
    assert action.edit.document_changes[0].text_document.version == 1


async def test_a_client_without_versions_gets_plain_changes(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    await editor.saved()
    (action,) = editor.actions(versioned=False)
    assert action.edit.changes[editor.document.uri][0].new_text == "    return a + b\n"


async def test_the_fix_is_offered_only_where_it_is(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    await editor.saved()
    assert editor.actions(line=0) == []


async def test_an_edit_withdraws_the_fix(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    await editor.saved()
    editor.documents.change(editor.document.uri, 2, [Change("\n" + BEFORE)])
    assert editor.actions() == []
    editor.fixes.edited("m.py")
    assert editor.published[-1].diagnostics == []


async def test_text_that_changed_during_the_search_is_offered_nothing(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.documents.change(editor.document.uri, 2, [Change("\n" + BEFORE)])
    await editor.saved()
    assert editor.actions() == []
    assert editor.published == []


async def test_a_file_written_after_the_search_began_is_offered_nothing(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.background.saved(editor.document)
    await editor.searching.wait()
    await asyncio.sleep(0.05)  # clocks of file systems are coarse
    (tmp_path / "m.py").write_text(BEFORE, encoding="utf-8")
    editor.may_answer.set()
    await editor.background._task
    assert editor.actions() == []


async def test_a_fix_in_a_file_that_is_not_open_is_shown_there(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.documents.close(editor.document.uri)
    await editor.saved()
    assert editor.published[-1].uri == editor.document.uri
    assert editor.published[-1].diagnostics


async def test_a_keystroke_ends_the_search(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.background.saved(editor.document)
    await editor.searching.wait()
    editor.background.interrupt()
    with pytest.raises(asyncio.CancelledError):
        await editor.background._task
    assert editor.actions() == []


@pytest.mark.parametrize("options", [Options(background=False), Options(trusted=False)])
async def test_it_can_be_turned_off_and_heeds_the_editors_trust(tmp_path: Path, options: Options) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE, options)
    await editor.saved()
    await editor.saved()
    assert editor.asked == 0
    assert len(editor.shown) == (options.trusted is False)


async def test_without_a_sandbox_an_untrusted_workspace_is_told_once(tmp_path: Path) -> None:
    error = {"kind": "untrusted", "message": "no sandbox works here", "hint": "fixbot trust"}
    editor = FakeEditor(tmp_path, {"schema": 1, "status": "error", "exit_code": 7, "error": error})
    await editor.saved()
    await editor.saved()
    assert editor.shown == ["fixbot: no sandbox works here. fixbot trust"]
    assert editor.actions() == []


@pytest.mark.parametrize(
    "report",
    [
        {"status": "unverified", "exit_code": 3, "patch": PATCH},
        {"status": "none", "exit_code": 1, "patch": ""},
        {"status": "plausible", "patch": "no diff"},
        {"status": "plausible", "patch": PATCH.replace("m.py", "../m.py")},
        {"status": "plausible", "patch": PATCH.replace("return a - b", "return a / b")},
        {"status": 5},
        {},
    ],
)
async def test_anything_but_a_verified_patch_that_applies_offers_nothing(
    tmp_path: Path, report: Mapping[str, object]
) -> None:
    editor = FakeEditor(tmp_path, report)
    await editor.saved()
    assert editor.actions() == []
    assert len(editor.said) == 1
