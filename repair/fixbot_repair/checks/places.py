"""Places in a document from what tools say, which is often less than a place, or one that is not there."""

from fixbot_analysis.source import Document


def placed(document: Document, line: int, column: int, end_line: int, end_column: int) -> tuple[int, int, int, int]:
    """Line, column, end line and end column (characters, from 1, end exclusive) within `document`, the end after the start.

    No column (0) means the whole line without its indent, no end one character.
    """
    line = min(max(line, 1), len(document.line_starts))
    text = document.line_text(line - 1)
    if not column:
        return line, len(text) - len(text.lstrip()) + 1, line, max(len(text), 1) + 1
    column = min(max(column, 1), len(text) + 1)
    if (end_line, end_column) <= (line, column) or end_line > len(document.line_starts):
        return line, column, line, column + 1
    return line, column, end_line, end_column
