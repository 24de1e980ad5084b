"""A picture as SVG, and as a self-contained page that can be moved, searched and asked."""

from html import escape

from fixbot_analysis.graph.drawing.layout import Layout, Place, lay_out
from fixbot_analysis.graph.drawing.picture import Box, Line, Picture

_LABEL = 48  # characters

_STYLE = """
svg { background: #fff; font: 12px ui-monospace, Menlo, Consolas, monospace; }
rect { fill: #f6f8fa; stroke: #8c959f; }
text { fill: #1f2328; }
path { fill: none; stroke: #8c959f; stroke-width: 1.2; opacity: .65; }
marker path { fill: #8c959f; stroke: none; opacity: 1; }
.class rect { fill: #ddf4ff; } .function rect, .method rect { fill: #dafbe1; } .package rect { fill: #fff8c5; }
.focus rect { stroke: #cf222e; stroke-width: 2.5; }
.defines { stroke-dasharray: 2 3; } .calls { stroke-dasharray: 6 3; } .inherits { stroke-width: 2.4; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; } text { fill: #e6edf3; } rect { fill: #161b22; stroke: #6e7681; }
  path { stroke: #6e7681; } marker path { fill: #6e7681; }
  .class rect { fill: #0c2d6b; } .function rect, .method rect { fill: #033a16; } .package rect { fill: #4b2900; }
}
"""

_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z"/></marker></defs>'
)

_PAGE_STYLE = """
html, body { margin: 0; height: 100%; overflow: hidden; font: 14px system-ui, sans-serif; }
header { position: fixed; top: 0; left: 0; right: 0; padding: 8px 12px; background: #f6f8fae6; color: #1f2328; }
header input { margin-left: 12px; padding: 3px 6px; width: 16em; } header span { margin-left: 12px; opacity: .75; }
svg { width: 100%; height: 100%; cursor: grab; }
g.box { cursor: pointer; } .dim { opacity: .12 !important; } .found rect { stroke: #bf8700; stroke-width: 3; }
@media (prefers-color-scheme: dark) { header { background: #161b22e6; color: #e6edf3; } body { background: #0d1117; } }
"""

_SCRIPT = """
const svg = document.querySelector("svg"), boxes = [...document.querySelectorAll("g.box")], lines = [...document.querySelectorAll("path.line")];
let [x, y, w, h] = svg.getAttribute("viewBox").split(" ").map(Number), from = null, moved = false;
const show = () => svg.setAttribute("viewBox", [x, y, w, h].join(" "));
svg.addEventListener("wheel", e => {
  e.preventDefault();
  const r = svg.getBoundingClientRect(), f = e.deltaY > 0 ? 1.15 : 1 / 1.15, px = (e.clientX - r.left) / r.width, py = (e.clientY - r.top) / r.height;
  x += w * (1 - f) * px; y += h * (1 - f) * py; w *= f; h *= f; show();
}, {passive: false});
svg.addEventListener("pointerdown", e => { from = [e.clientX, e.clientY]; moved = false; });
addEventListener("pointermove", e => {
  if (!from) return;
  const r = svg.getBoundingClientRect(), s = Math.max(w / r.width, h / r.height), dx = e.clientX - from[0], dy = e.clientY - from[1];
  if (Math.abs(dx) + Math.abs(dy) > 3) moved = true;
  x -= dx * s; y -= dy * s; from = [e.clientX, e.clientY]; show();
});
addEventListener("pointerup", () => { from = null; });
const clear = () => [...boxes, ...lines].forEach(e => e.classList.remove("dim"));
svg.addEventListener("click", e => {
  if (moved) return;
  const box = e.target.closest("g.box");
  clear();
  document.querySelector("#said").textContent = box ? box.querySelector("title").textContent : "";
  if (!box) return;
  const near = new Set([box.id]);
  lines.forEach(l => { const on = l.dataset.s === box.id || l.dataset.t === box.id; l.classList.toggle("dim", !on); if (on) { near.add(l.dataset.s); near.add(l.dataset.t); } });
  boxes.forEach(b => b.classList.toggle("dim", !near.has(b.id)));
});
document.querySelector("input").addEventListener("input", e => {
  const q = e.target.value.toLowerCase();
  boxes.forEach(b => b.classList.toggle("found", q !== "" && b.querySelector("title").textContent.toLowerCase().includes(q)));
});
"""


def svg(picture: Picture) -> str:
    """A standalone SVG document."""
    return _drawing(picture, _STYLE)


def html(picture: Picture) -> str:
    """One page that needs no network: drag to move, wheel to zoom, click to see what a box is linked to."""
    omitted = f", {picture.omitted} more left out" if picture.omitted else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(picture.title)}</title>\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
        f"<style>{_PAGE_STYLE}</style></head>\n<body><header>{escape(picture.title)}{omitted}"
        f'<input type="search" placeholder="find" aria-label="find"><span id="said"></span></header>\n'
        f"{_drawing(picture, _STYLE)}<script>{_SCRIPT}</script></body></html>\n"
    )


def _drawing(picture: Picture, style: str) -> str:
    layout = lay_out(picture)
    numbers = {box.id: f"b{i}" for i, box in enumerate(picture.boxes)}
    size = (
        f'width="{layout.width:.0f}" height="{layout.height:.0f}" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>\n<title>{escape(picture.title)}</title>\n<style>{style}</style>',
        _TIP,
        *(_line(line, layout, numbers) for line in picture.lines if line.source != line.target),
        *(_box(box, layout.places[box.id], numbers[box.id]) for box in picture.boxes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _box(box: Box, place: Place, number: str) -> str:
    label = box.label if len(box.label) <= _LABEL else "…" + box.label[1 - _LABEL :]
    marked = " focus" if box.focus else ""
    at = f'x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" height="{place.height:.1f}"'
    middle = f'x="{place.x + place.width / 2:.1f}" y="{place.y + place.height / 2 + 4:.1f}" text-anchor="middle"'
    title = escape(f"{box.label} ({box.kind}) {box.note}")
    return (
        f'<g id="{number}" class="box {box.kind}{marked}"><title>{title}</title>'
        f'<rect {at} rx="5"/><text {middle}>{escape(label)}</text></g>'
    )


def _line(line: Line, layout: Layout, numbers: dict[str, str]) -> str:
    a, b = layout.places[line.source], layout.places[line.target]
    ahead = b.x > a.x
    x1, x2 = (a.x + a.width, b.x) if ahead else (a.x, b.x + b.width)
    if a.x == b.x:  # within one column: around its right side
        x1, x2 = a.x + a.width, b.x + b.width
    y1, y2 = a.y + a.height / 2, b.y + b.height / 2
    bend = max(abs(x2 - x1) / 2, 40) * (1 if ahead or a.x == b.x else -1)
    c1, c2 = x1 + bend, (x2 - bend if a.x != b.x else x2 + bend)
    title = escape(f"{line.source} {line.kind} {line.target}" + (f" ({line.count} times)" if line.count > 1 else ""))
    ends = f'data-s="{numbers[line.source]}" data-t="{numbers[line.target]}"'
    return (
        f'<path class="line {line.kind}" {ends} marker-end="url(#tip)" '
        f'd="M{x1:.1f} {y1:.1f} C{c1:.1f} {y1:.1f} {c2:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"><title>{title}</title></path>'
    )
