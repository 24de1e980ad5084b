"""What an edited file says: the lines that edits change, whether it still parses, and when two edits come to the same."""

import ast
import warnings
from collections.abc import Iterable
from textwrap import dedent

from fixbot_analysis.source import Span
from fixbot_analysis.syntax import SyntaxTree
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.nodes import STATEMENTS


def changed_lines(data: bytes, edits: Iterable[tuple[Span, str]]) -> tuple[Span, str]:
    """The whole lines that `edits` touch, without the last one's end, and their new text."""
    ordered = sorted(edits)
    start = data.rfind(b"\n", 0, ordered[0][0].start) + 1
    end = data.find(b"\n", ordered[-1][0].end)
    lines = Span(start, len(data) if end < 0 else end)
    return lines, applied(data, ordered, lines.start, lines.end).decode("utf-8", "replace")


def applied(data: bytes, ordered: Iterable[tuple[Span, str]], start: int, end: int) -> bytes:
    """`data` from `start` to `end` with the edits, sorted and between the two, made."""
    parts = []
    for span, text in ordered:
        parts += [data[start : span.start], text.encode()]
        start = span.end
    return b"".join([*parts, data[start:end]])


class NormalForm:
    """Tells whether an edited file still parses, and when two edited files are the same but for layout.

    Only the statement that an edit lies in is looked at again. Where Python's own parser (fixbot's version) does not take
    the original, the grammar's is asked instead and layout counts.
    """

    def __init__(self, code: Code) -> None:
        self._code = code
        self._own = Span(0, len(code.data))
        self._dumps: dict[Span, str | None] = {}

    def of(self, edits: tuple[tuple[Span, str], ...]) -> tuple[object, ...]:
        """Keys that equal programs share at least one of; none when the edited file does not parse or means the same."""
        ordered = sorted(edits)
        content = hash(applied(self._code.data, ordered, 0, len(self._code.data)))
        unit = self._unit(ordered)
        if unit not in self._dumps:
            self._dumps[unit] = _dump(self._code.data[unit.start : unit.end])
        before = self._dumps[unit]
        if before is None:
            return (content,) if self._grammar_takes(ordered) else ()
        after = _dump(applied(self._code.data, ordered, unit.start, unit.end))
        return (content, (unit.start, after)) if after not in (None, before) else ()

    def _grammar_takes(self, ordered: list[tuple[Span, str]]) -> bool:
        data = applied(self._code.data, ordered, 0, len(self._code.data))
        return len(SyntaxTree.parse(data).errors()) <= len(SyntaxTree.parse(self._code.data).errors())

    def _unit(self, ordered: list[tuple[Span, str]]) -> Span:
        start, end = ordered[0][0].start, ordered[-1][0].end
        # What only changes indentation moves a statement in or out of its block: the statement around it tells.
        start -= any(not text.strip() for _, text in ordered)
        node = self._code.root.descendant_for_byte_range(max(start, 0), end)
        while node is not None and not (node.type in STATEMENTS and node.start_byte <= start and end <= node.end_byte):
            node = node.parent
        if node is None:
            return self._own
        return Span(self._code.data.rfind(b"\n", 0, node.start_byte) + 1, node.end_byte)


def _dump(source: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(dedent(source.decode("utf-8", "replace"))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
