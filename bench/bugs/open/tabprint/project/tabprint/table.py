"""Tables: rows under named columns, and how they are laid out as text."""

from decimal import Decimal

from .width import display_width, pad, truncate
from .wrap import longest_word, wrap

BORDERS = {
    "plain": None,
    "ascii": {"h": "-", "v": "|", "x": "+"},
    "light": {"h": "─", "v": "│", "x": "┼"},
}


class Column:
    """One column. ``align`` of None: numbers to the right, all else to the left."""

    def __init__(self, name, align=None, format=None, max_width=None, overflow="wrap"):
        if overflow not in ("wrap", "cut"):
            raise ValueError("overflow is 'wrap' or 'cut'")
        if align not in (None, "left", "right", "center"):
            raise ValueError("unknown alignment %r" % (align,))
        self.name = name
        self.align = align
        self.format = format
        self.max_width = max_width
        self.overflow = overflow

    def text(self, value):
        if self.format is not None:
            return self.format(value)
        return "" if value is None else str(value)

    def lines(self, text, width):
        """The lines of a cell that is ``width`` wide."""
        if self.overflow == "cut":
            return [truncate(line, width) for line in text.splitlines() or [""]]
        return wrap(text, width)


def _is_number(value):
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


class Table:
    def __init__(self, columns, rows=(), border="plain"):
        if border not in BORDERS:
            raise ValueError("unknown border %r" % (border,))
        self.columns = [column if isinstance(column, Column) else Column(column) for column in columns]
        self.border = border
        self.rows = []
        for row in rows:
            self.add(row)

    @property
    def names(self):
        return [column.name for column in self.columns]

    def column(self, name):
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def add(self, row):
        """A row: a dict by names, or a sequence. What is missing is None; what is too much is an error."""
        if isinstance(row, dict):
            unknown = [name for name in row if name not in self.names]
            if unknown:
                raise ValueError("no column %r" % (unknown[0],))
            cells = [row.get(name) for name in self.names]
        else:
            cells = list(row)
            if len(cells) > len(self.columns):
                raise ValueError("%d cells for %d columns" % (len(cells), len(self.columns)))
            cells += [None] * (len(self.columns) - len(cells))
        self.rows.append(cells)

    def sort(self, name, reverse=False):
        """Sort rows by a column. Equal rows keep their order, rows without a value come last."""
        at = self.names.index(name)
        given = [row for row in self.rows if row[at] is not None]
        given.sort(key=lambda row: _sort_key(row[at]), reverse=reverse)
        self.rows = given + [row for row in self.rows if row[at] is None]

    def select(self, *names):
        """A new table with some of the columns, in the order of ``names``."""
        places = [self.names.index(name) for name in names]
        table = Table([self.columns[at] for at in places], border=self.border)
        table.rows = [[row[at] for at in places] for row in self.rows]
        return table

    def alignment(self, at):
        """How column number ``at`` is aligned."""
        column = self.columns[at]
        if column.align is not None:
            return column.align
        values = [row[at] for row in self.rows if row[at] is not None]
        return "right" if values and all(_is_number(value) for value in values) else "left"

    def texts(self):
        """All cells as text, row by row, without the header."""
        return [[column.text(value) for column, value in zip(self.columns, row)] for row in self.rows]

    def widths(self, texts, total=None):
        """The width of each column. With ``total``, wide columns give way until the table fits."""
        widths = []
        for at, column in enumerate(self.columns):
            cells = [column.name] + [row[at] for row in texts]
            width = max(display_width(line) for cell in cells for line in cell.split("\n"))
            if column.max_width is not None:
                width = min(width, column.max_width)
            widths.append(max(1, width))
        if total is not None:
            self._shrink(widths, texts, total - self._frame())
        return widths

    def _frame(self):
        """Cells of a line that are not in a column."""
        count = len(self.columns)
        return 2 * (count - 1) if BORDERS[self.border] is None else 3 * count + 1

    def _shrink(self, widths, texts, room):
        """Take cells from the widest column, the last of equals first; words are cut only if nothing else helps."""
        least = []
        for at, column in enumerate(self.columns):
            cells = [column.name] + [row[at] for row in texts]
            word = 1 if column.overflow == "cut" else max(longest_word(cell) for cell in cells)
            least.append(max(1, min(word, widths[at])))
        for floor in (least, [1] * len(widths)):
            while sum(widths) > room:
                free = [at for at in range(len(widths)) if widths[at] > floor[at]]
                if not free:
                    break
                widest = max(free, key=lambda at: (widths[at], at))
                widths[widest] -= 1

    def render(self, width=None, header=True):
        """The table as text, without a line break at its end. ``width``: cells that a line may take."""
        texts = self.texts()
        widths = self.widths(texts, width)
        aligns = [self.alignment(at) for at in range(len(self.columns))]
        rule = self._rule(widths)
        framed = BORDERS[self.border] is not None
        out = [rule] if framed else []
        if header:
            out += self._row(self.names, widths, aligns)
            out.append(rule)
        for row in texts:
            out += self._row(row, widths, aligns)
        if framed and (texts or not header):
            out.append(rule)
        return "\n".join(out)

    def _row(self, texts, widths, aligns):
        cells = [column.lines(text, width) for column, text, width in zip(self.columns, texts, widths)]
        height = max((len(cell) for cell in cells), default=1)
        out = []
        for number in range(height):
            parts = [
                pad(cell[number] if number < len(cell) else "", width, align)
                for cell, width, align in zip(cells, widths, aligns)
            ]
            out.append(self._join(parts))
        return out

    def _join(self, parts):
        border = BORDERS[self.border]
        if border is None:
            return "  ".join(parts).rstrip()
        return "%s %s %s" % (border["v"], (" %s " % border["v"]).join(parts), border["v"])

    def _rule(self, widths):
        border = BORDERS[self.border]
        if border is None:
            return "  ".join("-" * width for width in widths)
        return border["x"] + border["x"].join(border["h"] * (width + 2) for width in widths) + border["x"]


def _sort_key(value):
    """Numbers before texts, texts without regard to case."""
    if isinstance(value, (int, float, Decimal)):
        return (0, value, "")
    return (1, str(value).casefold(), str(value))
