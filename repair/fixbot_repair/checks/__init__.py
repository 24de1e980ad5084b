"""Compilers, linters, Semgrep and tests: many tools, one shape of finding, one shape of outcome."""

from fixbot_repair.checks.all import TOOLS, run
from fixbot_repair.checks.compare import new_findings
from fixbot_repair.checks.finding import Feedback, Finding, Severity, TestOutcome, TestStatus
from fixbot_repair.checks.tool import Interpreter

__all__ = [
    "TOOLS",
    "Feedback",
    "Finding",
    "Interpreter",
    "Severity",
    "TestOutcome",
    "TestStatus",
    "new_findings",
    "run",
]
