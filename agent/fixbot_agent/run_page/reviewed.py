"""What a review came to, on its run's page: what a check or a test shows, then what nothing proves."""

from collections.abc import Iterator, Mapping

from fixbot_agent.recording.forms import as_row, as_rows
from fixbot_agent.run_page.markup import block, folded, text
from fixbot_agent.schemas import Json

_Row = Mapping[str, Json]


def reviewed(report: _Row) -> Iterator[str]:
    """The comments of a review as HTML."""
    yield f"<p>{text(report.get('summary'))}</p>"
    yield from (_comment(row) for row in as_rows(report.get("comments")))
    if rows := as_rows(report.get("unchecked")):
        yield "<p>Not checked by a program:</p>"
        yield from (_comment(row) for row in rows)
    if why := as_row(report.get("by")).get("why"):
        yield f'<p class="quiet">no model reviewed it: {text(why)}</p>'


def _comment(row: _Row) -> str:
    first, last = row.get("line"), row.get("end_line")
    place = f"{row.get('path')}:{first}{f'-{last}' if last != first else ''}"
    is_open = row.get("checked") in ("none", "new")
    severity = row.get("claimed") if is_open else row.get("severity")
    by = f"by {row['by']}" if row.get("by") else f"by {row.get('tool')}"
    test = folded("its test", block(row["test"])) if row.get("test") else ""
    evidence = "".join(f'<p class="quiet">{text(line)}</p>' for line in str(row.get("evidence") or "").splitlines())
    return f"<p><b>{text(place)}</b> {text(severity)}, {text(by)}: {text(row.get('message'))}</p>{evidence}{test}"
