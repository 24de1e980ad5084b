"""The call that a sentence of an issue speaks of: in ticks, bare, or in words ("the function area with 2")."""

import ast
import re
from collections.abc import Iterator

from fixbot_repair import issue_wording as wording
from fixbot_repair.issue_values import EMPTY, balanced, is_call, is_literal, value_at

_CALLEE = re.compile(r"(?<![\w.`])[A-Za-z_][\w.]{0,100}\(")
_TICKED = re.compile(r"`([^`\n]{1,300})`")
_ALONE = re.compile(
    r"(?:[-*•] )?(?:(?:the )?(?:input|call|code|example|command|expression)\s*[:=]\s*)?`([^`\n]{1,300})`[.:,]?",
    re.IGNORECASE,
)
_FUNCTION_WITH = re.compile(
    r"\b(?:function|method|calling|calls?|called|call to|result of)\s+`?([A-Za-z_][\w.]{1,100})(?:\(\))?`?\s+(?:called )?(?:with|on|for|of|given)\s+",
    re.IGNORECASE,
)
_DOES_FOR = re.compile(
    r"`?\b([A-Za-z_][\w.]{1,100})(?:\(\))?`?\s+((?:should |must )?(?:returns?|gives?|yields?|raises?|prints?|crashes|fails)\b[^.;]{0,120}?)\s*\b(?:for|with|on|when given|given)\s+",
)
_VALUES = ("True", "False", "None")
_PRONOUNS = frozenset(
    [
        "it",
        "this",
        "that",
        "which",
        "function",
        "method",
        "call",
        "result",
        "value",
        "output",
        "code",
        "library",
        "program",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
        "and",
        "but",
        "then",
        "also",
        "now",
        "always",
        "example",
        "test",
        "who",
        "what",
    ]
)
_AND = re.compile(r"\s*(?:,|and|,\s*and)\s+(?=[-\[({\"'\d`]|True|False|None)")


def call(sentence: str) -> tuple[str, str]:
    """The first call that `sentence` names, and the sentence with "it" in its place; ("", sentence) for none."""
    for text, start, end in sorted(_calls(sentence), key=lambda found: found[1]):
        if is_call(text):
            return text, f"{sentence[:start]}it{sentence[end:]}"
    return _called_in_words(sentence) or ("", sentence)


def results(sentence: str) -> Iterator[tuple[str, str]]:
    """Each call that `sentence` names, with the plain value that it says to come of it; "" for none."""
    found, end = list[tuple[str, int, int]](), 0
    for text, start, stop in sorted(_calls(sentence), key=lambda one: (one[1], -one[2])):
        if start >= end and is_call(text):
            found.append((text, start, stop))
            end = stop
    for at, (text, _, stop) in enumerate(found):
        following = found[at + 1][1] if at + 1 < len(found) else len(sentence)
        rest = f"it{sentence[stop:following]}"
        yield text, wording.is_now(rest) or wording.stated(wording.ACTUAL, rest)


def compared(call: str) -> tuple[str, str]:
    """The sides of a comparison with a plain value, ("f(2)", "6") of "f(2) == 6"; (call, "") of anything else."""
    try:
        node = ast.parse(call.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return call, ""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return call, ""
    left, right = (ast.get_source_segment(call.strip(), side) or "" for side in (node.left, node.comparators[0]))
    return (left, right) if is_call(left) and is_literal(right) else (call, "")


def alone(sentence: str) -> str:
    """The call that is all of `sentence`, perhaps after a label: "`f(2)`", "Input: `f(2)`"; "" for anything else."""
    found = _ALONE.fullmatch(sentence.strip())
    bare = sentence.strip().rstrip(".:")
    if not found and _CALLEE.match(bare) and balanced(bare[bare.index("(") :]) == len(bare) - bare.index("("):
        return bare if is_call(bare) else ""
    return found[1] if found and is_call(found[1]) else ""


def names_error(text: str) -> bool:
    """Whether an error is named in `text`: what seems to be an argument, "it fails with `KeyError: x`", is none then."""
    return bool(re.search(r"[A-Z]\w*(?:Error|Exception)\b", text))


def function(sentence: str) -> str:
    """The name that `sentence` puts in ticks before anything else, "backbone"; "" where that is more than a name."""
    found = _TICKED.search(sentence)
    name = found[1].removesuffix("()") if found else ""
    return name if all(part.isidentifier() for part in name.split(".")) and name not in _VALUES else ""


def _called_in_words(sentence: str) -> tuple[str, str] | None:
    """The call in "the function area with 2 returns …" or "area returns … for 2", and the sentence without it."""
    for pattern in (_FUNCTION_WITH, _DOES_FOR):
        found = pattern.search(sentence)
        if not found or found[1].lower() in _PRONOUNS:
            continue
        values, end = _values(sentence, found.end())
        if values:
            middle = found[2] if pattern is _DOES_FOR else ""
            return f"{found[1]}({', '.join(values)})", f"{sentence[: found.start()]}it {middle}{sentence[end:]}"
    return None


def _values(text: str, at: int) -> tuple[list[str], int]:
    """The plain values that `text` names from `at` on, "2 and 3", and where they end."""
    found = list[str]()
    while value := value_at(text[at:]):
        place = text.find(value, at)
        if place < 0 or not is_literal(value):  # "an empty list" has its value in words
            lead = EMPTY.search(text, at)
            place, value_end = (lead.start(), lead.end()) if lead else (at, at)
        else:
            value_end = place + len(value) + text.startswith("`", place + len(value))
        found.append(value)
        more = _AND.match(text, value_end)
        at = more.end() if more else value_end
        if not more:
            break
    return found, at


def _calls(sentence: str) -> Iterator[tuple[str, int, int]]:
    for found in _TICKED.finditer(sentence):
        yield found[1].strip(), found.start(), found.end()
    for bare in list(_CALLEE.finditer(sentence))[:20]:
        if end := balanced(sentence[bare.end() - 1 :]):
            yield sentence[bare.start() : bare.end() - 1 + end], bare.start(), bare.end() - 1 + end
