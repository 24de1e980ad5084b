"""textDocument/codeAction, all the way: a save, the project's failing test, a fix that was verified, the edit applied."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types


@pytest.fixture
def ledger(examples: Path, tmp_path: Path) -> Path:
    """The bundled project with a bug that its tests show, as a repository of its own."""
    root = tmp_path / "ledger"
    shutil.copytree(examples / "cases" / "ledger", root)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "start"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


def applied(text: str, edits: Any) -> str:
    lines = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda e: e.range.start.line, reverse=True):
        assert (edit.range.start.character, edit.range.end.character) == (0, 0)
        lines[edit.range.start.line : edit.range.end.line] = [edit.new_text]
    return "".join(lines)


def passes_its_tests(root: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=root, capture_output=True, check=False).returncode == 0


async def test_a_save_leads_to_a_verified_quick_fix_that_the_next_keystroke_withdraws(start: Any, ledger: Path) -> None:
    assert not passes_its_tests(ledger)
    editor = await start(ledger, options={"diagnostics": {"semgrep": False}})
    uri = editor.open("ledger/accounts.py")
    editor.save(uri)
    published = await editor.diagnostics(uri, lambda p: any(d.code == "verified-fix" for d in p.diagnostics))
    (line,) = [d.range.start.line for d in published.diagnostics if d.code == "verified-fix"]
    (action,) = await editor.actions(uri, line)
    assert action.title.startswith("Fix: ")
    assert action.kind == types.CodeActionKind.QuickFix
    (change,) = action.edit.document_changes
    assert change.text_document.version == 1

    test = editor.open("tests/test_statement.py")
    lines = (ledger / "tests" / "test_statement.py").read_text(encoding="utf-8").splitlines()
    at_test = next(number for number, text in enumerate(lines) if "february.closing ==" in text)
    (offered,) = await editor.actions(test, at_test)
    assert offered.title == action.title
    assert offered.edit.document_changes[0].text_document.uri == uri

    version = editor.change(uri, "# 🦊\n", types.Range(types.Position(0, 0), types.Position(0, 0)))
    assert await editor.actions(uri, line + 1) == []
    after = await editor.diagnostics(uri, lambda p: p.version == version)
    assert all(d.code != "verified-fix" for d in after.diagnostics)

    path = ledger / "ledger" / "accounts.py"
    path.write_text(applied(path.read_text(), change.edits))
    assert passes_its_tests(ledger)
    reports = [value for token in editor.client.progress_reports.values() for value in token]
    assert isinstance(reports[0], types.WorkDoneProgressBegin)
    assert reports[0].cancellable
    assert isinstance(reports[-1], types.WorkDoneProgressEnd)


async def test_the_user_can_cancel_the_search(start: Any, ledger: Path) -> None:
    editor = await start(ledger, options={"diagnostics": {"semgrep": False, "compiler": False}})
    editor.save(editor.open("ledger/accounts.py"))
    token = await editor.progress()
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await editor.logged("background: interrupted")


async def test_in_a_workspace_that_the_editor_does_not_trust_nothing_is_run(start: Any, ledger: Path) -> None:
    editor = await start(ledger, options={"workspaceTrusted": False, "diagnostics": {"semgrep": False}})
    uri = editor.open("ledger/accounts.py")
    editor.save(uri)
    await editor.complete(uri, 0, 0)
    assert ["not trusted" in m.message for m in editor.client.messages] == [True]
    assert not editor.client.progress_reports


async def test_other_kinds_of_actions_are_not_ours(start: Any) -> None:
    editor = await start({"m.py": "x = 1\n"})
    context = types.CodeActionContext([], only=[types.CodeActionKind.SourceOrganizeImports])
    where = types.Range(types.Position(0, 0), types.Position(0, 0))
    params = types.CodeActionParams(types.TextDocumentIdentifier(editor.open("m.py")), where, context)
    assert not await editor.client.text_document_code_action_async(params)
