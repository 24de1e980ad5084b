"""Statuses read from the output of test commands, in the field's words: one parser a kind of log."""

import re
from collections.abc import Callable, Iterator

Statuses = dict[str, str]  # test id -> PASSED | FAILED | ERROR | SKIPPED | XFAIL | XPASS

_PYTEST_LINE = re.compile(r"^(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S.*)$")
_SYMPY_FAILURE = re.compile(r"^_+ (\S+\.py):(\S+) _+$")
_SYMPY_ENDS = {" ok": "PASSED", " F": "FAILED", " E": "ERROR", " f": "XFAIL", " X": "XPASS", " s": "SKIPPED"}


def parse(kind: str, log: str) -> Statuses:
    """Statuses in `log`, the output of a test command of the given kind (``pytest`` or ``sympy``)."""
    return dict(_PARSERS[kind](_plain(log)))


def passed(statuses: Statuses, test: str) -> bool:
    """The official rule: a test passed if its status is PASSED or XFAIL; one that is missing failed."""
    return statuses.get(test) in ("PASSED", "XFAIL")


def _plain(log: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", log)


def _pytest(log: str) -> Iterator[tuple[str, str]]:
    """Lines of the short summary that ``-rA`` prints: ``FAILED path::test - message``.

    Published ids are cut at their first space, so each test stands under its whole id and under the cut one; where
    cut ids coincide the last one counts, as it does in the official harness.
    """
    for line in log.splitlines():
        if match := _PYTEST_LINE.match(line):
            status, rest = match.groups()
            whole = (rest.split(" - ", 1)[0] if status in ("FAILED", "ERROR", "XFAIL") else rest).strip()
            yield whole, status
            yield whole.split()[0], status


def _sympy(log: str) -> Iterator[tuple[str, str]]:
    """``test_name ok`` lines of ``bin/test --verbose``; headings of failures name file and test."""
    for line in map(str.strip, log.splitlines()):
        if match := _SYMPY_FAILURE.match(line):
            yield f"{match[1]}:{match[2]}", "FAILED"
        elif line.startswith("test_"):
            yield from ((line.split()[0], status) for end, status in _SYMPY_ENDS.items() if line.endswith(end))


_PARSERS: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {"pytest": _pytest, "sympy": _sympy}
