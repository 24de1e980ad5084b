"""Values in the words of an issue: where one stands in a sentence, and whether a text is one."""

import ast
import re
import warnings

_LONGEST_VALUE = 300
_LEAD = re.compile(
    r"(?:(?:(?:(?:the )?same(?: thing)? as|(?:its|the) (?:old|former|previous|original) \w+|(?:still|again|just|simply|exactly|rather)|(?:equal|identical) to|to (?:be|return|print|get|give|see|equal|yield|have been)|it(?: to \w+| (?:returns|gives|prints|is))?|an?|the|result|output|value"
    r"|behaviou?r|returned|answer|is|was|are|(?:would|should|must) be|of|me|us|you|back)\b|(?:结果|输出|返回|行为|值|的|是|为|到|了|一个|:|：|=|->))[:：\s]{0,4}){0,5}",
    re.IGNORECASE,
)
_SIMPLE = re.compile(
    r"`([^`\n]{1,300})`|([\"'])[^\"'\n]{0,300}\2|-?\d[\w.]{0,40}|True\b|False\b|None\b|[A-Z]\w{0,80}(?:Error|Exception)\b"
)
_GOES_ON = re.compile(
    r"\s*(?:$|(?![-/:]\d)[^\w\s%]|(?:but|from|for|and|back|instead|got|not|as|when|if|here|to|while|however|rather|since|because|with|in|by|is|was|on|there|then|at|actual|too|again|still|now|please|only|exactly|of course|gives|returns|raises|yields|prints|shows|should|must|fails|crashes)\b)",
    re.IGNORECASE,
)
# After what seems a value: it is what does something, "I expect `f` to agree", or is asked to.
_DOES = re.compile(
    r"\s+(?:to (?!be (?:raised|returned|given|printed|shown|thrown)\b)|should\b|would\b|must\b|will\b|can\b)"
)
EMPTY = re.compile(
    r"empty[ -](string|str|list|dict(?:ionary)?|tuple|set)\b|空(字符串|列表|字典|元组|集合)", re.IGNORECASE
)
_WORDS = re.compile(r"(?:true|false|zero)\b", re.IGNORECASE)
_MEANT = {"true": "True", "false": "False", "zero": "0"}
_EMPTIES = {
    "string": "''", "str": "''", "list": "[]", "dict": "{}", "dictionary": "{}", "tuple": "()", "set": "set()",
    "字符串": "''", "列表": "[]", "字典": "{}", "元组": "()", "集合": "set()",
}  # fmt: skip


def ends_in_value(text: str) -> str:
    """The plain value that `text` ends in; "" for none."""
    found = list(_SIMPLE.finditer(text))[-1:]
    return (found[0][1] or found[0][0]).strip() if found and found[0].end() == len(text) else ""


def value_at(text: str) -> str:
    """The value that `text` begins with, perhaps after a few words such as "it to be"; "" for none."""
    lead = _LEAD.match(text)
    text = text[lead.end() if lead else 0 :][: _LONGEST_VALUE * 2]
    if empty := EMPTY.match(text):
        return _EMPTIES[(empty[1] or empty[2]).lower()]
    if (word := _WORDS.match(text)) and _GOES_ON.match(text[word.end() :]):
        return _MEANT[word[0].lower()]
    if text[:1] in "[{(":
        end = balanced(text)
        return text[:end] if end and is_literal(text[:end]) else ""
    if not (found := _SIMPLE.match(text)) or _DOES.match(text[found.end() :]):
        return ""
    if found[1]:
        is_counted = found[1].strip().isdigit() and not _GOES_ON.match(text[found.end() :])
        return "" if is_counted else found[1].strip()
    value = found[0].rstrip(".")
    return value if value[-1:] in "\"'" or _GOES_ON.match(text[len(value) :]) else ""


def is_call(text: str) -> bool:
    """Whether `text` is a Python expression that calls something."""
    try:
        return any(isinstance(node, ast.Call) for node in ast.walk(_expression(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def is_literal(text: str) -> bool:
    """Whether `text` is the source of a plain Python value."""
    try:
        ast.literal_eval(_expression(text))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return False
    return True


def _expression(text: str) -> ast.Expression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text[: 2 * _LONGEST_VALUE].strip(), mode="eval")


def balanced(text: str) -> int:
    """Where the bracket that `text` begins with is closed (the index after it); 0 when it is not."""
    depth, quote = 0, ""
    for at, char in enumerate(text[:_LONGEST_VALUE]):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
    return 0
