"""Readers of what tools print: from their formats to remarks. A text that is no report raises ValueError."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import cast

from fixbot_repair.checks.adapters.adapter import Printed, Region, Remark, Replacement

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lines:
    """Reads text, a remark a line, with the groups path, line, column, severity, rule and message of `pattern`.

    Groups but path, line and message may be missing; lines without a match are passed over. `severity` and `rule` stand
    in for groups that the pattern has not.
    """

    pattern: "re.Pattern[str]"
    severity: str = "error"
    rule: str = ""
    stderr: bool = False

    def __call__(self, printed: Printed) -> Iterator[Remark]:
        """Yield the remarks among the lines."""
        for line in (printed.stderr if self.stderr else printed.stdout).splitlines():
            if match := self.pattern.match(line):
                said = {k: v for k, v in match.groupdict().items() if v is not None}
                region = Region(int(said["line"]), int(said.get("column", 0)))
                severity, rule = said.get("severity", self.severity), said.get("rule", self.rule)
                yield Remark(said["path"], region, said["message"], severity, rule)


def mypy(printed: Printed) -> Iterator[Remark]:
    """``mypy --output=json --show-error-end``: a JSON object a line, columns from 0; what it tells a user comes as text."""
    for row in _json_lines(printed.stdout):
        if "file" in row:
            first = _number(row, "column") + 1
            region = Region(_number(row, "line"), first, _number(row, "end_line"), _number(row, "end_column") + 1)
            hint = f" ({row['hint']})" if row.get("hint") else ""
            code = _text(row, "code")
            yield Remark(_text(row, "file"), region, _text(row, "message") + hint, _text(row, "severity"), code)


def pyright(printed: Printed) -> Iterator[Remark]:
    """``pyright --outputjson``: lines and UTF-16 columns from 0."""
    for row in _rows(_document(printed.stdout), "generalDiagnostics"):
        place = cast("dict[str, dict[str, int]]", row.get("range") or {})
        start, end = place.get("start", {}), place.get("end", {})
        # One remark on a whole file has no range.
        region = Region(
            start.get("line", 0) + 1,
            start.get("character", 0) + 1,
            end.get("line", -1) + 1,
            end.get("character", -1) + 1,
        )
        yield Remark(_text(row, "file"), region, _text(row, "message"), _text(row, "severity"), _text(row, "rule"))


def code_climate(printed: Printed) -> Iterator[Remark]:
    """Code Climate's issues as GitLab takes them (``ty --output-format gitlab``): one JSON array."""
    for row in cast("list[Row]", _whole(printed.stdout)):
        location = cast("dict[str, object]", row["location"])
        places = cast("dict[str, dict[str, int]]", location.get("positions") or {})
        begin, end, rule = places.get("begin", {}), places.get("end", {}), _text(row, "check_name")
        region = Region(begin.get("line", 1), begin.get("column", 0), end.get("line", 0), end.get("column", 0))
        message = _text(row, "description").removeprefix(f"{rule}: ")
        yield Remark(str(location["path"]), region, message, _text(row, "severity"), rule)


def pyrefly(printed: Printed) -> Iterator[Remark]:
    """``pyrefly check --output-format json``."""
    for row in _rows(_document(printed.stdout), "errors"):
        region = Region(*(_number(row, key) for key in ("line", "column", "stop_line", "stop_column")))
        message = _text(row, "concise_description") or _text(row, "description")
        yield Remark(_text(row, "path"), region, message, _text(row, "severity"), _text(row, "name"))


def gcc(printed: Printed) -> Iterator[Remark]:
    """``gcc -fdiagnostics-format=json`` (GCC 9 to 14): one JSON array a source, on stderr; columns in bytes."""
    for line in printed.stderr.splitlines():
        if line.startswith("["):
            for row in cast("list[Row]", _whole(line)):
                yield from _gcc_remark(row)


def _gcc_remark(row: Row) -> Iterator[Remark]:
    places = cast("list[dict[str, dict[str, object]]]", row.get("locations") or [])
    if not places:
        return
    caret = places[0]["caret"]
    start, finish = places[0].get("start", caret), places[0].get("finish")
    end_line, end_column = (_number(finish, "line"), _gcc_column(finish) + 1) if finish else (0, 0)
    region = Region(_number(start, "line"), _gcc_column(start), end_line, end_column)
    fixes = cast("list[dict[str, object]]", row.get("fixits") or [])
    rule = _text(row, "option").removeprefix("-W") or "error"
    yield Remark(
        _text(caret, "file"), region, _text(row, "message"), _text(row, "kind"), rule, tuple(map(_gcc_fix, fixes))
    )


def _gcc_fix(row: Row) -> Replacement:
    start, end = cast("Row", row["start"]), cast("Row", row["next"])
    region = Region(_number(start, "line"), _gcc_column(start), _number(end, "line"), _gcc_column(end))
    return Replacement(_text(start, "file"), region, _text(row, "string"))


def _gcc_column(point: Row) -> int:
    return _number(point, "byte-column") or _number(point, "column")


def rustc(printed: Printed) -> Iterator[Remark]:
    """``cargo check --message-format=json``: of the suggestions only those that the compiler calls machine-applicable."""
    for row in _json_lines(printed.stdout):
        if row.get("reason") == "compiler-message":
            yield from _rustc_remark(cast("Row", row["message"]))


def _rustc_remark(row: Row) -> Iterator[Remark]:
    spans = [s for s in _rows(row, "spans") if s.get("is_primary")]
    if not spans:
        return
    code = cast("Row", row.get("code") or {})
    labels = [_text(s, "label") for s in spans if s.get("label")]
    message = _text(row, "message") + "".join(f": {label}" for label in labels[:1])
    suggestions = [s for child in _rows(row, "children") for s in _rows(child, "spans")]
    fix = tuple(
        Replacement(_text(s, "file_name"), _rustc_region(s), _text(s, "suggested_replacement"))
        for s in suggestions
        if s.get("suggestion_applicability") == "MachineApplicable"
    )
    rule = _text(code, "code") or "syntax"
    yield Remark(_text(spans[0], "file_name"), _rustc_region(spans[0]), message, _text(row, "level"), rule, fix)


def _rustc_region(span: Row) -> Region:
    return Region(*(_number(span, key) for key in ("line_start", "column_start", "line_end", "column_end")))


_JAVAC = re.compile(
    r"^(?P<path>[^\s:][^:]*\.java):(?P<line>\d+): (?P<severity>error|warning): (?:\[(?P<rule>[\w-]+)\] )?(?P<message>.*)$"
)


def javac(printed: Printed) -> Iterator[Remark]:
    """``javac``: a line with the place, the source line, and a caret below the column."""
    lines = printed.stderr.splitlines()
    for at, line in enumerate(lines):
        if match := _JAVAC.match(line):
            following = list(takewhile(lambda s: not _JAVAC.match(s), lines[at + 1 : at + 8]))
            caret = next((s.index("^") + 1 for s in following if s.strip() == "^"), 0)
            symbol = next((f" ({s.strip()})" for s in following if s.startswith("  symbol:")), "")
            region, rule = Region(int(match["line"]), caret), match["rule"] or "error"
            yield Remark(match["path"], region, match["message"] + symbol, match["severity"], rule)


def _json_lines(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield cast("Row", _whole(line))


def _document(text: str) -> Row:
    """The JSON object in `text`; tools write notes before and after it."""
    begin = text.find("{")
    if begin < 0:
        raise ValueError("no JSON object")
    return cast("Row", json.JSONDecoder().raw_decode(text, begin)[0])


def _whole(text: str) -> object:
    return json.JSONDecoder().raw_decode(text.lstrip())[0]


def _rows(row: Row, key: str) -> Sequence[Row]:
    found = row.get(key)
    return [r for r in found if isinstance(r, dict)] if isinstance(found, Iterable) else []


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _number(row: Row, key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) else 0
