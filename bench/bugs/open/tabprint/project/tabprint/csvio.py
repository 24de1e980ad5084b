"""Tables from and to CSV."""

import csv
import io

from .numbers import to_number
from .table import Table

_DELIMITERS = ",;\t|"


def guess_delimiter(text):
    """The delimiter that occurs most often in the header, outside of quotes; a comma if there is none."""
    header = text.lstrip("\r\n").partition("\n")[0]
    bare = "".join(header.split('"')[::2])
    counts = [bare.count(delimiter) for delimiter in _DELIMITERS]
    return _DELIMITERS[counts.index(max(counts))]


def read_csv(source, delimiter=None, convert=True, border="plain"):
    """A table from CSV text or bytes; the first row names the columns.

    Empty cells are None, and with ``convert`` what looks like a number is one. Blank lines are skipped. Bytes are UTF-8,
    with or without a byte order mark.
    """
    text = source.decode("utf-8") if isinstance(source, (bytes, bytearray)) else source
    if text.startswith("\ufeff"):
        text = text[1:]
    if delimiter is None:
        delimiter = guess_delimiter(text)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if not rows:
        raise ValueError("no header")
    table = Table(_unique([name.strip() for name in rows[0]]), border=border)
    for row in rows[1:]:
        table.add([_cell(cell, convert) for cell in row])
    return table


def _cell(text, convert):
    if not text:
        return None
    return to_number(text) if convert else text


def _unique(names):
    """Names that occur again get a number: ``a``, ``a_2``, ``a_3``. Empty ones are named by their place."""
    taken = set(names)
    seen = set()
    out = []
    for place, name in enumerate(names, 1):
        base = name or "column%d" % place
        candidate, number = base, 1
        while candidate in seen or (candidate != name and candidate in taken):
            number += 1
            candidate = "%s_%d" % (base, number)
        seen.add(candidate)
        out.append(candidate)
    return out


def write_csv(table, delimiter=",", formatted=False):
    """CSV text with a header. Values are written as they are, or with ``formatted`` as the table shows them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(table.names)
    rows = table.texts() if formatted else table.rows
    for row in rows:
        writer.writerow(row)
    return out.getvalue()
