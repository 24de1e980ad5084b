"""Remarks as workflow commands, which GitHub Actions shows beside the lines."""

from collections.abc import Iterable

from fixbot_agent.reviewing.remarks import Remark
from fixbot_repair.checks import Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotation(remark: Remark) -> str:
    """One workflow command on one line; nothing in a name or message can end it and begin another."""
    place: dict[str, str | int] = {"file": remark.path, "line": remark.line, "endLine": remark.end_line}
    if remark.column and remark.line == remark.end_line:
        place |= {"col": remark.column, "endColumn": remark.end_column}
    place["title"] = f"{remark.tool} {remark.rule}"
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{_COMMANDS[remark.severity]} {properties}::{_data(remark.message)}"


def annotations(remarks: Iterable[Remark]) -> str:
    """All of them, a line each."""
    return "".join(annotation(r) + "\n" for r in remarks)


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    # The runner also splits at what Unicode calls a line end; other control characters drive whoever reads the log.
    return "".join(c if c.isprintable() or c == " " else f"\\x{ord(c):02x}" for c in escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
