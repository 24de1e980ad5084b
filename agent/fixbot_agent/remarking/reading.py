"""A model's remarks read tolerantly: as the tool's arguments, or as JSON in its text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.models import ToolSpec
from fixbot_agent.models.structured import Misfit, read
from fixbot_repair.checks import Severity

_MOST = 12  # remarks of one answer
_LONGEST = 1200  # characters of one
_LONGEST_TEST = 8000
_LONGEST_ANSWER = 120_000  # characters
_SEVERITIES = {
    "error": Severity.ERROR, "critical": Severity.ERROR, "high": Severity.ERROR, "blocker": Severity.ERROR,
    "warning": Severity.WARNING, "medium": Severity.WARNING, "info": Severity.INFO, "note": Severity.INFO, "low": Severity.INFO,
}  # fmt: skip
_TEXTS, _PATHS = ("text", "message", "comment", "remark", "description"), ("path", "file", "filename")
_FIRSTS, _LASTS = ("line", "start_line", "first", "lines"), ("end_line", "last", "end")
_TEST = {
    "code": {
        "type": "string",
        "description": "A whole test file (imports and one or few tests) that passes before the change and fails with it.",
    },
    "beside": {
        "type": "string",
        "description": "A test file of the project in whose folder it is run, where it needs what lies there (conftest.py).",
    },
}
_ROW = {
    "path": {"type": "string", "description": "A file of the change."},
    "line": {"type": "integer", "description": "The first line meant, as numbered in the diff; one that is marked with +, or next to what was removed."},
    "end_line": {"type": "integer", "description": "The last one."},
    "text": {
        "type": "string",
        "description": "One sentence: what goes wrong, and when (an input, a state). Names of code in backticks.",
    },
    "severity": {"type": "string", "enum": ["error", "warning", "info"]},
    "test": {
        "type": "object",
        "description": "What shows it; leave it out where no test can.",
        "properties": _TEST,
        "required": ["code"],
        "additionalProperties": False,
    },
}  # fmt: skip
ANSWER = ToolSpec(
    "answer",
    "Give your remarks, the worst first; none where you have none. It ends your work, so look first.",
    {
        "type": "object",
        "properties": {
            "remarks": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": _ROW,
                    "required": ["path", "line", "text", "severity"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["remarks"],
        "additionalProperties": False,
    },
)
_SCHEMA = {"type": "object", "properties": {"remarks": {"type": "array"}}, "required": ["remarks"]}


@dataclass(frozen=True, slots=True)
class Claim:
    """One remark as a model wrote it: `test` is a whole file, run in the folder of the test file `beside` ("" for the top)."""

    path: str
    line: int
    end_line: int
    text: str
    severity: Severity
    test: str = ""
    beside: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: “{self.text[:300]}”"


def claims(written: str) -> tuple[Claim, ...] | None:
    """The remarks of what a model wrote, each once; None where nothing of it can be read (none is an answer, too)."""
    try:
        value = read(written[:_LONGEST_ANSWER], _SCHEMA)
    except Misfit:
        return None
    rows: object = value.get("remarks") if isinstance(value, Mapping) else None
    if not isinstance(rows, list):
        return None
    found = tuple(dict.fromkeys(_claims(rows)))[:_MOST]
    return found if found or not rows else None


def _claims(rows: list[object]) -> Iterator[Claim]:
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        text, path = _first(row, _TEXTS), _first(row, _PATHS)
        lines = _first(row, _FIRSTS)
        given = [*lines, *lines[-1:]] if isinstance(lines, list) and lines else [lines, _first(row, _LASTS)]
        first, last = _number(given[0]), _number(given[1])
        if not isinstance(text, str) or not text.strip() or not isinstance(path, str) or not first:
            continue
        said = str(row.get("severity", "")).lower()
        code, beside = _test(row)
        yield Claim(
            path.strip().removeprefix("./"), first, max(first, last), " ".join(text.split())[:_LONGEST],
            _SEVERITIES.get(said, Severity.WARNING), code, beside,
        )  # fmt: skip


def _test(row: Mapping[str, object]) -> tuple[str, str]:
    """The test of a remark and the file that it is run beside, given as an object or side by side."""
    given = row.get("test")
    inner: Mapping[str, object] = given if isinstance(given, Mapping) else {"code": given}
    test, beside = inner.get("code"), inner.get("beside", row.get("beside"))
    code = unfenced(test) if isinstance(test, str) else ""
    return code if len(code) <= _LONGEST_TEST else "", beside.strip() if isinstance(beside, str) else ""


def unfenced(code: str) -> str:
    """`code` without the marks of a block around it."""
    rows = code.strip("\n").split("\n")
    if len(rows) > 2 and rows[0].startswith("```") and rows[-1].strip() == "```":
        rows = rows[1:-1]
    return "\n".join(rows).rstrip() + "\n" if "".join(rows).strip() else ""


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if name in row), None)


def _number(given: object) -> int:
    """A line number; 0 for what is none."""
    if isinstance(given, bool) or given is None:
        return 0
    if isinstance(given, float | int):
        return int(given) if 0 < given < 10**9 else 0
    text = str(given).strip().lstrip("L")
    return int(text) if text.isdigit() and len(text) < 10 else 0
