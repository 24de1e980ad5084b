"""The page of statistics: one HTML file that needs no server, no script and no network."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from fixbot_lsp.statistics.tables import STAGES, Row, Table

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>fixbot: what was offered, and what became of it</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>
<h1>What fixbot offered, and what became of it</h1>
<p class="note">Counted on this machine and kept here; nothing of it was sent anywhere. The last {days} days.</p>
"""
_WIDTH, _HEIGHT, _FOOT = 900, 200, 24  # units of the drawing


def html(table: Table, days: int) -> str:
    """The whole page."""
    style = files("fixbot_lsp.statistics").joinpath("page.css").read_text(encoding="utf-8")
    head = _HEAD.format(style=style, days=days)
    if not table.rows:
        return f"{head}<p>Nothing was offered yet.</p></body></html>\n"
    return (
        f"{head}<h2>By engine</h2>{_table(HEADER, [cells(r) for r in table.rows])}<p>{escape(inferred(table))}</p>"
        f"<h2>Offers by week, and how many of them were taken</h2>{_weeks(table)}"
        f"<h2>Share of an accepted text that still stands</h2>{_still(table.rows)}{_withheld(table)}</body></html>\n"
    )


def inferred(table: Table) -> str:
    """How many acceptances no editor told of, as a sentence; "" where there are none."""
    count = sum(row.inferred for row in table.rows)
    return (
        f"{count} of those taken, whole or in part, were inferred from edits: the editor does not tell."
        if count
        else ""
    )


HEADER = ("engine", "shown", "taken", "in part", "rate", "characters", "median", "p95", *STAGES)


def cells(row: Row) -> tuple[str, ...]:
    """A row in words, in the order of :data:`HEADER`."""
    taken = row.accepted + row.partly
    return (
        label(row), str(row.shown), str(row.accepted), str(row.partly), f"{taken / max(1, row.shown):.0%}", str(row.characters),
        f"{row.latency(0.5):.0f} ms", f"{row.latency(0.95):.0f} ms", *(_share(row.standing(stage)) for stage in STAGES),
    )  # fmt: skip


def label(row: Row) -> str:
    """The engine's name, with model and version of the prompt where there is one."""
    return " ".join(filter(None, (row.engine, row.model, row.prompt and f"(prompt {row.prompt})")))


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(each)}</th>" for each in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _weeks(table: Table) -> str:
    most = max(shown for shown, _ in table.weeks.values())
    step = _WIDTH / max(8, len(table.weeks))
    parts = []
    for at, (monday, (shown, taken)) in enumerate(table.weeks.items()):
        for count, look in ((shown, "bar"), (taken, "taken")):
            high = (_HEIGHT - _FOOT) * count / most
            parts.append(
                _bar(at * step + 4, _HEIGHT - _FOOT - high, step - 8, high, look, f"{monday}: {taken} of {shown} taken")
            )
        if len(table.weeks) <= 16 or at % 4 == 0:
            parts.append(f'<text x="{at * step + 4:.0f}" y="{_HEIGHT - 6}">{monday:%d %b}</text>')
    return _drawing(_HEIGHT, parts)


def _still(rows: Sequence[Row]) -> str:
    parts, top = [], 0
    for row in rows:
        known = [(stage, share) for stage in STAGES if (share := row.standing(stage)) is not None]
        if not known:
            continue
        parts.append(f'<text x="0" y="{top + 14}">{escape(label(row))}</text>')
        for stage, share in known:
            top += 22
            parts.append(f'<text x="0" y="{top + 12}">{stage}, {len(row.still[stage])} texts</text>')
            parts.append(_bar(140, top, (_WIDTH - 200) * share, 15, "taken", stage))
            parts.append(f'<text x="{146 + (_WIDTH - 200) * share:.0f}" y="{top + 12}">{share:.0%}</text>')
        top += 30
    return _drawing(top, parts) if parts else "<p>Nothing was accepted long enough ago to say.</p>"


def _withheld(table: Table) -> str:
    if not table.withheld:
        return ""
    rows = [(reason, str(count)) for reason, count in sorted(table.withheld.items(), key=lambda each: -each[1])]
    return f"<h2>Made and not shown</h2>{_table(('why', 'texts'), rows)}"


def _bar(x: float, y: float, width: float, height: float, look: str, title: str) -> str:
    return (
        f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _drawing(height: float, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img">{"".join(parts)}</svg>'
