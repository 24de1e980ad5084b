"""How many terminal cells a text takes, and cutting and padding by cells.

Escape sequences that set colours take no cells, neither do combining marks; wide East Asian characters take two.
"""

import re
import unicodedata

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
RESET = "\x1b[0m"


def char_width(char):
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def strip_escapes(text):
    return ESCAPE.sub("", text)


def display_width(text):
    """Cells that one line of text takes."""
    return sum(char_width(char) for char in strip_escapes(text))


def split_cells(text, width):
    """Cut a line in two: as much as fits into ``width`` cells, and the rest.

    A mark stays with the character that it belongs to, and an escape sequence is never cut.
    """
    used = 0
    at = 0
    while at < len(text):
        escape = ESCAPE.match(text, at)
        if escape:
            at = escape.end()
            continue
        cells = char_width(text[at])
        if used + cells > width:
            break
        used += cells
        at += 1
    return text[:at], text[at:]


def truncate(text, width, mark="…"):
    """The text if it fits, else its beginning and ``mark``. Colours that are cut off are reset."""
    if display_width(text) <= width:
        return text
    room = width - display_width(mark)
    if room < 0:
        return split_cells(mark, width)[0]
    head, _ = split_cells(text, room)
    escapes = ESCAPE.findall(head)
    if escapes and escapes[-1] not in (RESET, "\x1b[m"):
        return head + mark + RESET
    return head + mark


def pad(text, width, align="left", fill=" "):
    """Fill up a line to ``width`` cells. A line that is longer is left as it is."""
    missing = max(0, width - display_width(text))
    if align == "left":
        return text + fill * missing
    if align == "right":
        return fill * missing + text
    if align == "center":
        left = missing // 2
        return fill * left + text + fill * (missing - left)
    raise ValueError("unknown alignment %r" % (align,))
