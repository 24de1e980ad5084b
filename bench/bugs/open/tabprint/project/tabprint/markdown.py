"""Tables from and to Markdown (the tables of GitHub)."""

import re

from .table import Column, Table
from .width import display_width, pad

_RULE = re.compile(r"^:?-+:?$")


def escape(text):
    """The text of a cell: bars are escaped, line breaks become ``<br>``."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\r\n", "\n").replace("\n", "<br>")


def unescape(text):
    return re.sub(r"\\([\\|])", r"\1", text.replace("<br>", "\n"))


def _marker(align, width):
    if align == "right":
        return "-" * (width - 1) + ":"
    if align == "center":
        return ":" + "-" * (width - 2) + ":"
    return "-" * width


def write_markdown(table):
    """The table with its columns padded so that it reads well as text, too."""
    rows = [[escape(name) for name in table.names]]
    rows += [[escape(text) for text in row] for row in table.texts()]
    aligns = [table.alignment(at) for at in range(len(table.columns))]
    widths = [max([3] + [display_width(row[at]) for row in rows]) for at in range(len(aligns))]
    lines = [_line([pad(cell, width, align) for cell, width, align in zip(row, widths, aligns)]) for row in rows]
    lines.insert(1, _line([_marker(align, width) for align, width in zip(aligns, widths)]))
    return "\n".join(lines) + "\n"


def _line(cells):
    return "| %s |" % " | ".join(cells)


def split_row(line):
    """The cells of one line. Bars at its ends may be left out; an escaped bar parts nothing."""
    line = line.strip()
    if line.startswith("|"):
        line = line[1:]
    cells, cell, at = [], "", 0
    while at < len(line):
        if line[at] == "\\" and at + 1 < len(line):
            cell += line[at : at + 2]
            at += 2
            continue
        if line[at] == "|":
            cells.append(cell)
            cell = ""
        else:
            cell += line[at]
        at += 1
    if cell.strip():
        cells.append(cell)
    return [unescape(cell.strip()) for cell in cells]


def read_markdown(text, border="plain"):
    """The first table in a text. All cells are texts; rows that are too short are filled up, too long ones cut."""
    lines = text.splitlines()
    for number in range(1, len(lines)):
        if "|" not in lines[number - 1]:
            continue
        names = split_row(lines[number - 1])
        markers = split_row(lines[number])
        if len(names) != len(markers) or not all(_RULE.match(marker) for marker in markers):
            continue
        table = Table([Column(name, align=_align(marker)) for name, marker in zip(names, markers)], border=border)
        for line in lines[number + 1 :]:
            if not line.strip():
                break
            table.add(split_row(line)[: len(names)])
        return table
    raise ValueError("no table found")


def _align(marker):
    if marker.endswith(":"):
        return "center" if marker.startswith(":") else "right"
    return "left" if marker.startswith(":") else None
