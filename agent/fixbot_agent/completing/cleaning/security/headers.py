"""Patterns of headers of an answer: what a visitor writes into one, an origin that is only repeated."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import CORS, HEADER
from fixbot_agent.completing.cleaning.security.matching import found
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, text
from fixbot_agent.completing.cleaning.security.rule import Finding, Rule, Rules
from fixbot_agent.completing.cleaning.security.values import Values, is_true, literal
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python", "javascript", "typescript", "tsx", "go", "java"}))
SCRIPT = Rules(frozenset({"javascript", "typescript", "tsx"}))
_MADE = ("content-disposition", "set-cookie", "refresh", "link")
_ORIGIN = "access-control-allow-origin"
_LOOKED_UP = re.compile(
    rb"allow(?:ed|list)|whitelist|trusted|ORIGINS|includes\(|\.has\(|\.test\(|Contains\(|contains\(|\bin \w*origins",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\borigin\b", re.IGNORECASE)


@RULES.value(*_MADE, _ORIGIN)
def _given(code: Code, given: Given) -> Finding | None:
    return _judged(code, given.name, given.value, given.node)


@RULES.call("setHeader", "header", "set", "Set", "Add", "append", "addHeader", "add_header", "send_header", "writeHead")
def _called(code: Code, call: Call) -> Finding | None:
    name = literal(call.argument(0)).lower()
    value = call.argument(1)
    return _judged(code, name, value, call.node) if value is not None and name in (*_MADE, _ORIGIN) else None


def _judged(code: Code, name: str, node: Node, why: Node) -> Finding | None:
    value = Values(code).of(node)
    rule: Rule = CORS if name == _ORIGIN else HEADER
    if not value.tainted or (name != _ORIGIN and not value.made):
        return None
    if name == _ORIGIN and _LOOKED_UP.search(code.before(why)):
        return None
    return found(rule, why, value)


@SCRIPT.value("origin")
def _repeated(_code: Code, given: Given) -> Finding | None:
    """``cors({ origin: true })``: whatever site asks is allowed."""
    call = (
        given.node.parent.parent.parent
        if given.node.parent is not None and given.node.parent.parent is not None
        else None
    )
    named = text(call.child_by_field_name("function") or call)[:40] if call is not None else ""
    return found(CORS, given.node) if is_true(given.value) and _CORS.search(named) else None


_CORS = re.compile(r"cors|CORS")
