"""Compilers, linters, Semgrep and tests: many tools, one shape of finding, one shape of outcome."""

from importlib import import_module
from typing import TYPE_CHECKING

from fixbot_repair.checks.finding import Feedback, Finding, Severity, TestOutcome, TestStatus

if TYPE_CHECKING:
    from fixbot_repair.checks.all import TOOLS, chosen, in_use, run
    from fixbot_repair.checks.compare import new_findings
    from fixbot_repair.checks.tool import Interpreter, Tool

_HOMES = {
    "TOOLS": "all",
    "run": "all",
    "chosen": "all",
    "in_use": "all",
    "new_findings": "compare",
    "Interpreter": "tool",
    "Tool": "tool",
}

__all__ = [
    "TOOLS",
    "Feedback",
    "Finding",
    "Interpreter",
    "Severity",
    "TestOutcome",
    "TestStatus",
    "Tool",
    "chosen",
    "in_use",
    "new_findings",
    "run",
]


def __getattr__(name: str) -> object:
    """Effect: load the tools when they are first asked for; a server's loop needs the shapes alone (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
