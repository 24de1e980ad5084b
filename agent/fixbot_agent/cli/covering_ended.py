"""A run of ``fixbot cover`` that has ended: whether there is anything to go on with, and what it came to, once more."""

from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import warn
from fixbot_agent.cli.covering import NOBODY, SAID
from fixbot_agent.cli.covering_given import COMMAND
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.recording.forms import as_row, as_rows
from fixbot_agent.solving import resuming

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept
    from fixbot_agent.schemas import Json

_GOES_ON = ("time", "interrupted")  # how a run ended that more time is of use to


def is_over(kept: "Kept") -> bool:
    """Whether a run did all that it could: neither time nor a person cut it short, nor did models fail or cost too much."""
    report = kept.report
    if kept.command != COMMAND or report is None:
        return False
    if resuming.is_over(kept, COMMAND):
        return True
    why = as_row(report.get("asked")).get("why_not")
    return report.get("status") not in _GOES_ON and "status" in report and why in ("", *NOBODY)


def retold(kept: "Kept", *, as_json: bool) -> int:
    """Effect: show the report of a run that is over once more. Nothing is done, and nobody is paid."""
    report: dict[str, Json] = dict(kept.report or {})
    warn(f"this run has ended: {kept.id} is shown as it was kept, nothing is done again, and this costs nothing")
    if as_json:
        models = [
            {**row, "calls": 0, "tokens_in": 0, "tokens_out": 0, "cost": 0.0} for row in as_rows(report.get("models"))
        ]
        emit({**{name: value for name, value in report.items() if name not in (SAID, "schema")}, "models": models})
    else:
        from fixbot_agent.cli.showing import show_diff

        for line in said(kept):
            click.echo(printable(line), err=True)
        if kept.patch:
            show_diff(kept.patch)
    code = report.get("exit_code")
    return int(code) if isinstance(code, int) else int(ExitCode.OK)


def said(kept: "Kept") -> list[str]:
    """What the run `kept` told a person when it ended."""
    told = (kept.report or {}).get(SAID)
    return [str(line) for line in told] if isinstance(told, list) else []
