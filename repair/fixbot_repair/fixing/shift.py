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


class Control:
    """What was found in a file as it is, which its versions are held against."""

    def __init__(self, document: Document, findings: Sequence[Finding]) -> None:
        self.document = document
        self.findings = findings
        self.places = [(f.tool, f.rule, at) for f, at in zip(findings, _offsets(document, findings), strict=True)]

    def verdict(
        self, after: Document, edits: Sequence[Edit], targets: Iterable[Finding], new: Sequence[Finding]
    ) -> tuple[str, tuple[Finding, ...]]:
        """Why the `edits` that lead to `after` are no fix of `targets`, "" where they are one; and what they bring.

        `new` are the findings in the whole file then. One is old where the same rule of the same tool spoke of the same
        byte, and else where it speaks of the same code as one that is no longer at its place.
        """
        known: Counter[_Place] = Counter(self.places)
        wanted = list(dict.fromkeys(targets))
        aims: Counter[_Place] = Counter(
            (f.tool, f.rule, at) for f, at in zip(wanted, _offsets(self.document, wanted), strict=True)
        )  # fmt: skip
        if absent := next((place for place in aims if not known[place]), None):
            return f"{absent[0]} does not find it in the file by itself: nothing would show that it is gone", ()
        known -= aims
        before = Shift(edits).before
        at_places = zip(new, _offsets(after, new), strict=True)
        left = [f for f, at in at_places if not _taken(known, (f.tool, f.rule, before(at)))]
        if not left:
            return "", ()
        old = [f for f, place in zip(self.findings, self.places, strict=True) if _taken(known, place)]
        fresh = new_findings([_stamp(f, self.document) for f in old], [_stamp(f, after) for f in left])
        return _told(fresh, aims), fresh


def _offsets(document: Document, findings: Iterable[Finding]) -> Iterator[int]:
    """Bytes at which findings begin; in ASCII a column is one."""
    if not document.data.isascii():
        yield from (document.offset(Position(f.line - 1, f.column - 1)) for f in findings)
        return
    starts = document.line_starts
    yield from (starts[min(f.line, len(starts)) - 1] + f.column - 1 for f in findings)


def _taken(known: Counter[_Place], place: _Place) -> bool:
    if known[place] <= 0:
        return False
    known[place] -= 1
    return True


def _stamp(finding: Finding, document: Document) -> Finding:
    # Code that moved between symbols is the same code: none is named.
    return replace(finding, path=document.path, fingerprint=fingerprint(finding, document, ""))


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
