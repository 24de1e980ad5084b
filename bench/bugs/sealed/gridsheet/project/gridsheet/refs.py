"""Names of cells: A1, $B$12, AA3, and ranges of them. Columns and rows count from 0 inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, Optional

_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,5})")


def column_name(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@dataclass(frozen=True, order=True)
class Ref:
    row: int
    column: int
    fixed_row: bool = False
    fixed_column: bool = False

    @classmethod
    def parse(cls, name: str) -> "Ref":
        match = _CELL.fullmatch(name)
        if match is None:
            raise ValueError(f"no cell is called {name!r}")
        fixed_column, column, fixed_row, row = match.groups()
        return cls(int(row) - 1, column_number(column), bool(fixed_row), bool(fixed_column))

    def __str__(self) -> str:
        column = ("$" if self.fixed_column else "") + column_name(self.column)
        return column + ("$" if self.fixed_row else "") + str(self.row + 1)

    @property
    def plain(self) -> "Ref":
        """The same cell without dollars."""
        return Ref(self.row, self.column)

    def moved(self, rows: int, columns: int) -> Optional["Ref"]:
        """Where the reference points in a copy of its formula so much further; None off the sheet."""
        row = self.row if self.fixed_row else self.row + rows
        column = self.column if self.fixed_column else self.column + columns
        if row < 0 or column < 0:
            return None
        return Ref(row, column, self.fixed_row, self.fixed_column)


def cells(one: Ref, other: Ref) -> Iterator[Ref]:
    """All cells of the rectangle between two corners, row by row."""
    for row in range(min(one.row, other.row), max(one.row, other.row) + 1):
        for column in range(min(one.column, other.column), max(one.column, other.column) + 1):
            yield Ref(row, column)
