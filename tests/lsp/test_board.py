"""Diagnostics move with the text, go when what they mark is edited, and carry the version they are true for."""

import pytest
from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.rounds.board import Board, Mark
from fixbot_lsp.rounds.diagnostics import page_of, tags_of
from fixbot_lsp.text.documents import Documents, Splice
from fixbot_lsp.text.positions import Text
from fixbot_repair.checks import Finding, Severity

URI = "file:///project/a.py"


def mark(start: int, end: int) -> Mark:
    return Mark(Span(start, end), Severity.ERROR, "compiler", "syntax", "wrong")


def test_a_finding_in_characters_becomes_bytes() -> None:
    finding = Finding("a.py", 1, 6, 1, 7, "t", "r", Severity.INFO, "m")
    assert Mark.of(finding, Text.of('x = "🦊"\n')).span == Span(5, 9)


def test_a_finding_outside_of_the_text_is_moved_to_its_edge() -> None:
    finding = Finding("a.py", 99, 1, 99, 1, "t", "r", Severity.INFO, "m")
    assert Mark.of(finding, Text.of("x\n")).span == Span(2, 2)


def test_edits_before_behind_and_inside() -> None:
    assert mark(10, 14).moved(Splice(Span(2, 4), b"xxxxx")) == mark(13, 17)
    assert mark(10, 14).moved(Splice(Span(14, 14), b"xxx")) == mark(10, 14)
    assert mark(10, 14).moved(Splice(Span(10, 10), b"xxx")) == mark(13, 17)
    assert mark(10, 14).moved(Splice(Span(12, 12), b"xxx")) is None
    assert mark(10, 14).moved(Splice(Span(0, 99), b"")) is None


def test_publications_carry_all_sources_and_the_version() -> None:
    sent: list[types.PublishDiagnosticsParams] = []
    documents = Documents()
    board = Board(documents, sent.append)
    documents.open(URI, 7, "python", "x = = 1\n")
    board.put(URI, "compiler", [mark(4, 5)])
    board.put(URI, "checks", [mark(0, 1)])
    assert sent[-1].version == 7
    assert [d.range.start.character for d in sent[-1].diagnostics] == [4, 0]
    board.clear(URI)
    assert sent[-1].diagnostics == []


def test_nothing_is_published_for_a_document_that_was_closed_meanwhile() -> None:
    sent: list[types.PublishDiagnosticsParams] = []
    Board(Documents(), sent.append).put(URI, "compiler", [mark(0, 1)])
    assert sent == []


def test_what_another_server_shows_is_not_shown_and_one_line_is_not_told_twice() -> None:
    sent: list[types.PublishDiagnosticsParams] = []
    documents = Documents()
    board = Board(documents, sent.append)
    documents.open(URI, 1, "python", "x = = 1\nimport os\n")
    syntax = Mark(Span(4, 5), Severity.ERROR, "ruff", "invalid-syntax", "Expected an expression")
    unused = Mark(Span(8, 17), Severity.WARNING, "ruff", "F401", "unused")
    board.put(URI, "checks", [syntax, unused, unused])
    assert [d.code for d in sent[-1].diagnostics] == ["invalid-syntax", "F401"]
    board.put(URI, "compiler", [mark(4, 5)])
    assert [d.code for d in sent[-1].diagnostics] == ["F401", "syntax"]
    board.beside = lambda _: ("ruff",)
    assert board.shown(URI) == []
    board.beside = lambda _: ("Pyright",)
    assert [d.code for d in board.shown(URI)] == ["F401"]


def test_a_client_that_pulls_is_sent_nothing() -> None:
    sent: list[types.PublishDiagnosticsParams] = []
    told: list[str] = []
    documents = Documents()
    board = Board(documents, sent.append)
    documents.open(URI, 1, "python", "x = = 1\n")
    board.pulls, board.told = True, told.append
    board.put(URI, "compiler", [mark(4, 5)])
    assert (sent, told) == ([], [URI])
    assert len(board.shown(URI)) == 1


@pytest.mark.parametrize(
    ("tool", "rule", "tags", "page"),
    [
        ("ruff", "F841", [types.DiagnosticTag.Unnecessary], "https://docs.astral.sh/ruff/rules/F841/"),
        ("ruff", "UP006", [types.DiagnosticTag.Deprecated], "https://docs.astral.sh/ruff/rules/UP006/"),
        ("mypy", "arg-type", [], "https://mypy.readthedocs.io/en/stable/_refs.html#code-arg-type"),
        ("tests", "KeyError", [], "https://docs.python.org/3/library/exceptions.html#KeyError"),
        ("tests", "MyError", [], None),
        ("semgrep", "list-multiplied", [], None),
        ("tests", "print", [], None),
    ],
)
def test_what_is_known_of_rules(tool: str, rule: str, tags: list[object], page: str | None) -> None:
    assert (tags_of(tool, rule), page_of(tool, rule)) == (tags, page)
