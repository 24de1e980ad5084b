"""A picture as plain text, as Mermaid and as Graphviz dot."""

import json
from collections import defaultdict

from fixbot_analysis.graph.drawing.picture import Picture

_ARROWS = {"imports": "-->", "defines": "---", "calls": "-.->", "inherits": "==>"}
_STYLES = {"imports": "solid", "defines": "dotted", "calls": "dashed", "inherits": "bold"}


def text(picture: Picture) -> str:
    """One line a box, below it what it leads to."""
    labels = {box.id: box.label for box in picture.boxes}
    targets: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in picture.lines:
        times = f" ({line.count})" if line.count > 1 else ""
        targets[line.source][line.kind].append(labels[line.target] + times)
    lines = [picture.title]
    for box in picture.boxes:
        lines.append(f"{box.label}  [{box.kind}{', ' if box.note else ''}{box.note}]")
        lines += [f"  {kind}: {', '.join(found)}" for kind, found in targets[box.id].items()]
    if picture.omitted:
        lines.append(f"… and {picture.omitted} more")
    return "\n".join(lines) + "\n"


def mermaid(picture: Picture) -> str:
    """A Mermaid flowchart."""
    numbers = {box.id: f"n{i}" for i, box in enumerate(picture.boxes)}
    lines = ["flowchart LR", *(f'  {numbers[b.id]}["{_entities(b.label)}"]' for b in picture.boxes)]
    lines += [f"  {numbers[e.source]} {_ARROWS[e.kind]} {numbers[e.target]}" for e in picture.lines]
    lines += [f"  style {numbers[b.id]} stroke-width:3px" for b in picture.boxes if b.focus]
    return "\n".join(lines) + "\n"


def dot(picture: Picture) -> str:
    """A Graphviz digraph."""
    lines = ["digraph fixbot {", "  rankdir=LR;", "  node [shape=box];"]
    for box in picture.boxes:
        bold = ", penwidth=3" if box.focus else ""
        lines.append(f"  {_quoted(box.id)} [label={_quoted(box.label)}, tooltip={_quoted(box.note)}{bold}];")
    lines += [
        f"  {_quoted(e.source)} -> {_quoted(e.target)} [style={_STYLES[e.kind]}, tooltip={e.kind}];"
        for e in picture.lines
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _entities(label: str) -> str:
    return "".join(c if c.isalnum() or c in " ._-/:" else f"#{ord(c)};" for c in label)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
