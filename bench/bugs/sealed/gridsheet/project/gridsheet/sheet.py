"""A sheet: what was typed, what it comes to, and who depends on whom."""

from __future__ import annotations

import csv
import io
from collections import deque
from typing import Dict, Iterable, List, Set, Union

from .evaluate import evaluate, used
from .formula import FormulaError, Node, moved, parse, write
from .refs import Ref, cells
from .values import CYCLE, NAME, CellError, Value, text, typed

Name = Union[str, Ref]


def _ref(name: Name) -> Ref:
    return (Ref.parse(name) if isinstance(name, str) else name).plain


class Sheet:
    def __init__(self) -> None:
        self._entries: Dict[Ref, str] = {}
        self._formulas: Dict[Ref, Node] = {}
        self._values: Dict[Ref, Value] = {}
        self._users: Dict[Ref, Set[Ref]] = {}

    def __getitem__(self, name: Name) -> Value:
        return self._values.get(_ref(name))

    def __setitem__(self, name: Name, entry: object) -> None:
        self.set_many({name: entry})

    def entry(self, name: Name) -> str:
        """What was typed into a cell."""
        return self._entries.get(_ref(name), "")

    def set_many(self, entries: Dict[Name, object]) -> List[Ref]:
        """Type into several cells, then work out once what depends on them; the cells whose value changed, sorted."""
        before = dict(self._values)
        touched = []
        for name, entry in entries.items():
            ref = _ref(name)
            self._type(ref, "" if entry is None else str(entry))
            touched.append(ref)
        self._update(touched)
        return sorted(ref for ref in {*before, *self._values} if before.get(ref) != self._values.get(ref))

    def _type(self, ref: Ref, entry: str) -> None:
        self._forget(ref)
        if entry.strip():
            self._entries[ref] = entry
        if not entry.startswith("="):
            value = typed(entry)
            if value is not None:
                self._values[ref] = value
            return
        try:
            formula = parse(entry)
        except FormulaError:
            self._values[ref] = CellError(NAME)
            return
        self._formulas[ref] = formula
        for other in used(formula):
            self._users.setdefault(other, set()).add(ref)

    def _forget(self, ref: Ref) -> None:
        self._entries.pop(ref, None)
        self._values.pop(ref, None)
        formula = self._formulas.pop(ref, None)
        if formula is not None:
            for other in used(formula):
                self._users.get(other, set()).discard(ref)

    def _update(self, touched: Iterable[Ref]) -> None:
        """Work out the touched cells and all that depend on them, each after those that it needs."""
        affected, waiting = set(), deque(touched)
        while waiting:
            ref = waiting.popleft()
            if ref not in affected:
                affected.add(ref)
                waiting.extend(self._users.get(ref, ()))
        needs = {
            ref: {other for other in used(self._formulas[ref]) if other in affected}
            for ref in affected
            if ref in self._formulas
        }
        ready = deque(sorted(ref for ref in affected if not needs.get(ref)))
        while ready:
            ref = ready.popleft()
            if ref in self._formulas:
                self._values[ref] = evaluate(self._formulas[ref], self._values.get)
            for user in sorted(self._users.get(ref, ())):
                if user in needs and ref in needs[user]:
                    needs[user].discard(ref)
                    if not needs[user]:
                        ready.append(user)
        for ref, left in needs.items():
            if left:
                self._values[ref] = CellError(CYCLE)

    def copy(self, source: Name, target: Name) -> None:
        """Copy a cell; the references of a formula move along, but for those with dollars."""
        start, end = _ref(source), _ref(target)
        formula = self._formulas.get(start)
        if formula is None:
            self[end] = self.entry(start)
        else:
            self[end] = "=" + write(moved(formula, end.row - start.row, end.column - start.column))

    def fill(self, source: Name, first: Name, last: Name) -> None:
        """Copy a cell into a rectangle."""
        for ref in cells(_ref(first), _ref(last)):
            if ref != _ref(source):
                self.copy(source, ref)

    def size(self) -> tuple:
        """Rows and columns up to the last cell that was typed into."""
        if not self._entries:
            return 0, 0
        return max(ref.row for ref in self._entries) + 1, max(ref.column for ref in self._entries) + 1

    def shown(self, name: Name) -> str:
        value = self[name]
        return value.code if isinstance(value, CellError) else text(value)

    def to_csv(self, formulas: bool = False) -> str:
        rows, columns = self.size()
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        for row in range(rows):
            refs = [Ref(row, column) for column in range(columns)]
            writer.writerow([self.entry(ref) if formulas else self.shown(ref) for ref in refs])
        return stream.getvalue()

    @classmethod
    def from_csv(cls, source: str) -> "Sheet":
        sheet = cls()
        rows = enumerate(csv.reader(io.StringIO(source, newline="")))
        sheet.set_many({Ref(r, c): entry for r, row in rows for c, entry in enumerate(row) if entry})
        return sheet
