"""Small matrices as lists of rows."""
from __future__ import annotations

from typing import List, Sequence

Rows = List[List[float]]


class Singular(ArithmeticError):
    """There is not exactly one solution."""


def transposed(rows: Sequence[Sequence[float]]) -> Rows:
    return [list(column) for column in zip(*rows)]


def product(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> Rows:
    if left and len(left[0]) != len(right):
        raise ValueError("the shapes do not fit")
    columns = transposed(right)
    return [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in left]


def solved(rows: Sequence[Sequence[float]], right: Sequence[float]) -> List[float]:
    """The x of rows · x = right (elimination; in each column the largest number goes first)."""
    size = len(rows)
    if any(len(row) != size for row in rows) or len(right) != size:
        raise ValueError("the shapes do not fit")
    work = [list(map(float, row)) + [float(value)] for row, value in zip(rows, right)]
    scale = max((abs(value) for row in work for value in row[:-1]), default=1.0)
    for at in range(size):
        best = max(range(at, size), key=lambda row: abs(work[row][at]))
        if abs(work[best][at]) <= 1e-12 * scale:
            raise Singular("there is not exactly one solution")
        work[at], work[best] = work[best], work[at]
        for row in range(at + 1, size):
            factor = work[row][at] / work[at][at]
            for column in range(at, size + 1):
                work[row][column] -= factor * work[at][column]
    found = [0.0] * size
    for at in reversed(range(size)):
        rest = sum(work[at][column] * found[column] for column in range(at + 1, size))
        found[at] = (work[at][size] - rest) / work[at][at]
    return found


def identity(size: int) -> Rows:
    return [[1.0 if row == column else 0.0 for column in range(size)] for row in range(size)]


def inverse(rows: Sequence[Sequence[float]]) -> Rows:
    return transposed([solved(rows, column) for column in identity(len(rows))])
