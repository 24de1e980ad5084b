"""A picture as plain text, as Mermaid and as Graphviz dot."""

import json
from collections import defaultdict
from collections.abc import Iterable

from fixbot_analysis.graph.drawing.looks import look
from fixbot_analysis.graph.drawing.picture import Picture

_SAID = 6  # targets of one kind named in a line of text


def text(picture: Picture) -> str:
    """One line a box, below it what is in it and what it leads to."""
    labels = {box.id: box.label for box in picture.boxes}
    targets: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for line in picture.lines:
        targets[line.source][line.kind].append((line.count, labels[line.target]))
    lines = [picture.title]
    for box in picture.boxes:
        lines.append(f"{box.label}  [{box.kind}{', ' if box.note else ''}{box.note}]")
        lines += [f"  {', '.join(box.rows)}"] if box.rows else []
        lines += [f"  {kind}: {_named(found)}" for kind, found in targets[box.id].items()]
    if picture.omitted:
        lines.append(f"… and {picture.omitted} more")
    return in_lines([*lines, *(f"note: {n}" for n in picture.notes)])


def in_lines(lines: Iterable[str]) -> str:
    """`lines` as a text; what would break one, or cannot be shown, is spelled out."""
    return "".join(f"{line if line.isprintable() else _spelled(line)}\n" for line in lines)


def _spelled(line: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)


def _named(found: list[tuple[int, str]]) -> str:
    """Names with how often, most often first."""
    order = sorted(found, key=lambda item: (-item[0], item[1]))
    said = [f"{name} ({count})" if count > 1 else name for count, name in order[:_SAID]]
    more = [f"and {len(order) - _SAID} more"] if len(order) > _SAID else []
    return ", ".join([*said, *more])


def mermaid(picture: Picture) -> str:
    """A Mermaid flowchart; every line says its kind."""
    numbers = {box.id: f"n{i}" for i, box in enumerate(picture.boxes)}
    lines = ["flowchart LR", *(f'  {numbers[b.id]}["{_entities(b.label)}"]' for b in picture.boxes)]
    lines += [
        f"  {numbers[e.source]} {look(e.kind).arrow}|{e.kind}{' ?' if e.guessed else ''}| {numbers[e.target]}"
        for e in picture.lines
    ]
    lines += [f"  style {numbers[b.id]} stroke-width:3px" for b in picture.boxes if b.focus]
    lines += [f"  %% and {picture.omitted} more"] if picture.omitted else []
    return "\n".join(lines) + "\n"


def dot(picture: Picture) -> str:
    """A Graphviz digraph."""
    lines = ["digraph fixbot {", "  rankdir=LR;", "  node [shape=box];"]
    for box in picture.boxes:
        bold = ", penwidth=3" if box.focus else ""
        lines.append(f"  {_quoted(box.id)} [label={_quoted(box.label)}, tooltip={_quoted(box.note)}{bold}];")
    for e in picture.lines:
        width = f", penwidth={1 + min(e.count.bit_length() // 2, 4) * 0.6:.1f}" if e.count > 1 else ""
        style = "dotted" if e.guessed else look(e.kind).style
        back = ", dir=back" if look(e.kind).upon else ""
        ends = (e.target, e.source) if back else (e.source, e.target)
        lines.append(f"  {_quoted(ends[0])} -> {_quoted(ends[1])} [style={style}, tooltip={e.kind}{width}{back}];")
    lines += [f"  // and {picture.omitted} more"] if picture.omitted else []
    return "\n".join([*lines, "}"]) + "\n"


def _entities(label: str) -> str:
    return "".join(c if c.isalnum() or c in " ._-/:" else f"#{ord(c)};" for c in label)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
