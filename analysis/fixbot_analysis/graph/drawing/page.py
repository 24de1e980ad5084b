"""A picture as one page that needs no network: moved, zoomed, searched, asked, in light and dark."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from fixbot_analysis.graph.drawing.layout import Layout, Place, lay_out
from fixbot_analysis.graph.drawing.picture import Box, Picture
from fixbot_analysis.graph.drawing.sizes import shortened, size
from fixbot_analysis.graph.drawing.vector import drawn, escaped, letter, style
from fixbot_analysis.graph.model import KINDS
from fixbot_analysis.graph.queries import WORDS

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src {styles}; script-src {script}">
<style>{sheet}</style><style>{page}</style></head>
"""

_BODY = """<body>
<header><h1 title="{title}">{title}{more}</h1>
<div class="search"><input id="find" type="search" placeholder="Search  ( / )" aria-label="Search" role="combobox" \
aria-controls="hits" aria-expanded="false" aria-autocomplete="list" autocomplete="off" spellcheck="false"><ul id="hits" role="listbox"></ul></div>
<div class="tools"><button id="out" title="zoom out (-)" aria-label="zoom out">−</button>\
<button id="in" title="zoom in (+)" aria-label="zoom in">+</button><button id="fit" title="show everything (0)">fit</button>\
<button id="theme" title="light or dark (t)" aria-label="light or dark">◐</button>\
<button id="help" title="keys (?)" aria-label="keys">?</button></div></header>
<main id="stage" tabindex="0" aria-label="the graph: Enter picks a box, arrow keys go from box to box">
<div id="world"><svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" aria-label="{title}" \
width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">
{drawing}</svg></div>
{legend}
<aside id="details" aria-label="details" aria-live="polite" hidden></aside>
<div id="keys" role="dialog" aria-label="keys" hidden><table>{keys}</table></div></main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script></body></html>
"""

_KEYS = (
    ("/", "search"),
    ("Enter", "pick the first box"),
    ("← ↑ → ↓", "go to the next box; move, where none is picked"),
    ("+ − 0", "zoom, show everything"),
    ("t", "light or dark"),
    ("Esc", "let go"),
)


def html(picture: Picture) -> str:
    """The page: drag to move, wheel to zoom, click for details and neighbours; what was left out of the drawing comes in when it is clicked.

    Whatever names hold, they are text: scripts other than the page's own do not run, and nothing is loaded.
    """
    layout = lay_out(picture)
    head = _HEAD.format(
        title=escaped(picture.title),
        styles=f"{_source(style())} {_source(_file('page.css'))}",
        script=_source(_file("page.js")),
        sheet=style(),
        page=_file("page.css"),
    )
    return head + _BODY.format(
        title=escaped(picture.title),
        more=f"<small>and {picture.omitted} more</small>" if picture.omitted else "",
        width=layout.width,
        height=layout.height,
        drawing=drawn(picture, layout),
        legend=_legend(picture),
        keys="".join(f"<tr><td><kbd>{k}</kbd></td><td>{said}</td></tr>" for k, said in _KEYS),
        data=_data(picture, layout),
        script=_file("page.js"),
    )


@cache
def _file(name: str) -> str:
    """Effect: read a part of the page that comes with this package."""
    return (Path(__file__).parent / name).read_text("utf-8")


def _source(text: str) -> str:
    """How a content security policy names an inline script or style (CSP 2, section 7.2)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _legend(picture: Picture) -> str:
    lines = (*picture.lines, *picture.further)
    counts = {kind.value: sum(line.count for line in lines if line.kind == kind) for kind in KINDS}
    rows = "".join(
        f'<label><input type="checkbox" value="{kind}" checked><svg class="graph" width="30" height="10" aria-hidden="true">'
        f'<path class="line {kind}" marker-end="url(#tip-{kind})" d="M0 5h29"/></svg>{kind}<small>{count}</small></label>'
        for kind, count in counts.items()
        if count
    )
    return f'<details id="legend" open><summary>lines</summary>{rows}</details>' if rows else ""


def _data(picture: Picture, layout: Layout) -> str:
    """What the page's script knows, as JSON that cannot end the element it stands in."""
    boxes = (*picture.boxes, *picture.more)
    number = {box.id: i for i, box in enumerate(boxes)}
    kinds = [k.value for k in KINDS]
    lines = (*picture.lines, *picture.further)
    document = {
        "nodes": [_node(box, layout.places.get(box.id)) for box in boxes],
        "lines": [[number[e.source], number[e.target], kinds.index(e.kind), e.count, int(e.guessed)] for e in lines],
        "drawn": [i for i in range(len(picture.lines)) if i in layout.ways],
        "kinds": kinds,
        "words": [WORDS[k] for k in KINDS],
        "focus": next((i for i, box in enumerate(picture.boxes) if box.focus), -1),
    }
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _node(box: Box, place: Place | None) -> dict[str, object]:
    width, height = (place.width, place.height) if place else size(box)
    return {
        "id": box.id,
        "label": box.label,
        "short": shortened(box.label),
        "kind": box.kind,
        "glyph": letter(box.kind),
        "note": box.note,
        "place": shortened(box.note, "small"),
        "rows": box.rows,
        "inside": box.inside,
        "signature": box.detail.signature,
        "doc": box.detail.doc,
        "test": box.test,
        "x": round(place.x, 1) if place else 0,
        "y": round(place.y, 1) if place else 0,
        "w": round(width, 1),
        "h": round(height, 1),
    }
