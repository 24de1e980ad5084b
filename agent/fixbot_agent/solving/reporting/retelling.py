"""The report of an earlier run, read back from the JSON that it kept, so that it can be shown again."""

from collections.abc import Mapping, Sequence

from fixbot_agent.models import Spent
from fixbot_agent.runs import Kept
from fixbot_agent.solving.reporting.report import Alternative, Disputed, Failure, Refused, Report, Status, Verification
from fixbot_repair.checks import Finding, Severity
from fixbot_repair.choosing import Confidence
from fixbot_repair.issue import Oracle
from fixbot_repair.localisation import Suspect

_Row = Mapping[str, object]


def report(kept: Kept) -> Report:
    """What `kept` has to tell; it must have a report."""
    told = kept.report or {}
    failure = _row(told.get("error"))
    return Report(
        Status(str(told.get("status"))),
        int(_number(told.get("exit_code"))),
        patch=kept.patch,
        files=_texts(told.get("files")),
        base=str(told.get("base", "")),
        verification=_verification(_row(told.get("verification"))),
        localisation=tuple(_suspect(row) for row in _rows(told.get("localisation"))),
        source=str(told.get("source", "")),
        note=str(told.get("note", "")),
        why=_texts(told.get("why")),
        question=str(told.get("question", "")),
        candidates=int(_number(told.get("candidates"))),
        trials=int(_number(told.get("trials"))),
        alternatives=tuple(_alternative(row) for row in _rows(told.get("alternatives"))),
        confidence=_confidence(_row(told.get("confidence"))),
        models=tuple(_spent(row) for row in _rows(told.get("models"))),
        prompts=_texts(told.get("prompts")),
        seconds=_number(told.get("seconds")),
        found=tuple(map(_number, _list(told.get("found")))),
        plan=_texts(told.get("plan")),
        said=str(told.get("said", "")),
        assumptions=_texts(told.get("assumptions")),
        disputed=tuple(
            Disputed(str(row.get("test", "")), str(row.get("why", ""))) for row in _rows(told.get("disputed"))
        ),
        refused=_refused(_row(told.get("refused"))),
        sandbox=str(told.get("sandbox", "")),
        run=str(told.get("run", "")),
        warnings=_texts(told.get("warnings")),
        error=Failure(*(str(failure.get(name, "")) for name in ("kind", "message", "hint"))) if failure else None,
    )


def _verification(made: _Row) -> Verification:
    return Verification(
        Oracle(str(made.get("oracle", Oracle.NONE))),
        _texts(made.get("failed_before")),
        _texts(made.get("passed_after")),
        _texts(made.get("regressions")),
        int(_number(made.get("tests_run"))),
        int(_number(made.get("tests_passed"))),
        tuple(_finding(row) for row in _rows(made.get("new_findings"))),
        str(made.get("goal", "")),
        _texts(made.get("own_tests")),
        _texts(made.get("acceptance")),
    )


def _refused(row: _Row) -> Refused | None:
    return Refused(*(str(row.get(name, "")) for name in ("patch", "source", "verdict", "why"))) if row else None


def _confidence(row: _Row) -> Confidence | None:
    return (
        Confidence(_number(row.get("value")), {n: _number(v) for n, v in _row(row.get("signals")).items()})
        if row
        else None
    )


def _alternative(row: _Row) -> Alternative:
    patch, note = str(row.get("patch", "")), str(row.get("note", ""))
    parts = (str(_row(row.get("differs")).get(name, "")) for name in ("call", "here", "first"))
    return Alternative(patch, _number(row.get("score")), note, _texts(row.get("why")), *parts)


def _suspect(row: _Row) -> Suspect:
    place = str(row.get("path", "")), int(_number(row.get("line")))
    return Suspect(*place, str(row.get("symbol", "")), _number(row.get("score")), _texts(row.get("why")))


def _spent(row: _Row) -> Spent:
    calls, come, cached, gone = (
        int(_number(row.get(name))) for name in ("calls", "tokens_in", "tokens_cached", "tokens_out")
    )
    cost, unpriced = _number(row.get("cost")), int(_number(row.get("unpriced")))
    return Spent(str(row.get("name", "")), calls, come, cached, gone, cost, unpriced)


def _finding(row: _Row) -> Finding:
    path, tool, rule, message = (str(row.get(name, "")) for name in ("path", "tool", "rule", "message"))
    line = int(_number(row.get("line")))
    return Finding(path, line, 1, line, 1, tool, rule, Severity.WARNING, message)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _row(value: object) -> _Row:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[_Row]:
    return [row for row in _list(value) if isinstance(row, dict)]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, _list(value)))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
