"""A picture as SVG: boxes, lines and arrows, whose colours follow the reader's light or dark theme."""

import re
from functools import cache
from html import escape
from pathlib import Path

from fixbot_analysis.graph.drawing.layout import Layout, Place, lay_out
from fixbot_analysis.graph.drawing.looks import look, rules
from fixbot_analysis.graph.drawing.picture import Box, Line, Picture
from fixbot_analysis.graph.drawing.sizes import GLYPH, LINE, PAD, ROW, shortened
from fixbot_analysis.graph.model import KINDS

_HEAD = 46  # pixels above the drawing for its title and the key of its lines
_KEY_ITEM = 92  # pixels of one entry of the key
_LETTERS = {"module": "M", "class": "C", "function": "F", "method": "m", "cluster": "▣", "variable": "v"}
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML does not have


def svg(picture: Picture) -> str:
    """A standalone SVG document, with its title and a key to its lines."""
    layout = lay_out(picture)
    width, height = max(layout.width, 360.0), layout.height + _HEAD
    said = escaped(picture.title) + (f" · and {picture.omitted} more" if picture.omitted else "")
    head = f'<text class="heading" x="28" y="26">{said}</text>{_key(picture)}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">\n<title>{escaped(picture.title)}</title>\n<style>{style()}</style>\n'
        f'<rect width="100%" height="100%" fill="var(--paper)"/>{head}\n<g transform="translate(0 {_HEAD - 18})">\n'
        f"{drawn(picture, layout)}</g>\n</svg>\n"
    )


def drawn(picture: Picture, layout: Layout) -> str:
    """What is drawn of a picture, without the document around it: arrow heads, lines, boxes."""
    numbers = {box.id: i for i, box in enumerate(picture.boxes)}
    parts = [tips()]
    parts += [_line(line, layout.ways[i], numbers) for i, line in enumerate(picture.lines) if i in layout.ways]
    parts += [_box(box, layout.places[box.id], numbers[box.id]) for box in picture.boxes]
    return "\n".join(parts) + "\n"


def tips() -> str:
    """The heads of arrows, one for each kind of edge; hollow where something is built upon."""
    return f"<defs>{''.join(_tip(kind.value, hollow=look(kind).upon) for kind in KINDS)}</defs>"


def _tip(kind: str, *, hollow: bool) -> str:
    size, path = (11, "M1 1 9 5 1 9z") if hollow else (9, "M0 1.2 9 5 0 8.8 2 5z")
    return (
        f'<marker id="tip-{kind}" class="tip {kind}" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" '
        f'markerWidth="{size}" markerHeight="{size}" orient="auto"><path d="{path}"/></marker>'
    )


@cache
def style() -> str:
    """Effect: read the style sheet that comes with this package; what kinds of edges say stands before it."""
    return rules() + (Path(__file__).parent / "drawing.css").read_text("utf-8")


def escaped(text: str) -> str:
    """`text` fit to stand anywhere in XML or HTML; what these cannot hold is replaced."""
    return escape(_UNFIT.sub("\ufffd", text))


def letter(kind: str) -> str:
    """The sign of a kind of node."""
    return _LETTERS.get(kind, "·")


def _key(picture: Picture) -> str:
    kinds = [k.value for k in KINDS if any(line.kind == k for line in picture.lines)]
    parts = []
    for at, kind in enumerate(kinds):
        x = 28 + at * _KEY_ITEM
        parts.append(
            f'<path class="line {kind}" marker-end="url(#tip-{kind})" d="M{x} 40h26"/><text x="{x + 32}" y="43.5">{kind}</text>'
        )
    return f'<g class="key">{"".join(parts)}</g>'


def _box(box: Box, place: Place, number: int) -> str:
    classes = " ".join(["box", box.kind, *(["test"] if box.test else []), *(["focus"] if box.focus else [])])
    text = PAD + GLYPH
    parts = [
        f'<rect class="card" width="{place.width:.1f}" height="{place.height:.1f}" rx="6"/>',
        f'<rect class="tint" width="{place.width:.1f}" height="{place.height:.1f}" rx="6"/>',
        f'<text class="glyph" x="{PAD + 5:.0f}" y="20">{letter(box.kind)}</text>',
        f'<text class="label" x="{text:.0f}" y="20">{escaped(shortened(box.label))}</text>',
    ]
    if box.note:
        parts.append(f'<text class="note" x="{text:.0f}" y="35">{escaped(shortened(box.note, "small"))}</text>')
    top = LINE + (ROW - 2 if box.note else 0)
    if box.rows:
        parts.append(f'<path class="rule" d="M1 {top:.1f}H{place.width - 1:.1f}"/>')
    for at, row in enumerate(box.rows):
        said = escaped(shortened(row, "small", end=True))
        parts.append(f'<text class="row" x="{PAD:.0f}" y="{top + 3 + ROW * (at + 0.75):.1f}">{said}</text>')
    return (
        f'<g class="{classes}" data-i="{number}" transform="translate({place.x:.1f} {place.y:.1f})">'
        f"<title>{escaped(f'{box.label} ({box.kind}) {box.note}')}</title>{''.join(parts)}</g>"
    )


def _line(line: Line, way: str, numbers: dict[str, int]) -> str:
    times = f" ({line.count} times)" if line.count > 1 else ""
    title = escaped(f"{line.source} {line.kind} {line.target}{times}{' (guessed)' if line.guessed else ''}")
    guessed = " guessed" if line.guessed else ""
    strength = f" x{min(line.count.bit_length() // 2, 4)}" if line.count > 1 else ""
    return (
        f'<path class="line {line.kind}{guessed}{strength}" data-s="{numbers[line.source]}" data-t="{numbers[line.target]}" '
        f'marker-end="url(#tip-{line.kind})" d="{way}"><title>{title}</title></path>'
    )
