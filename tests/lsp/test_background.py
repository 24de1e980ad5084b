"""The background agent: what it offers, when it stays quiet, and that what it offers is what was verified."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.progress import Progress

from fixbot_agent.watching.events import (
    Broken,
    Checked,
    Ended,
    Event,
    Failed,
    Request,
    Searching,
    Solved,
    Stepped,
    Tested,
)
from fixbot_lsp.options import Options
from fixbot_lsp.rounds import bars
from fixbot_lsp.rounds.background import Background
from fixbot_lsp.rounds.board import Board
from fixbot_lsp.rounds.fixes import Fixes
from fixbot_lsp.text.documents import Change, Documents
from fixbot_lsp.text.folders import Folders
from fixbot_repair.candidates.diff import unified
from fixbot_repair.checks import Finding, Severity

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
FAILING = Finding("t.py", 2, 5, 2, 10, "tests", "AssertionError", Severity.ERROR, "t.py::test_add: no")
UNUSED = Finding("m.py", 2, 5, 2, 8, "ruff", "F401", Severity.WARNING, "unused")


class FakeProgress:
    """A client's bars, which note what is reported."""

    def __init__(self, told: list[str]) -> None:
        self.told, self.tokens = told, dict[object, object]()

    async def create_async(self, token: object) -> None:
        """Agree."""

    def begin(self, token: object, value: object) -> None:
        """Show it."""

    def report(self, token: object, value: types.WorkDoneProgressReport) -> None:
        self.told.append(value.message or "")

    def end(self, token: object, value: object) -> None:
        """Take it away."""


class FakeEditor:
    """An editor with one saved document, whose rounds say `events` and whose searches end with `report`."""

    def __init__(self, root: Path, report: Mapping[str, object], options: Options | None = None) -> None:
        (root / "m.py").write_text(BEFORE, encoding="utf-8")
        (root / "t.py").write_text("def test_add():\n    assert False\n", encoding="utf-8")
        self.root, self.options = root, options or Options(ruff=True)
        self.client_capabilities = types.ClientCapabilities()
        self.work_done_progress = Progress(None)  # a client without progress bars is asked for none
        folders = Folders()
        folders.add(root)
        self.documents = Documents(folders)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.board = Board(self.documents, self.published.append)
        self.fixes = Fixes(self.documents, self.board)
        self.document = self.documents.open((root / "m.py").as_uri(), 1, "python", BEFORE)
        self.said: list[str] = []
        self.shown: list[str] = []
        self.asked: list[Request] = []
        self.searching = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.events: list[Event] = [
            Checked(()), Tested(3, ("t.py::test_add",), (FAILING,)), Searching(("t.py::test_add",)),
            Solved(report, str(root)), Ended(0.1),
        ]  # fmt: skip
        self.background = Background(self, self.play, calm=0)

    async def play(self, request: Request) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        for event in self.events:
            if isinstance(event, Solved):
                self.searching.set()
                await self.may_answer.wait()
            if isinstance(event, Stepped):
                await asyncio.sleep(0)  # others get their turn, too
            yield event

    def options_of(self, _: object) -> Options:
        return self.options

    def say(self, message: str, kind: object = None) -> None:
        self.said.append(message)

    def show_once(self, message: str) -> None:
        if message not in self.shown:
            self.shown.append(message)

    def actions(self, line: int = 2, versioned: bool = True) -> list[types.CodeAction]:
        where = types.Range(types.Position(line, 0), types.Position(line, 0))
        return self.fixes.actions(self.document.uri, where, versioned)

    def last(self, path: str) -> list[str]:
        """The messages that a file shows."""
        uri = (self.root / path).as_uri()
        shown = [p.diagnostics for p in self.published if p.uri == uri]
        return [d.message for d in shown[-1]] if shown else []

    async def saved(self) -> None:
        """A save, and what it sets off, to its end."""
        self.background.saved(self.document)
        self.may_answer.set()
        await self.background.wait()


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


async def test_what_only_takes_back_a_change_is_said_to_and_is_nobodys_preferred_fix(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, {**PLAUSIBLE, "source": "taking-back", "note": "`-` becomes `+`"})
    await editor.saved()
    (action,) = editor.actions()
    assert action.title == "Take back: `-` becomes `+`"
    assert not action.is_preferred
    assert "takes back a change" in editor.last("m.py")[0]


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
    editor.fixes.edited(editor.document)
    assert editor.published[-1].diagnostics == []


async def test_what_is_found_is_shown_where_it_is(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, {"status": "none", "exit_code": 1})
    editor.events[0] = Checked((UNUSED,))
    await editor.saved()
    assert editor.last("m.py") == ["unused"]
    assert editor.last("t.py") == ["test_add: no"]
    assert list(editor.background.failures(tmp_path)) == ["t.py::test_add"]
    editor.events = [Checked(()), Tested(3), Ended(0.1)]
    await editor.saved()
    assert editor.last("m.py") == []
    assert editor.last("t.py") == []


async def test_without_a_linter_only_what_is_insecure_is_shown_of_its_findings(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, {}, Options(background=False))
    insecure = replace(UNUSED, rule="S602", message="shell=True", category="security")
    editor.events = [Checked((UNUSED, insecure)), Ended(0.1)]
    await editor.saved()
    assert editor.asked[0].tools == ("semgrep", "ruff")
    assert editor.last("m.py") == ["shell=True"]


async def test_a_failing_test_is_one_remark_at_its_own_line_and_the_rest_stands_beside_it(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, {"status": "none", "exit_code": 1})
    raised = replace(FAILING, path="m.py", line=3, end_line=3, message="t.py::test_add: ValueError: no - a + b")
    broken = Broken("t.py::test_add", "ValueError: no", "- a\n+ b", (("t.py", 2), ("m.py", 3)))
    editor.events[1] = Tested(3, ("t.py::test_add",), (raised,), broken=(broken,))
    await editor.saved()
    assert editor.last("m.py") == []
    (shown,) = editor.published[-1].diagnostics
    assert (shown.message, shown.range.start.line) == ("test_add: ValueError: no", 1)
    beside = [(r.location.uri[-4:], r.location.range.start.line, r.message) for r in shown.related_information]
    assert beside == [("t.py", 1, "- a + b"), ("m.py", 2, "it fails here")]


async def test_progress_is_told_once_a_second_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "BETWEEN", 0.2)
    told: list[str] = []
    editor = FakeEditor(tmp_path, {"status": "none", "exit_code": 1})
    editor.client_capabilities = types.ClientCapabilities(
        window=types.WindowClientCapabilities(work_done_progress=True)
    )
    editor.work_done_progress = FakeProgress(told)  # type: ignore[assignment]
    steps = [Stepped("trying candidates", n, 0) for n in range(1, 51)]
    editor.events[3:3] = steps
    editor.background.saved(editor.document)
    await editor.searching.wait()
    await asyncio.sleep(0.5)
    editor.may_answer.set()
    await editor.background.wait()
    assert 1 <= len(told) <= 3
    assert told[-1].startswith("trying candidates: 50 so far, 1")
    assert told[-1].endswith(" s left at most")


async def test_what_is_open_and_not_stored_goes_along(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    other = editor.documents.open((tmp_path / "t.py").as_uri(), 1, "python", "# not stored\n")
    await editor.saved()
    assert editor.asked[0].paths == ("m.py",)
    assert editor.asked[0].buffers == {"t.py": "# not stored\n"}
    assert other.path == "t.py"


async def test_a_fix_in_a_folder_below_the_repository(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    editor = FakeEditor(tmp_path / "below", PLAUSIBLE)
    patch = unified({"below/m.py": BEFORE.encode()}, {"below/m.py": AFTER.encode()})
    editor.events[3] = Solved({**PLAUSIBLE, "patch": patch}, str(tmp_path))
    await editor.saved()
    (action,) = editor.actions()
    assert applied(action) == AFTER


async def test_a_file_written_after_the_search_began_is_offered_nothing(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.documents.close(editor.document.uri)
    editor.background.saved(editor.document)
    await editor.searching.wait()
    await asyncio.sleep(0.05)  # clocks of file systems are coarse
    (tmp_path / "m.py").write_text(BEFORE, encoding="utf-8")
    editor.may_answer.set()
    await editor.background.wait()
    assert not any("passes" in message for message in editor.last("m.py"))


async def test_a_fix_in_a_file_that_is_not_open_is_shown_there(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.documents.close(editor.document.uri)
    await editor.saved()
    assert any("test_add passes" in message for message in editor.last("m.py"))


async def test_a_keystroke_ends_the_search(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE)
    editor.background.saved(editor.document)
    await editor.searching.wait()
    assert editor.background.searching
    editor.background.interrupt()
    assert not editor.background.searching
    editor.may_answer.set()
    await editor.background.wait()
    assert editor.actions() == []


async def test_switched_off_nothing_of_the_project_is_run(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE, Options(background=False))
    await editor.saved()
    (request,) = editor.asked
    assert not request.tests
    assert not request.search
    assert request.tools == ("semgrep", "ruff")
    assert editor.shown == []


async def test_without_the_editors_trust_nothing_of_the_project_is_run_and_that_is_said_once(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, PLAUSIBLE, Options(trusted=False, semgrep=False, security=False))
    await editor.saved()
    await editor.saved()
    assert editor.asked == []
    assert len(editor.shown) == 1


async def test_without_a_sandbox_an_untrusted_workspace_is_told_once(tmp_path: Path) -> None:
    editor = FakeEditor(tmp_path, {})
    editor.events = [Checked(()), Failed("no sandbox works here", "fixbot trust", 7)]
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
