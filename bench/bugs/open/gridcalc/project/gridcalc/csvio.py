"""Import and export of CSV."""

import csv
import io

from .refs import parse_ref
from .sheet import Sheet
from .values import is_number, to_text


def import_csv(text, sheet=None, at="A1", delimiter=",", formulas=False):
    """Put the rows of the text into a sheet, a new one unless it is given.

    Formulas are taken as text unless ``formulas`` is true; digits with zeros
    in front, as in postal codes, stay text.
    """
    if sheet is None:
        sheet = Sheet()
    start = parse_ref(at)
    if text.startswith("\ufeff"):
        text = text[1:]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for down, row in enumerate(rows):
        for across, field in enumerate(row):
            sheet.set((start.row + down, start.col + across), _content(field, formulas))
    return sheet


def _content(field, formulas):
    if field.startswith("=") and not formulas:
        return "'" + field
    if field.startswith("'"):
        return "'" + field
    digits = field.strip()
    if len(digits) > 1 and digits.startswith("0") and digits.isdigit():
        return "'" + field
    return field


def export_csv(sheet, delimiter=",", shown=True, formulas=False):
    """The sheet as text, up to its last row and column in use.

    With ``shown`` numbers are written as they are displayed, without it as
    they are; ``formulas`` writes formulas in place of their results.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    rows, cols = sheet.size()
    for row in range(1, rows + 1):
        writer.writerow([_field(sheet, (row, col), shown, formulas) for col in range(1, cols + 1)])
    return out.getvalue()


def _field(sheet, cell, shown, formulas):
    if formulas and cell in sheet._trees:
        return sheet._raw[cell]
    value = sheet.value(cell)
    if shown or not is_number(value):
        return sheet.shown_cell(cell)
    return to_text(value)
