"""Pieces of HTML: everything that others wrote goes through :func:`text` or :func:`attribute`."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from fixbot_agent.prompts import visible
from fixbot_agent.schemas import Json

_LONGEST = 40_000  # characters of one text
_WIDTH = 1000  # units of a drawing


def text(value: object) -> str:
    """`value` as HTML: escaped, with hidden characters spelled out, and cut where it is very long."""
    whole = visible(str(value).replace("\r\n", "\n").replace("\r", "\u240d"))
    more = f"\n… {len(whole) - _LONGEST} more characters" if len(whole) > _LONGEST else ""
    return escape(whole[:_LONGEST] + more)


def attribute(value: object) -> str:
    """`value` fit for an attribute in double quotes."""
    return escape(visible(" ".join(str(value).split())), quote=True)


def block(value: object) -> str:
    """A text with its lines, to be read aloud as text; a reader can go into it with the keyboard where it is wider than the page."""
    return f'<pre tabindex="0">{text(value)}</pre>'


def diff(value: str) -> str:
    """A unified diff with its lines in colour and marked by their sign."""
    return f'<pre class="diff" tabindex="0">{"".join(_diff_line(line) for line in value.splitlines())}</pre>'


def _diff_line(line: str) -> str:
    looks = (("+++", "head"), ("---", "head"), ("diff ", "head"), ("@@", "at"), ("+", "add"), ("-", "del"))
    look = next((name for sign, name in looks if line.startswith(sign)), "")
    return f'<span class="{look}">{text(line)}\n</span>' if look else f"{text(line)}\n"


def folded(summary: str, body: str, *, is_open: bool = False, look: str = "") -> str:
    """What can be opened and closed; `summary` and `body` are HTML."""
    return f'<details class="{look}"{" open" if is_open else ""}><summary>{summary}</summary>{body}</details>'


def table(header: Sequence[str], rows: Iterable[Sequence[object]], caption: str, numbers: Sequence[int] = ()) -> str:
    """A table with words in its cells; the columns `numbers` are aligned at the right."""
    top = "".join(f'<th scope="col"{_number(n, numbers)}>{text(name)}</th>' for n, name in enumerate(header))
    body = "".join(
        "<tr>" + "".join(f"<td{_number(n, numbers)}>{text(cell)}</td>" for n, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{attribute(caption)}"><table>'
        f'<caption class="unseen">{text(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _number(column: int, numbers: Sequence[int]) -> str:
    return ' class="number"' if column in numbers else ""


def bar(parts: Sequence[tuple[str, float]]) -> str:
    """A bar cut in proportion, each part `(what, how much)` in a colour of its own, with a legend in words beneath."""
    whole = sum(much for _, much in parts) or 1.0
    drawn, at = [], 0.0
    for number, (what, much) in enumerate(parts):
        wide = _WIDTH * much / whole
        drawn.append(
            f'<rect class="c{number}" x="{at:.1f}" y="0" width="{max(wide, 1):.1f}" height="28">'
            f"<title>{text(what)}: {much:.1f} s</title></rect>"
        )
        at += wide
    legend = "".join(
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="c{number}" width="10" height="10" rx="2"/></svg>'
        f"{text(what)} <b>{seconds(much)}</b> <i>{much / whole:.0%}</i></li>"
        for number, (what, much) in enumerate(parts)
    )
    label = attribute("; ".join(f"{what} {seconds(much)}" for what, much in parts))
    picture = f'<svg class="bar" viewBox="0 0 {_WIDTH} 28" preserveAspectRatio="none" role="img" aria-label="{label}">'
    return f'{picture}{"".join(drawn)}</svg><ul class="legend">{legend}</ul>'


def seconds(value: float) -> str:
    """A time in words."""
    if value < 120:
        return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def one_line(value: Json, longest: int = 140) -> str:
    """`value` on one line, as text (not HTML)."""
    line = re.sub(r"\s+", " ", str(value)).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"
