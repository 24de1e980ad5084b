"""Where a place in a changed file was before the change: exact, by the edits themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fixbot_analysis.source import Document, Position
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks import Finding, Severity, new_findings
from fixbot_repair.checks.fingerprint import fingerprint

_Place = tuple[str, str, int | None]


class Shift:
    """Maps bytes of a file after `edits` (no two overlapping) to bytes before them."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._pieces: list[tuple[int, int, int]] = []  # first byte of the new text, its end, where the old text ended
        delta = 0
        for edit in sorted(edits, key=lambda e: e.span):
            start, size = edit.span.start + delta, len(edit.text.encode())
            self._pieces.append((start, start + size, edit.span.end))
            delta += size - len(edit.span)

    def before(self, offset: int) -> int | None:
        """The byte before the edits; None inside of text that is new.

        The first byte of new text stands where that of the text it replaces did.
        """
        was, moved = 0, 0
        for start, end, old_end in self._pieces:
            if offset < start:
                break
            if offset == start < end:
                return was + offset - moved
            if offset < end:
                return None
            was, moved = old_end, end
        return was + offset - moved


def verdict(
    before: Document, after: Document, edits: Sequence[Edit], targets: Iterable[Finding], old: Iterable[Finding],
    new: Sequence[Finding],
) -> tuple[str, tuple[Finding, ...]]:  # fmt: skip
    """Why the `edits` that lead from `before` to `after` are no fix of `targets`, "" where they are one; and what they bring.

    `old` and `new` are the findings in the whole file. A finding is an old one where the same rule of the same tool spoke of
    the same byte, and else where it speaks of the same code as one that is no longer at its place.
    """
    known = Counter(_place(f, before) for f in old)
    aims = Counter(_place(f, before) for f in dict.fromkeys(targets))
    if absent := next((place for place in aims if not known[place]), None):
        return f"{absent[0]} does not find it in the file by itself: nothing would show that it is gone", ()
    known -= aims
    shift = Shift(edits)
    left = [f for f in new if not _taken(known, _place(f, after, shift))]
    if not left:
        return "", ()
    fresh = new_findings(_stamped(old, before, known), [_stamp(f, after) for f in left])
    return _told(fresh, aims), fresh


def _place(finding: Finding, document: Document, shift: Shift | None = None) -> _Place:
    offset = document.offset(Position(finding.line - 1, finding.column - 1))
    return finding.tool, finding.rule, offset if shift is None else shift.before(offset)


def _taken(known: Counter[_Place], place: _Place) -> bool:
    if known[place] <= 0:
        return False
    known[place] -= 1
    return True


def _stamped(old: Iterable[Finding], document: Document, left: Counter[_Place]) -> Iterator[Finding]:
    """Those of `old` at the places that are `left`, with fingerprints."""
    for finding in old:
        if _taken(left, _place(finding, document)):
            yield _stamp(finding, document)


def _stamp(finding: Finding, document: Document) -> Finding:
    # Code that moved between symbols is the same code: none is named.
    return replace(finding, fingerprint=fingerprint(finding, document, ""))


def _told(fresh: Sequence[Finding], aims: Counter[_Place]) -> str:
    """What is wrong with findings that are `fresh`, the worst first."""
    if not fresh:
        return ""
    worst = min(fresh, key=lambda f: (f.category != "syntax", list(Severity).index(f.severity)))
    if worst.category == "syntax":
        return f"with it the file does not compile: {worst.message} (line {worst.line})"
    if any((worst.tool, worst.rule) == aim[:2] for aim in aims):
        return f"with it {worst.tool} {worst.rule} is still found (line {worst.line})"
    return f"it brings {worst.tool} {worst.rule} (line {worst.line}): {worst.message}"
