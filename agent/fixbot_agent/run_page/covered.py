"""What came of covering a module, on a run's page: what was told, the tests one by one, what models and code disagree on."""

from collections.abc import Iterator, Mapping

from fixbot_agent.recording.forms import as_row, as_rows, whole
from fixbot_agent.run_page.markup import block, folded, table, text
from fixbot_agent.schemas import Json

_NOTICED = 3  # slips that are named


def covered(report: Mapping[str, Json]) -> Iterator[str]:
    """The parts of it, as HTML, without the patch."""
    told = report.get("told")
    for line in told if isinstance(told, list) else []:
        yield f"<p>{text(line)}</p>"
    rows = [
        (row.get("name"), row.get("by") or "the search", whole(row.get("adds")), _noticed(row))
        for row in as_rows(report.get("tests"))
    ]
    if rows:
        yield table(("test", "by", "adds", "notices"), rows, "the tests that were kept", (2,))
    for each in as_rows(report.get("disagreements")):
        taken_back = "; taken back" if each.get("withdrawn") else ""
        summary = (
            f"{text(each.get('function'))}: what {text(each.get('by'))} expected and the code does not give{taken_back}"
        )
        yield folded(summary, block(f"{each.get('test')}\n\n{each.get('given')}"), is_open=bool(each.get("opinion")))
    refused = [(row.get("why"), whole(row.get("count"))) for row in as_rows(as_row(report.get("asked")).get("refused"))]
    if refused:
        yield folded("tests of models that were not kept", table(("why", "tests"), refused, "why they were not", (1,)))


def _noticed(row: Mapping[str, Json]) -> str:
    notices = row.get("notices")
    names = [str(name) for name in notices] if isinstance(notices, list) else []
    more = f" and {len(names) - _NOTICED} more" if len(names) > _NOTICED else ""
    return "; ".join(names[:_NOTICED]) + more
