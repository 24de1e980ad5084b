"""Patterns of what is logged: lines that a visitor writes, passwords."""

import re
from collections.abc import Iterator

from fixbot_agent.completing.cleaning.security.catalogue import LOG, TOLD
from fixbot_agent.completing.cleaning.security.matching import found
from fixbot_agent.completing.cleaning.security.reading import Call, Code, last_name, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import Values
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python", "javascript", "typescript", "tsx", "go", "java"}))
LOGGERS = re.compile(
    r"(?:^|\.)(?:_?(?:log|logger|logging|LOG|LOGGER)|console|winston|slog)\.(?:debug|info|warn|warning|error|critical|exception|log|trace|fatal|Print\w*|Fatal\w*|Panic\w*|Debug\w*|Info\w*|Warn\w*|Error\w*)\Z"
)
_PRIVATE = re.compile(
    r"_*(?:\w*_)?(?:password|passwd|passphrase|pass_?word|secret_?key|private_?key|api_?key|access_?token|client_?secret)\Z",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"_*(?:is|has|use[sd]?|with|no|needs?|show|hide|asks?|allow|requires?|can|change[sd]?)_?(?=[a-zA-Z])", re.IGNORECASE
)
_MARK = re.compile(r"%(?:%|(?:\(\w+\))?[-#0 +]*[\d.*]*([a-zA-Z]))")
_NAMES = ("debug", "info", "warn", "warning", "error", "critical", "exception", "log", "trace", "fatal")
_GO = ("Print", "Printf", "Println", "Fatal", "Fatalf", "Panicf", "Debug", "Debugf", "Info", "Infof", "Warn", "Warnf", "Error", "Errorf", "Infow")  # fmt: skip


@RULES.call(*_NAMES, *_GO)
def _secret(code: Code, call: Call) -> Finding | None:
    """A password in the log."""
    if not LOGGERS.search(call.callee):
        return None
    told = (
        n
        for a in call.arguments
        for n in _told(code, a)
        if _PRIVATE.match(last_name(n)) and not _ASKS.match(last_name(n))
    )
    return next((found(TOLD, call.named, n) for n in told), None)


def _told(code: Code, node: Node) -> Iterator[Node]:
    """Names whose values become part of a text; not those that are only asked something."""
    grammar = code.grammar
    if node.type == "identifier" or node.type in grammar.members or node.type in grammar.items:
        yield node
    elif _only_asks(code, node):
        return
    elif (
        node.type in grammar.calls or node.type in grammar.texts or node.type in grammar.holes or node.type in grammar.sums
        or node.type in grammar.around or node.type in grammar.lists or node.type == "argument_list"
    ):  # fmt: skip
        for child in node.named_children:
            yield from _told(code, child)


def _only_asks(code: Code, node: Node) -> bool:
    """Whether a call or a comparison tells something of its values and not themselves."""
    if node.type in code.grammar.calls:
        return code.call(node).last not in ("format", "Sprintf", "str", "repr", "formatted")
    return node.type in code.grammar.sums and not _is_text_made(node)


def _is_text_made(node: Node) -> bool:
    sign = node.child_by_field_name("operator")
    return sign is not None and sign.type in ("+", "%")


PYTHON = Rules(frozenset({"python"}))


@PYTHON.call("debug", "info", "warning", "warn", "error", "critical", "exception", "log")
def _lines(code: Code, call: Call) -> Finding | None:
    """A request's text in the log as it is: it may say further lines. Its repr cannot."""
    if not LOGGERS.search(call.callee) or not call.arguments:
        return None
    at = 1 if call.last == "log" else 0
    if at >= len(call.arguments):
        return None
    node, values = call.arguments[at], list(call.arguments[at + 1 :])
    sign = node.child_by_field_name("operator")
    if sign is not None and sign.type == "%" and node.named_children[0].type == "string":
        right = node.named_children[1]
        node, values = node.named_children[0], right.named_children if right.type == "tuple" else [right]
    if node.type != "string":
        value = Values(code).of(node)
        return found(LOG, call.named, node, value) if value.made and value.tainted else None
    asked = Values(code)
    changes = [*_marked(node, [asked.of(v).tainted for v in values], text(node)), *_filled(code, node)]
    if not changes:
        return None
    return found(LOG, call.named, node, repair=tuple(changes), note="a visitor's text is logged as its repr")


def _marked(node: Node, tainted: list[bool], written: str) -> Iterator[Change]:
    """``%r`` in the place of ``%s`` for each value that is tainted."""
    marks = [m for m in _MARK.finditer(written) if m[0] != "%%"]
    for mark, is_tainted in zip(marks, tainted, strict=False):
        if is_tainted and mark[1] == "s":
            end = node.start_byte + len(written[: mark.end()].encode())
            yield Change(Span(end - 1, end), "r")


def _filled(code: Code, node: Node) -> Iterator[Change]:
    """``!r`` in each hole of an f-string whose value is tainted."""
    for hole in node.named_children:
        if hole.type != "interpolation" or any(c.type == "type_conversion" for c in hole.named_children):
            continue
        inner = hole.named_children[0] if hole.named_children else None
        if inner is not None and len(hole.named_children) == 1 and Values(code).of(inner).tainted:
            yield Change(Span(span(inner).end, span(inner).end), "!r")
