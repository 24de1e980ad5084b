"""Compilers, linters, Semgrep and tests: many tools, one shape of finding, one shape of outcome."""

from fixbot_repair.checks.finding import Feedback, Finding, Severity, TestOutcome, TestStatus

__all__ = ["Feedback", "Finding", "Severity", "TestOutcome", "TestStatus"]
