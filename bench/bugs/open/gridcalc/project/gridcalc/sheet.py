"""A sheet of cells that recalculates as it is read."""

from .evaluate import result_of
from .formula import parse, references, rewrite
from .refs import parse_range, parse_ref
from .values import CYCLE, format_value, parse_number


class Sheet:
    """Cells by name: ``sheet["A1"] = "=B1*2"``; ``sheet["A1"]`` gives the value."""

    def __init__(self):
        self._raw = {}
        self._trees = {}
        self._formats = {}
        self._cache = {}
        self._users = {}
        self._busy = []

    def __setitem__(self, name, content):
        self.set(parse_ref(name).cell, content)

    def __getitem__(self, name):
        return self.value(parse_ref(name).cell)

    def __delitem__(self, name):
        self.set(parse_ref(name).cell, None)

    def set(self, cell, content):
        """Store a formula, a value or, with None or "", nothing."""
        tree = parse(content[1:]) if _is_formula(content) else None
        self._forget(cell)
        if content is not None and content != "":
            self._raw[cell] = content
        if tree is not None:
            self._trees[cell] = tree
            for used in references(tree):
                self._users.setdefault(used, set()).add(cell)
        self._stale(cell)

    def _forget(self, cell):
        self._raw.pop(cell, None)
        tree = self._trees.pop(cell, None)
        if tree is not None:
            for used in references(tree):
                self._users[used].discard(cell)

    def _stale(self, cell):
        """Drop what was calculated for the cell and for all that depends on it."""
        waiting = [cell]
        seen = set()
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            self._cache.pop(current, None)
            waiting.extend(self._users.get(current, ()))

    def raw(self, name):
        """What was stored in the cell, formulas as they were written."""
        return self._raw.get(parse_ref(name).cell)

    def value(self, cell):
        if cell not in self._raw:
            return None
        if cell not in self._cache:
            self._cache[cell] = self._calculate(cell)
        return self._cache[cell]

    def _calculate(self, cell):
        tree = self._trees.get(cell)
        if tree is None:
            return _literal(self._raw[cell])
        if cell in self._busy:
            return CYCLE
        self._busy.append(cell)
        try:
            return result_of(tree, self.value)
        finally:
            self._busy.pop()

    def set_format(self, area, pattern):
        for row in parse_range(area):
            for cell in row:
                self._formats[cell] = pattern

    def shown(self, name):
        """The value of a cell as it is displayed."""
        return self.shown_cell(parse_ref(name).cell)

    def shown_cell(self, cell):
        return format_value(self.value(cell), self._formats.get(cell, "General"))

    def size(self):
        """The last row and the last column in use; zeros for an empty sheet."""
        rows = max((row for row, _ in self._raw), default=0)
        cols = max((col for _, col in self._raw), default=0)
        return rows, cols

    def copy(self, area, target):
        """Copy a range so that its first cell comes to ``target``; relative references move along."""
        rows = parse_range(area)
        start = parse_ref(target)
        down = start.row - rows[0][0][0]
        across = start.col - rows[0][0][1]
        taken = [(cell, self._raw.get(cell), self._formats.get(cell)) for row in rows for cell in row]
        for (row, col), content, pattern in taken:
            goal = (row + down, col + across)
            if _is_formula(content):
                content = "=" + rewrite(content[1:], lambda ref: ref.shifted(down, across))
            self.set(goal, content)
            if pattern is None:
                self._formats.pop(goal, None)
            else:
                self._formats[goal] = pattern


def _is_formula(content):
    return isinstance(content, str) and content.startswith("=") and len(content) > 1


def _literal(content):
    """The value of what was typed: a leading apostrophe makes text of anything."""
    if not isinstance(content, str):
        return content
    if content.startswith("'"):
        return content[1:]
    number = parse_number(content)
    if number is not None:
        return number
    if content.strip().upper() in ("TRUE", "FALSE"):
        return content.strip().upper() == "TRUE"
    return content
