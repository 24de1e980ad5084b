"""Comments of a review: a new finding placed inside the diff, with its evidence and, where proved, a suggestion."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.source import Document
from fixbot_repair.candidates.edit import Patch
from fixbot_repair.checks import Finding, Severity


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark on a change. Lines count from 1 and include both ends; all of them lie in or beside the diff.

    `kind` is syntax, correctness, security or style. `suggestion` replaces the lines `line` to `end_line`, and is
    empty unless it was checked; `evidence` says what was found by what, and how the suggestion was checked.

    `checked` is "tool" for what a program found; of what the model `by` said "test", where a test passes before the change and fails
    with it, "new", where it fails and what it tests was not there before, or "none". `claimed` is how bad that model calls it, `test` its test.
    """

    path: str
    line: int
    end_line: int
    kind: str
    message: str
    evidence: str
    suggestion: str
    fingerprint: str
    tool: str
    rule: str
    severity: Severity
    checked: str = "tool"
    by: str = ""
    claimed: Severity | None = None
    test: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The lines `line` to `end_line` (from 1, both included) of a file as they would be."""

    line: int
    end_line: int
    text: str


def suggestion_of(finding: Finding, document: Document, touched: Sequence[int]) -> Suggestion | None:
    """The tool's own fix as whole lines; None where there is none, or where it reaches outside the `touched` lines."""
    if not finding.fix:
        return None
    first = document.line_of(min(e.span.start for e in finding.fix))
    last = document.line_of(max(e.span.end for e in finding.fix))
    if not set(range(first + 1, last + 2)) <= set(touched):
        return None
    before = document.data
    after = Patch(finding.fix).apply({finding.path: before})[finding.path]
    head, tail = document.line_span(first).start, len(before) - document.line_span(last).end
    return Suggestion(first + 1, last + 1, after[head : len(after) - tail].decode("utf-8"))


def place(
    findings: Sequence[Finding],
    documents: Mapping[str, Document],
    touched: Mapping[str, Sequence[int]],
    proved: Mapping[Finding, Suggestion],
) -> tuple[Comment, ...]:
    """One comment a finding, in their order; the `proved` ones carry their suggestion."""
    seen: Counter[tuple[str, str]] = Counter()
    comments = []
    for finding in findings:
        key = (finding.path, finding.fingerprint)
        seen[key] += 1
        print_ = hashlib.blake2b("\0".join((*key, str(seen[key]))).encode(), digest_size=8).hexdigest()
        lines, document = touched.get(finding.path, ()), documents[finding.path]
        comments.append(_comment(finding, document, lines, proved.get(finding), print_))
    return tuple(comments)


def _comment(
    finding: Finding, document: Document, touched: Sequence[int], suggestion: Suggestion | None, fingerprint: str
) -> Comment:
    line, end_line = _inside(finding, touched)
    code = document.line_text(finding.line - 1).strip()
    evidence = f"{finding.tool} {finding.rule} at {finding.path}:{finding.line}:{finding.column}: {code[:200]}"
    if suggestion is not None:
        line, end_line = suggestion.line, suggestion.end_line
        evidence += f"\nThe suggestion compiles, {finding.tool} is satisfied and nothing new is found; no test was run."
    elsewhere = f" (on line {finding.line})" if not line <= finding.line <= end_line else ""
    return Comment(
        finding.path,
        line,
        end_line,
        finding.category,
        finding.message + elsewhere,
        evidence,
        suggestion.text if suggestion else "",
        fingerprint,
        finding.tool,
        finding.rule,
        finding.severity,
    )


def _inside(finding: Finding, touched: Sequence[int]) -> tuple[int, int]:
    """Lines of the comment: the finding's own within the diff; the nearest of the diff where it lies outside."""
    own = [n for n in touched if finding.line <= n <= finding.end_line]
    if own:
        run = next((i for i, n in enumerate(own) if n != own[0] + i), len(own))
        return own[0], own[run - 1]
    line = nearest(finding.line, touched)
    return line, line


def nearest(line: int, touched: Sequence[int]) -> int:
    """The one of the `touched` lines that is nearest to `line`; `line` itself where none is."""
    return min(touched, key=lambda n: (abs(n - line), n), default=line)
