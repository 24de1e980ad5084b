"""What every output format says of a finding or a comment: one flat shape, so that formats know neither."""

from collections.abc import Iterable
from dataclasses import dataclass

from fixbot_agent.reviewing.comments import Comment
from fixbot_repair.checks import Finding, Severity


@dataclass(frozen=True, slots=True)
class Remark:
    """A place and what is to be said of it. Lines and columns count from 1; the end column is exclusive.

    `column` and `end_column` are 0 where whole lines are meant; `end_line` is the last line that is meant.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    tool: str
    rule: str
    severity: Severity
    category: str
    message: str
    fingerprint: str


def of_findings(findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """Remarks for the findings of a check."""
    return tuple(
        Remark(
            f.path, f.line, f.column, f.end_line, f.end_column, f.tool, f.rule, f.severity, f.category,
            f.message + (f" (also {', '.join(f.also)})" if f.also else ""), f.fingerprint,
        )
        for f in findings
    )  # fmt: skip


def of_comments(comments: Iterable[Comment]) -> tuple[Remark, ...]:
    """Remarks for the comments of a review."""
    return tuple(
        Remark(c.path, c.line, 0, c.end_line, 0, c.tool, c.rule, c.severity, c.kind, c.message, c.fingerprint)
        for c in comments
    )
