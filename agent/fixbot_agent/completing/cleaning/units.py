"""A suggestion cut to a whole unit of syntax: a statement or a block, and the file around it parsed."""

from bisect import bisect_left

from fixbot_agent.completing.cleaning.draft import Reason, Refused
from fixbot_agent.completing.cleaning.lexemes import CLOSERS, Reader
from fixbot_agent.completing.cleaning.work import Work
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node, SyntaxTree

LARGEST = 400_000  # bytes of a file that is parsed while somebody waits
_TRIES = 8  # lines that are taken away from the end of what does not parse
_OLD = frozenset({"print_statement", "exec_statement", "chevron"})  # of Python 2, which the grammar takes
_CONTINUED = ("else", "elif", "except", "finally", "case", "catch")


def within_unit(work: Work) -> Work | Refused:
    """One statement, or the block at the cursor: nothing after a line that is indented less, or after two blank lines."""
    lines = work.text.split("\n")
    end = _block_end(work, lines) if work.draft.block else _statement_end(work, lines)
    text = "\n".join(lines[:end]).rstrip("\n")
    return (
        work.told(text, 0 if end < len(lines) and work.taken and not _ends_so(work, text) else work.taken)
        if text.strip()
        else Refused(Reason.EMPTY)
    )


def _ends_so(work: Work, text: str) -> bool:
    """Whether the text cut short still holds the end of the line that it takes the place of."""
    return work.site.rest[: work.taken].strip() in text


def _statement_end(work: Work, lines: list[str]) -> int:
    """Lines up to the end of the first statement: brackets that it opens are closed on a later line."""
    reader = Reader(work.draft.language)
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    for end in range(start + 1, len(lines) + 1):
        nesting = reader.nesting("\n".join(lines[:end]))
        if (
            not nesting.opening
            and not (len(nesting.quote) == 3 or nesting.quote == "`")
            and not lines[end - 1].endswith("\\")
        ):
            return end
        if nesting.opening[-1:] == ("{",) and work.draft.language != "python":
            return end
    return start + 1


def _block_end(work: Work, lines: list[str]) -> int:
    margin = len(work.site.indent.expandtabs(4))
    for at, line in enumerate(lines[1:], 1):
        if not line.strip():
            if at + 1 < len(lines) and not lines[at + 1].strip():
                return at
            continue
        width = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        closes = set(line.strip()) <= {*CLOSERS, ";", ",", ":"} or line.lstrip()[0] in CLOSERS
        if width < margin and not (closes and width >= margin - 8):
            return at
    return len(lines)


def parsed(work: Work, old: SyntaxTree) -> tuple[Work, SyntaxTree, Span] | Refused:
    """The longest text, by whole lines, with which the file has no more errors than without and none in the text; its tree and place."""
    lines = work.text.split("\n")
    errors = len(old.errors())
    for end in range(len(lines), max(0, len(lines) - _TRIES), -1):
        text = "\n".join(lines[:end]).rstrip("\n")
        if not text.strip():
            break
        if end < len(lines) and work.taken and not _ends_so(work, text):
            break
        for tried in _tried(work, text):
            tree, span = tried.tree(old)
            if _is_sound(tree, span, errors):
                return tried, tree, span
    return Refused(Reason.SYNTAX)


def _tried(work: Work, text: str) -> list[Work]:
    """The text, and its shorter forms on one line: up to its last argument."""
    found = [work.told(text)]
    if "\n" not in text and text == work.text:
        at = text.rfind(",")
        if at > 0:
            found.append(work.told(text[:at]))
    return found


def _is_sound(tree: SyntaxTree, span: Span, errors: int) -> bool:
    broken = tree.errors()
    if len(broken) > errors or any(e.start < span.end and span.start < e.end for e in broken if len(e)):
        return False
    if any(span.start <= e.start <= span.end for e in broken):
        return False
    return tree.language != "python" or not _is_old(tree, span)


def _is_old(tree: SyntaxTree, span: Span) -> bool:
    node = tree.root.named_descendant_for_byte_range(span.start, max(span.start, span.end - 1))
    found = [node] if node is not None else []
    while found:
        node = found.pop()
        if node.type in _OLD:
            return True
        found.extend(inside(node, span))
    return False


def inside(node: Node, span: Span) -> list[Node]:
    """Named children of `node` that the span touches; of a long row only those looked at."""
    children = node.named_children
    if len(children) > 64:
        first = bisect_left(children, span.start, key=lambda c: c.end_byte)
        children = children[first : first + 256]
    return [c for c in children if c.start_byte < span.end and span.start < c.end_byte]
