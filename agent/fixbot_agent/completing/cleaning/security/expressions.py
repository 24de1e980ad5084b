"""Patterns of regular expressions: a repetition of a repetition, which takes exponential time where it does not match."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import REGEX
from fixbot_agent.completing.cleaning.security.matching import found
from fixbot_agent.completing.cleaning.security.reading import Call, Code, text
from fixbot_agent.completing.cleaning.security.rule import Finding, Rules
from fixbot_agent.completing.cleaning.security.values import literal
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python", "javascript", "typescript", "tsx", "java"}))
_ATOM = r"(?:\[(?:\\.|[^\]\\])+\]|\\.|[^\\()\[\]|^$*+?{}])"
# (…+)+ where the group can be cut in many ways: one repeated atom, with nothing beside it that must be there. What follows can fail.
_TWICE = re.compile(
    rf"\((?:\?:|\?P?<\w+>)?(?:{_ATOM}[?*])*{_ATOM}[+*](?:{_ATOM}[?*])*\)(?:[+*]|\{{\d+,\}})\??(?=[^)\s+])"
)
_EITHER = re.compile(rf"\((?:\?:)?({_ATOM})[+*]?\|\1[+*]?\)(?:[+*]|\{{\d+,\}})")


def is_slow(pattern: str) -> bool:
    """Whether a short text can keep the expression busy."""
    return _TWICE.search(pattern) is not None or _EITHER.search(pattern) is not None


@RULES.call(
    "compile",
    "match",
    "search",
    "fullmatch",
    "sub",
    "findall",
    "finditer",
    "split",
    "new RegExp",
    "RegExp",
    "re_path",
    "matches",
    "replaceAll",
    "RegexValidator",
    "test",
)
def _called(_code: Code, call: Call) -> Finding | None:  # fmt: skip
    node = call.argument(0, "pattern") or call.argument(0, "regex")
    is_ours = (
        call.callee.startswith(("re.", "regex."))
        or call.last in ("re_path", "RegexValidator", "new RegExp", "RegExp", "matches", "replaceAll")
        or call.is_one("Pattern.compile")
    )
    return found(REGEX, call.named, node) if is_ours and node is not None and is_slow(literal(node)) else None


def written(_code: Code, node: Node) -> Finding | None:
    """An expression between slashes."""
    return found(REGEX, node) if is_slow(text(node)) else None
