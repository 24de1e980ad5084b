"""References to cells: ``A1``, ``$B$2``, ranges such as ``A1:C3``."""

import re
from collections import namedtuple

MAX_ROW = 99999
MAX_COL = 18278  # ZZZ

_REF = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]*)$")


class Ref(namedtuple("Ref", "row col row_abs col_abs")):
    """One reference; rows and columns count from one."""

    __slots__ = ()

    @property
    def cell(self):
        return self.row, self.col

    def shifted(self, rows, cols):
        """The reference after a copy by so many rows and columns, or None off the sheet."""
        row = self.row if self.row_abs else self.row + rows
        col = self.col if self.col_abs else self.col + cols
        if not (1 <= row <= MAX_ROW and 1 <= col <= MAX_COL):
            return None
        return Ref(row, col, self.row_abs, self.col_abs)

    def __str__(self):
        return "%s%s%s%d" % (
            "$" if self.col_abs else "",
            column_name(self.col),
            "$" if self.row_abs else "",
            self.row,
        )


def column_name(number):
    """1 gives ``A``, 26 ``Z``, 27 ``AA``."""
    if number < 1:
        raise ValueError("columns count from one")
    name = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_number(name):
    number = 0
    for char in name.upper():
        number = number * 26 + ord(char) - ord("A") + 1
    return number


def parse_ref(text):
    """The Ref of the text, or ValueError."""
    match = _REF.match(text.strip())
    if match is None:
        raise ValueError("not a reference: %r" % text)
    col_abs, letters, row_abs, digits = match.groups()
    row = int(digits)
    if row > MAX_ROW:
        raise ValueError("no such row: %r" % text)
    return Ref(row, column_number(letters), bool(row_abs), bool(col_abs))


def range_rows(first, last):
    """The cells between two corners, row by row, whichever corners they are."""
    top, bottom = sorted((first.row, last.row))
    left, right = sorted((first.col, last.col))
    return [[(row, col) for col in range(left, right + 1)] for row in range(top, bottom + 1)]


def parse_range(text):
    """The rows of cells of ``A1:B2``; a single reference is a range of one."""
    first, colon, last = text.partition(":")
    start = parse_ref(first)
    return range_rows(start, parse_ref(last) if colon else start)
