"""Diagnostics move with the text, go when what they mark is edited, and carry the version they are true for."""

from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.board import Board, Mark
from fixbot_lsp.documents import Documents, Splice
from fixbot_lsp.positions import Text
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
    assert mark(10, 14).moved(Splice(Span(2, 4), 5)) == mark(13, 17)
    assert mark(10, 14).moved(Splice(Span(14, 14), 3)) == mark(10, 14)
    assert mark(10, 14).moved(Splice(Span(10, 10), 3)) == mark(13, 17)
    assert mark(10, 14).moved(Splice(Span(12, 12), 3)) is None
    assert mark(10, 14).moved(Splice(Span(0, 99), 0)) is None


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
