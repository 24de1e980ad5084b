"""Findings of type checkers with the fix that their words determine."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from fixbot_analysis.source import Document, Position, Span
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.finding import Finding
from fixbot_repair.checks.hints.place import Place, parsed
from fixbot_repair.checks.hints.table import HINTS, Hint


def suggested(
    findings: Iterable[Finding], documents: Mapping[str, Document], target: tuple[int, int]
) -> Iterator[Finding]:
    """Yield `findings`, those without a fix with the one that is plain from what they say, in the table's words.

    `target` is the Python that the code is written for. A fix that changes what runs stands among the unsafe.
    """
    asked: set[tuple[str, str, str]] = set()
    for finding in findings:
        hint = None if finding.fix or finding.unsafe else _hint(finding)
        edits = _edits(hint, finding, documents[finding.path], target, asked) if hint else ()
        if hint and edits:
            yield replace(finding, fix=edits) if hint.safe else replace(finding, unsafe=edits)
        else:
            yield finding


def _hint(finding: Finding) -> Hint | None:
    mine = (h for h in HINTS if h.tool == finding.tool and re.fullmatch(h.rule, finding.rule))
    return next((h for h in mine if h.message.match(finding.message)), None)


def _edits(
    hint: Hint, finding: Finding, document: Document, target: tuple[int, int], asked: set[tuple[str, str, str]]
) -> tuple[Edit, ...]:
    tree, match = parsed(document.data), hint.message.match(finding.message)
    if tree is None or match is None:
        return ()
    words = {name: word for name, word in match.groupdict().items() if word is not None}
    start = document.offset(Position(finding.line - 1, finding.column - 1))
    end = document.offset(Position(finding.end_line - 1, finding.end_column - 1))
    place = Place(document, tree, Span(start, end), target, words)
    edits = hint.edit(place)
    if edits and hint.once:
        inside = place.definition()
        key = (finding.path, str(inside and inside.lineno), edits[0].text.strip())
        if key in asked:
            return ()  # the first of them may do for all; if not, its turn comes when that is made
        asked.add(key)
    return edits
