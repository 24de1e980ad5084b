"""A suggestion in its file looked through for insecure patterns, and mended where each of them can be."""

from collections.abc import Callable, Iterator

from fixbot_agent.completing.cleaning.security import (
    c,
    everywhere,
    expressions,
    go,
    headers,
    java,
    logs,
    python_access,
    python_crypto,
    python_injection,
    python_loading,
    python_requests,
    python_settings,
    script_injection,
    script_settings,
    temporary,
)
from fixbot_agent.completing.cleaning.security.grammar import GRAMMARS
from fixbot_agent.completing.cleaning.security.reading import Code, source
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules, Verdict
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node, SyntaxTree

_MODULES = (
    python_injection, python_requests, python_loading, python_crypto, python_settings, python_access, script_injection, script_settings,
    go, java, c, headers, logs, expressions, temporary,
)  # fmt: skip
_ALL = (*(m.RULES for m in _MODULES), logs.PYTHON, headers.SCRIPT)

NodeCheck = Callable[[Code, Node], Finding | None]


def inspect(tree: SyntaxTree, span: Span, path: str) -> Verdict:
    """What the bytes of `span` bring into the file: patterns that were there without them are not counted.

    A pattern counts where any of what makes it one (the call, the argument, where its value comes from) lies in `span`.
    Languages without rules have no findings.
    """
    if tree.language not in GRAMMARS or tree.given_up:
        return Verdict()
    code = Code(tree, span, path)
    findings: dict[tuple[str, int], Finding] = {}
    with source(tree.data):
        for each in every(code):
            if any(s.start < span.end and span.start < s.end for s in each.evidence):
                findings.setdefault((each.rule.id, each.evidence[0].start), each)
    if not findings:
        return Verdict()
    kept = tuple(findings.values())
    repaired = (
        _repaired(tree.data, span, [change for each in kept for change in each.repair])
        if all(f.repair for f in kept)
        else None
    )
    return Verdict(kept, repaired, tuple(dict.fromkeys(f.note for f in kept)) if repaired is not None else ())


def every(code: Code) -> Iterator[Finding]:
    """Every pattern in the region of `code`."""
    for rules in _ALL:
        if code.language in rules.languages:
            yield from _called(code, rules)
            yield from _values(code, rules)
    yield from everywhere.texts(code)
    yield from _statements(code)


def _called(code: Code, rules: Rules) -> Iterator[Finding]:
    for call in code.calls:
        for check in (*rules.calls.get(call.last, ()), everywhere.called_secret):
            if finding := check(code, call):
                yield finding


def _values(code: Code, rules: Rules) -> Iterator[Finding]:
    general = rules.values.get("*", [])
    for given in filter(lambda each: code.matters(each.node), code.given):
        for check in (*rules.values.get(given.name, ()), *general, everywhere.given_secret):
            if finding := check(code, given):
                yield finding


def _statements(code: Code) -> Iterator[Finding]:
    for node in everywhere.equality(code, code.span):
        if finding := (
            python_crypto.compared(code, node) if code.language == "python" else None
        ) or everywhere.compared(node):
            yield finding
    checks = _BY_TYPE.get(code.language, {})
    for node in code.nodes:
        check = checks.get(node.type)
        if check is not None and code.touches(node) and (finding := check(code, node)):
            yield finding


_PYTHON: dict[str, NodeCheck] = {
    "assert_statement": python_access.asserted,
    "return_statement": python_injection.returned,
    "decorator": python_access.decorated,
}
_SCRIPT: dict[str, NodeCheck] = {"jsx_attribute": script_injection.attribute, "regex": expressions.written}
_BY_TYPE: dict[str, dict[str, NodeCheck]] = {
    "python": _PYTHON,
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "java": {"method_declaration": java.trusting},
}


def _repaired(data: bytes, span: Span, changes: list[Change]) -> str | None:
    """The text of `span` after `changes`, None where one of them reaches beyond it or into another."""
    ordered = sorted(set(changes), key=lambda c: (c.span.start, c.span.end))
    out, at = b"", span.start
    for change in ordered:
        if change.span.start < at or change.span.end > span.end:
            return None
        out += data[at : change.span.start] + change.text.encode()
        at = change.span.end
    return (out + data[at : span.end]).decode("utf-8", "replace")
