"""A mark in the protocol's shape: severity, tags, the page of its rule, and places that belong to it."""

import builtins
import re

from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.text.positions import Encoding, Text
from fixbot_repair.checks import Severity

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNUSED = {
    "ruff": re.compile(r"F401|F811|F841|F842|F504|ARG00[1-5]|RUF059|RUF100|ERA001"),
    "pyright": re.compile(r"reportUnused\w+|reportUnreachable"),
    "mypy": re.compile(r"unused-\w+|unreachable"),
    "eslint": re.compile(r"(?:@typescript-eslint/)?no-(?:unused-vars|unreachable)"),
    "tsc": re.compile(r"TS(?:6133|6192|6196|6198|7027)"),
}
_DEPRECATED = {
    "ruff": re.compile(r"UP\d+|PYI057|NPY00[123]"),
    "pyright": re.compile(r"reportDeprecated|deprecateTypingAliases"),
    "mypy": re.compile(r"deprecated"),
    "tsc": re.compile(r"TS638[57]"),
    "tests": re.compile(r"(?:Pending)?DeprecationWarning"),
}
# Tool -> which rules have a public page, and its address.
_PAGES = {
    "ruff": (re.compile(r"[A-Z]{1,5}\d{2,5}"), "https://docs.astral.sh/ruff/rules/{}/"),
    "pyright": (re.compile(r"report\w+"), "https://github.com/microsoft/pyright/blob/main/docs/configuration.md#{}"),
    "mypy": (re.compile(r"[a-z]+(?:-[a-z]+)*"), "https://mypy.readthedocs.io/en/stable/_refs.html#code-{}"),
    "eslint": (re.compile(r"[a-z]+(?:-[a-z]+)*"), "https://eslint.org/docs/latest/rules/{}"),
    "tests": (re.compile(r"[A-Z]\w+"), "https://docs.python.org/3/library/exceptions.html#{}"),
}


def tags_of(tool: str, rule: str) -> list[types.DiagnosticTag]:
    """Whether the rule is about code that nobody needs, or that is on its way out."""
    found = []
    if (unused := _UNUSED.get(tool)) and unused.fullmatch(rule):
        found.append(types.DiagnosticTag.Unnecessary)
    if (deprecated := _DEPRECATED.get(tool)) and deprecated.fullmatch(rule):
        found.append(types.DiagnosticTag.Deprecated)
    return found


def page_of(tool: str, rule: str) -> str | None:
    """Address of the rule's public page; None where it has none."""
    known = _PAGES.get(tool)
    if known is None or not known[0].fullmatch(rule):
        return None
    is_exception = isinstance(built_in := getattr(builtins, rule, None), type) and issubclass(built_in, BaseException)
    return known[1].format(rule) if tool != "tests" or is_exception else None


def severity_of(severity: Severity) -> types.DiagnosticSeverity:
    """The protocol's word for it."""
    return _SEVERITIES[severity]


def as_range(span: Span, text: Text, encoding: Encoding) -> types.Range:
    """The protocol's shape of a span of bytes."""
    start, end = text.place(span.start, encoding), text.place(span.end, encoding)
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))
