"""The log of a failing run as the text of an issue: without colours, time stamps, groups, and what passed."""

import re

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])")
# "2024-05-01T10:00:00.1234567Z ", with the job and step that tools put before it, and a runner's own prefixes.
_STAMP = re.compile(
    r"^(?:[^\t\n]{1,200}\t[^\t\n]{0,200}\t)?\ufeff?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? ?"
)
_MARK = re.compile(
    r"^(?:##\[(?:group|endgroup|command|section|debug|warning|notice)\]|::(?:group|endgroup|debug|notice)\b[^:]*::)"
)
_FAULT = re.compile(r"^(?:##\[error\]|::error\b[^:]*::)")
_TOX = re.compile(r"^(?:[\w.-]{1,40}: (?=(?:FAIL|ERROR|OK|commands|exit)\b)|nox > )")
_PASSED = re.compile(
    r"^(?:\S+\.py::\S.* (?:PASSED|SKIPPED|XFAIL|XPASS)\b|(?:PASSED|SKIPPED|XFAIL) |\S.* \.\.\. (?:ok|skipped\b.*|expected failure)$"
    r"|\S+\.py [.sxX]+\s*(?:\[ *\d+%\])?$|[.sx]+\s*(?:\[ *\d+%\])?$)"
)
_SOURCE = re.compile(r"^(?:>>>|```|~~~|from \S+ import |import \S+)")
_MOST = 300_000  # characters: a log tells at its end what failed
_PYTHON = re.compile(
    r"(?:-- Python |^Python |Using Python |CPython \(|python-version: ['\"]?|/hostedtoolcache/Python/)(\d\.\d{1,2})",
    re.MULTILINE,
)


def as_issue(log: str) -> str:
    """The end of the log without what surrounds its lines, its lines on tests that passed, and what would read as an example.

    The tests that it names are the oracle: source that a runner quotes is none of the issue's.
    """
    lines = (_bare(line.rsplit("\r", maxsplit=1)[-1]) for line in _ANSI.sub("", log.replace("\r\n", "\n")).split("\n"))
    kept = [line for line in lines if not _PASSED.match(line) and not _SOURCE.match(line)]
    return "\n".join(kept)[-_MOST:]


def python_of(log: str) -> str:
    """The Python version that `log` names, "3.12"; "" for none or several."""
    found = set(_PYTHON.findall(log))
    return found.pop() if len(found) == 1 else ""


def _bare(line: str) -> str:
    line = _STAMP.sub("", line)
    return _TOX.sub("", _FAULT.sub("", _MARK.sub("", line))).strip()
