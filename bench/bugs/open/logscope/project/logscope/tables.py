"""Tables for people and for other programs."""

import csv
import io


def size(count):
    """1536 as "1.5 KiB"."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return ("%d %s" if unit == "B" else "%.1f %s") % (count, unit)
        count /= 1024


def milliseconds(seconds):
    return "-" if seconds is None else "%.0f ms" % (seconds * 1000)


def table(head, rows, right=()):
    """Lines of a table; columns named in `right` are set to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max([len(name)] + [len(row[at]) for row in rows]) for at, name in enumerate(head)]

    def line(cells):
        parts = []
        for name, cell, width in zip(head, cells, widths):
            parts.append(cell.rjust(width) if name in right else cell.ljust(width))
        return "  ".join(parts).rstrip()

    return [line(head), line(["-" * width for width in widths])] + [line(row) for row in rows]


def to_csv(head, rows):
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return stream.getvalue()


def bars(pairs, width=40, mark="#"):
    """(name, number) pairs as bars; the largest is as wide as may be, and what is not 0 has one mark at least."""
    pairs = list(pairs)
    most = max((number for _, number in pairs), default=0)
    label = max((len(str(name)) for name, _ in pairs), default=0)
    lines = []
    for name, number in pairs:
        length = round(number * width / most) if most else 0
        if number:
            length = max(1, length)
        lines.append(("%s %s %s" % (str(name).ljust(label), mark * length, number)).replace("  0", " 0"))
    return lines
