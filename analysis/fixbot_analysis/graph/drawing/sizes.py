"""How much room texts take: what is written into a box, and how large the box must be for it."""

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixbot_analysis.graph.drawing.picture import Box

# Widths of one character of a monospaced font (0.602 of its size in the common ones; a little more, to be sure), in pixels.
LABEL, SMALL = 7.5, 6.5
LINE, ROW, PAD, GLYPH = 30.0, 16.0, 10.0, 18.0  # pixels
_LONGEST = {"label": 46, "small": 54}  # characters


def shortened(text: str, kind: str = "label", *, end: bool = False) -> str:
    """`text` as far as it fits: the beginning gives way (the `end`, where that says less)."""
    most = _LONGEST[kind]
    if cells(text) <= most:
        return text
    kept = text
    while kept and cells(kept) >= most:
        kept = kept[: len(kept) - 1] if end else kept[1:]
    return f"{kept}…" if end else f"…{kept}"


def cells(text: str) -> int:
    """How many columns of a monospaced font `text` takes; Chinese characters and their like take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def size(box: "Box") -> tuple[float, float]:
    """Width and height that a box needs, in pixels."""
    widths = [GLYPH + LABEL * cells(shortened(box.label)), GLYPH + SMALL * cells(shortened(box.note, "small"))]
    widths += [SMALL * cells(shortened(row, "small", end=True)) for row in box.rows]
    height = LINE + (ROW - 2 if box.note else 0) + (ROW * len(box.rows) + 6 if box.rows else 0)
    return max(widths) + 2 * PAD, height
