"""Remarks as SARIF 2.1.0, the format that code hosts and editors read (OASIS, sarif-v2.1.0)."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from fixbot_agent.reviewing.remarks import Remark
from fixbot_agent.schemas import Json
from fixbot_repair.checks import Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LINK = re.compile(r"\[([^\[\]]*)\]\(")
# Code hosts rank security results by this number (0 to 10).
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.INFO: "2.0"}


def document(remarks: Sequence[Remark], problems: Sequence[str], version: str) -> Mapping[str, Json]:
    """The log of one run. `problems` become notifications: what could not be checked is part of the answer."""
    rules = {_rule_id(r): r for r in reversed(remarks)}
    order = sorted(rules)
    driver: Json = {
        "name": "fixbot",
        "version": version,
        "rules": [_rule(name, rules[name]) for name in order],
    }
    notes: Json = [{"level": "warning", "message": {"text": text}} for text in problems]
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The top folder of the repository."}}},
        "invocations": [{"executionSuccessful": not problems, "toolExecutionNotifications": notes}],
        "results": [_result(r, order.index(_rule_id(r))) for r in remarks],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule_id(remark: Remark) -> str:
    return f"{remark.tool}/{remark.rule}"


def _rule(name: str, remark: Remark) -> Json:
    security: Mapping[str, Json] = {"security-severity": _SECURITY[remark.severity]}
    properties: Mapping[str, Json] = {"tags": [remark.category], **(security if remark.category == "security" else {})}
    return {
        "id": name,
        "shortDescription": {"text": f"{remark.tool}: {remark.rule}"},
        "defaultConfiguration": {"level": _LEVELS[remark.severity]},
        "properties": properties,
    }


def _result(remark: Remark, rule_index: int) -> Json:
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(remark.path, safe="/"), "uriBaseId": "SRCROOT"},
            "region": _region(remark),
        }
    }
    return {
        "ruleId": _rule_id(remark),
        "ruleIndex": rule_index,
        "level": _LEVELS[remark.severity],
        "message": {"text": _without_links(remark.message)},
        "locations": [location],
        "partialFingerprints": {"fixbot/v1": remark.fingerprint},
    }


def _without_links(text: str) -> str:
    """`text` with the brackets of what a viewer would make a link of escaped (SARIF 2.1.0, 3.11.6): nobody checked where it leads."""
    return _LINK.sub(r"\\[\1\\](", text)


def _region(remark: Remark) -> Json:
    if not remark.column:
        return {"startLine": remark.line, "endLine": remark.end_line}
    return {
        "startLine": remark.line,
        "startColumn": remark.column,
        "endLine": remark.end_line,
        "endColumn": remark.end_column,
    }
