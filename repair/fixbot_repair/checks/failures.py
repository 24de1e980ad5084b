"""Failing tests as findings: each at the innermost line of the project that its traceback names."""

import re
from collections.abc import Callable, Iterator

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document, SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_repair.checks.finding import Feedback, Finding, Severity, TestOutcome, TestStatus
from fixbot_repair.checks.fingerprint import stamp
from fixbot_repair.checks.places import placed

_BAD = (TestStatus.FAILED, TestStatus.ERROR, TestStatus.TIMEOUT)
_RAISED = re.compile(r"([A-Za-z_][\w.]*?\.)?([A-Z]\w*)(?::|$)")
_DOTTED = re.compile(r"(\w+) \(([\w.]+)\)")

Read = Callable[[str], Document | None]


def findings(feedback: Feedback, tree: SourceTree, tool: str) -> Iterator[Finding]:
    """Effect: read the files that are named. Yield a finding for each test of `feedback` that failed, in its order.

    The rule is the exception's name, else how the test ended. One that names no line of the project stands at the test.
    """
    read: Read = lambda path: _document(tree, path)  # noqa: E731
    for outcome in feedback.outcomes:
        if outcome.status in _BAD:
            yield from _finding(outcome, read, tool)


def _finding(outcome: TestOutcome, read: Read, tool: str) -> Iterator[Finding]:
    places = ((path, line) for path, line, _ in reversed(outcome.frames))
    for path, line in (*places, *_test_itself(outcome.test, read)):
        document = read(path)
        if document is not None:
            raised = _RAISED.match(outcome.message)
            rule = raised[2] if raised else outcome.status.value
            message = " ".join(f"{outcome.test}: {outcome.message or outcome.status.value}".split())
            place = placed(document, line, 0, 0, 0)
            facts = extract(document.data, language_of(path) or "python")
            yield from stamp([Finding(path, *place, tool, rule, Severity.ERROR, message[:500])], document, facts)
            return


def _test_itself(test: str, read: Read) -> Iterator[tuple[str, int]]:
    """Where a test is defined: by pytest's id, or by unittest's ``test_x (package.module.Class)``."""
    path, _, name = test.partition("::")
    candidates = [(path, name.partition("[")[0].replace("::", "."))]
    if dotted := _DOTTED.match(test):
        parts = dotted[2].removesuffix(f".{dotted[1]}").split(".")
        candidates = [
            ("/".join(parts[:n]) + ".py", ".".join([*parts[n:], dotted[1]])) for n in range(len(parts), 0, -1)
        ]
    for path, name in candidates:
        if (document := read(path)) is not None:
            yield path, _line(extract(document.data), name)
            return


def _line(facts: FileFacts, name: str) -> int:
    return next((s.line for s in facts.symbols if s.qualname == name), 1)


def _document(tree: SourceTree, path: str) -> Document | None:
    try:
        return tree.read(path) if language_of(path) else None
    except SourceError:
        return None
