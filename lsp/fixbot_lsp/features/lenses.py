"""textDocument/codeLens: which tests fail, above them and above the functions that they fail in or call, until they pass."""

import re
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types

from fixbot_lsp.features.refreshing import Refreshing
from fixbot_lsp.rounds.fixes import read_file
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.talking.headers import Header, body, calls, headers, holds_tests, line_of
from fixbot_lsp.text.documents import OpenDocument
from fixbot_repair.checks import Finding

_LONGEST = 80  # characters of a title
_MOST = 50  # failing tests that are looked at


def register(server: FixbotServer) -> None:
    """Add code lenses to `server`."""

    def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        """What fails in a document."""
        document = server.documents.get(params.text_document.uri)
        return list(_lenses(server, document)) if document is not None else []

    server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions())(lenses)
    refreshing = Refreshing(server)
    server.background.changed = refreshing.lenses
    server.background.searches = server.status.searching
    server.board.told = refreshing.diagnostics


def _lenses(server: FixbotServer, document: OpenDocument) -> Iterator[types.CodeLens]:
    if document.text is None or document.root is None or document.path is None:
        return
    data = document.text.data
    failures = dict(list(server.background.failures(document.root).items())[:_MOST])
    known = {h.line: h for h in headers(data)}
    told: set[int] = set()
    for test, finding in failures.items():
        line = line_of(data, test) if test.partition("::")[0] == document.path else None
        if line is not None:
            if line not in told:  # the cases of a test are one row
                yield from _row(server, document, line, _title(test, finding), test, is_first=not told)
            told.add(line)
    if holds_tests(document.path):
        return
    by_line: dict[int, list[str]] = {}
    for test, finding in failures.items():
        for header in _reached(server, document, list(known.values()), test, finding):
            by_line.setdefault(header.line, []).append(test)
    for line, tests in sorted(by_line.items()):
        if line not in told:
            first = tests[0].rpartition("::")[2]
            more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
            yield from _row(server, document, line, f"fails: {first}{more}", tests[0], is_first=not told)
            told.add(line)


def _reached(
    server: FixbotServer, document: OpenDocument, known: list[Header], test: str, finding: Finding
) -> Iterator[Header]:
    """The functions of the document that a failing test ends in, or calls by a name that its file imports from there."""
    assert document.text is not None
    assert document.root is not None
    data = document.text.data
    spans = [(h, *body(data, h)) for h in known if h.is_function]
    if finding.path == document.path:
        inside = [h for h, first, last in spans if first <= finding.line - 1 <= last]
        yield from inside[-1:]
        return
    path = test.partition("::")[0]
    other = server.documents.at(document.root, path)
    text = other.text.data if other is not None and other.text is not None else read_file(document.root, path)
    at = next((h for h in headers(text) if h.line == line_of(text, test)), None) if text else None
    if text is None or at is None or not _imports(text, Path(document.path or "").stem):
        return
    named = calls(text, *body(text, at))
    yield from (h for h, _, _ in spans if h.name.rpartition(".")[2] in named)


def _imports(text: bytes, stem: str) -> bool:
    return (
        re.search(rb"^[ \t]*(?:from|import)[ \t][^\n]*\b%b\b" % re.escape(stem.encode()), text, re.MULTILINE)
        is not None
    )


def _row(
    server: FixbotServer, document: OpenDocument, line: int, title: str, test: str, *, is_first: bool
) -> Iterator[types.CodeLens]:
    """What fails, what can be done about it; one fix is looked for, for all that fails, so only the first row of a document offers it."""
    where = types.Range(types.Position(line, 0), types.Position(line, 0))
    place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 0}}
    yield types.CodeLens(
        where, types.Command(title, "fixbot.explain", arguments=[{"uri": document.uri, "range": place}])
    )
    if server.options_of(document).trusted is False:
        return
    fix = server.fixes.offered
    if not is_first:
        pass
    elif fix is not None and fix.root == document.root:
        yield types.CodeLens(where, types.Command("Show the fix", "fixbot.showFix", arguments=[{"id": fix.id}]))
    else:
        yield types.CodeLens(where, types.Command("Fix", "fixbot.solve", arguments=[{"uri": document.uri}]))
    yield types.CodeLens(
        where,
        types.Command("Run again", "fixbot.runTest", arguments=[{"id": test.partition("[")[0], "uri": document.uri}]),
    )


def _title(test: str, finding: Finding) -> str:
    said = " ".join(finding.message.removeprefix(f"{test}: ").split())
    return f"fails: {said if len(said) <= _LONGEST else said[:_LONGEST] + '…'}"
