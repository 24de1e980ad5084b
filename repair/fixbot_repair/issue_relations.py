"""Relations that an issue states between the results that it shows: the same, back again, unchanged, only once, there, in order.

No value is told then; what should come follows from what is shown. Each is a goal only where what is shown comes.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from fixbot_repair import issue_calls as calls
from fixbot_repair.issue import Expectation
from fixbot_repair.issue_claims import numbered
from fixbot_repair.issue_results import Shown, bound_before, kept_before_last
from fixbot_repair.issue_source import parsed
from fixbot_repair.issue_values import is_literal

_WORD = r"[`\"']?(\b[\w-]{2,40})[`\"']?"
_SHOULD = r"(?:\b(?:should|must|ought to|supposed to|need(?:s|ed)? to|ha(?:s|ve) to|want(?:ed)? (?:it |them )?to|would like|expect(?:ed|s|ing)?)\b|\bI['’]d like\b)"
_NOT = r"(?:\bnot\b|n['’]t\b|\bnever\b)"
_SAME = re.compile(
    rf"{_SHOULD}[^.]{{0,80}}?\b(?:the same|equal|identical|alike|agree|match|no difference|true)\b", re.IGNORECASE
)
_UNLIKE = re.compile(rf"\bshould ?{_NOT}[^.]{{0,30}}?\b(?:the same|equal|identical|match|true)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:both|the two|two|they|these|those|all|each|every time|as (?:the|for the|in the) (?:first|other|one)|the other|(?:the )?second (?:call|time|one))\b",
    re.IGNORECASE,
)
_AS_FIRST = re.compile(r"\bsecond\b[^.]{0,60}?\b(?:the same|equal|identical)\b[^.]{0,20}?\bfirst\b", re.IGNORECASE)
_BACK = re.compile(
    r"\b(?:round[- ]?trip\w*|(?:come|comes|came|coming) back|(?:get|gets|got|give|gives|return|returns)\b[^.]{0,40}\bback|surviv\w+|restore[sd]?)\b",
    re.IGNORECASE,
)
_FAILS = re.compile(rf"(?:{_NOT}|\bfails? to\b|{_SHOULD})", re.IGNORECASE)
_UNCHANGED = re.compile(
    rf"{_SHOULD}[^.]{{0,40}}?(?:{_NOT} (?:be |get |also )?(?:chang|modif|alter|mutat|touch|affect|reorder|sort|shuffl|lose)\w*"
    r"|\b(?:leave|leaves|left|keep|kept|stay|stays|remain|remains|be|still)\b[^.]{0,40}?\b(?:as (?:it|they) (?:is|are|was|were)|alone|untouched|unchanged|unmodified|intact))\b",
    re.IGNORECASE,
)
_ONCE = re.compile(
    rf"(?:\b(?:only|just|exactly) (?:\w+ ){{0,2}}?(?:once|one)\b|\bno (?:duplicate|repetition)s?\b|{_SHOULD}[^.]{{0,40}}?(?:\bonce\b|{_NOT}[^.]{{0,30}}?\b(?:twice|again|repeat\w*|duplicat\w*)))",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\b(?:twice|two times|doubled?|duplicat\w+|repeat\w*|repetitions?)\b", re.IGNORECASE)
_MISSING = re.compile(
    r"(`[^`\n]{1,100}`|\"[^\"\n]{1,100}\"|'[^'\n]{1,100}')\s+(?:is|are) (?:missing|lost|left out|not) (?:from|in|of)\s+(?:the (?:result|output|return value) of\s+)?it\b"
)
_ORDER = re.compile(
    rf"(?:{_SHOULD}[^.]{{0,60}}?\border\b|\border\b[^.]{{0,40}}?{_SHOULD}[^.]{{0,40}}?\b(?:kept|keep|preserved?|same|respected)\b)",
    re.IGNORECASE,
)
_PRECEDES = re.compile(
    rf"{_WORD} (?:(?:should|must) )?(?:come|comes|be|is|stand|stands|go|goes|appear|appears|be listed|be sorted)(?: \w+)? (before|after|above|below) {_WORD}",
    re.IGNORECASE,
)
_KEPT = "_before"


def related(shown: Sequence[Shown], sentences: Sequence[str]) -> tuple[Expectation, ...]:
    """What the first relation that a sentence states, and that what is shown does not hold, says should come."""
    said = tuple(s for s in sentences if len(s) < 2000)
    for tell in (_numbered, _compared, _the_same, _back, _unchanged, _once, _missing, _ordered, _before):
        if found := tuple(tell(shown, said)):
            return found
    return ()


Tell = Callable[[Sequence[Shown], Sequence[str]], Iterator[Expectation]]


def _numbered(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """What stands in the place of "the first should be `1` and the second `2`", counted over the results that are shown."""
    for sentence in said:
        places = [(at if at >= 0 else len(shown) - 1, value) for at, value in numbered(sentence)]
        if places and all(0 <= at < len(shown) for at, _ in places):
            for at, value in places:
                one = shown[at]
                if one.output.strip() != value:
                    yield Expectation(one.expression, value, one.output, one.setup, is_strict=bool(one.output))
            return


def _compared(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """A comparison that comes out as it should not: `a == b` is False, and they should be equal, or come back as they were."""
    for one in reversed(shown):
        body = parsed(one.expression)
        node = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or one.output.strip() not in ("True", "False"):
            continue
        is_alike = (one.output.strip() == "True") == isinstance(node.ops[0], ast.Eq | ast.Is | ast.In)
        wants_alike = any((_SAME.search(s) and not _UNLIKE.search(s)) or _is_back(s) for s in said)
        wants_unlike = any(_UNLIKE.search(s) for s in said)
        if wants_alike is not wants_unlike and wants_alike is not is_alike:
            yield _opposite(one)
            return


def _opposite(one: Shown) -> Expectation:
    value = "False" if one.output.strip() == "True" else "True"
    return Expectation(one.expression, value, one.output.strip(), one.setup, is_strict=True)


def _the_same(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """Two results that should be one: those that a sentence names, else the last two that are shown of one function."""
    for sentence in said:
        if not _SAME.search(sentence) or _UNLIKE.search(sentence):
            continue
        named = [call for call, _ in calls.results(sentence)]
        pair = next(((a, b) for a, b in pairwise(shown) if [a.expression, b.expression] == named[:2]), None)
        if pair is None and len(named) != 2 and not _SEVERAL.search(sentence):
            continue
        alike = [(a, b) for a, b in pairwise(shown) if _callee(a.expression) == _callee(b.expression) != ""]
        unlike = [(a, b) for a, b in alike if a.output.strip() != b.output.strip()]
        pair = pair or (unlike[-1] if len(unlike) == 1 else None)
        if pair is None and len(named) == 2 and not alike:  # nobody says what they give
            yield Expectation(named[1], named[0], "", shown[-1].setup if shown else ())
            return
        if pair and pair[0].output and pair[1].output:
            first, second = pair
            if _AS_FIRST.search(sentence) and is_literal(first.output):
                yield Expectation(second.expression, first.output, second.output, second.setup, is_strict=True)
                return
            setup = bound_before(second.setup, first.expression, _KEPT)
            seen = ((_KEPT, first.output),)
            yield Expectation(second.expression, _KEPT, second.output, setup, is_strict=True, seen=seen)
            return


def _back(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """What goes through two calls, there and back, should be what it was."""
    if any(_is_back(s) for s in said):
        for one in reversed(shown):
            if (source := _innermost(one.expression)) and one.output.strip() != source:
                yield Expectation(one.expression, source, one.output, one.setup, is_strict=bool(one.output))
                return


def _is_back(sentence: str) -> bool:
    return bool(_BACK.search(sentence) and _FAILS.search(sentence))


def _unchanged(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """What an example made and shows again after a call should be what it was before the call."""
    if any(_UNCHANGED.search(s) for s in said):
        for one in reversed(shown):
            if not one.output or not _is_plain(one.expression):
                continue
            if setup := kept_before_last(one.setup, one.expression, _KEPT):
                yield Expectation(one.expression, _KEPT, one.output, setup, is_strict=True)
                return


def _once(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """What is shown without what it holds twice."""
    if any(_ONCE.search(s) for s in said) and any(_TWICE.search(s) for s in said):
        for one in reversed(shown):
            if is_literal(one.output):
                yield from _without_twins(one)
                return
            lines = one.output.strip().split("\n")
            if len(set(lines)) < len(lines):
                yield Expectation(
                    one.expression, "\n".join(dict.fromkeys(lines)), one.output, one.setup, is_strict=True
                )
                return


def _without_twins(one: Shown) -> Iterator[Expectation]:
    """The items of a list once each; in which place is told only where the twins stand side by side."""
    value = ast.literal_eval(one.output.strip())
    if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
        return
    single = list(dict.fromkeys(value))
    if len(single) < len(value):
        apart = any(value.count(item) > 1 and not _stand_together(value, item) for item in single)
        made, wanted = (one.expression, repr(single))
        if apart:
            made, wanted = f"sorted({one.expression}, key=repr)", repr(sorted(single, key=repr))
        yield Expectation(
            made, wanted, repr(sorted(value, key=repr)) if apart else one.output, one.setup, is_strict=True
        )


def _stand_together(value: Sequence[object], item: object) -> bool:
    places = [at for at, other in enumerate(value) if other == item]
    return places[-1] - places[0] == len(places) - 1


def _missing(_: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """What "`x` is missing from `f(1)`" asks for."""
    for sentence in said:
        call, rest = calls.call(sentence)
        found = _MISSING.search(rest) if call else None
        if found:
            text = found[1].strip("`")
            yield Expectation(
                f"{text if is_literal(text) else repr(text)} in {call}", "True", "False", (), is_strict=True
            )
            return


def _ordered(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """The items of a list in the order in which the example writes them."""
    if any(_ORDER.search(s) for s in said):
        for one in reversed(shown):
            value = ast.literal_eval(one.output.strip()) if is_literal(one.output) else None
            if not isinstance(value, list):
                continue
            orders = [items for items in _written((*one.setup, one.expression)) if _is_reordered(items, value)]
            if len({repr(items) for items in orders}) == 1:
                yield Expectation(one.expression, repr(orders[0]), one.output, one.setup, is_strict=True)
                return


def _before(shown: Sequence[Shown], said: Sequence[str]) -> Iterator[Expectation]:
    """Of two words of a result, the one that should come first."""
    for sentence in said:
        for found in _PRECEDES.finditer(sentence) if re.search(_SHOULD, sentence, re.IGNORECASE) else ():
            words = (found[1], found[3]) if found[2].lower() in ("before", "above") else (found[3], found[1])
            one = next((s for s in reversed(shown) if all(_count(s.output, word) == 1 for word in words)), None)
            if one and one.expression and one.output.index(words[0]) > one.output.index(words[1]):
                asked = f"(lambda text: text.index({words[0]!r}) < text.index({words[1]!r}))(str({one.expression}))"
                yield Expectation(asked, "True", "False", one.setup, is_strict=True)
                return


def _count(text: str, word: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def _is_reordered(items: Sequence[object], value: Sequence[object]) -> bool:
    return list(items) != list(value) and sorted(map(repr, items)) == sorted(map(repr, value)) and len(value) > 1


def _written(sources: Sequence[str]) -> Iterator[list[object]]:
    """Lists and tuples that are written out, and the keys of dictionaries."""
    for source in sources:
        for node in (node for one in parsed(source) for node in ast.walk(one)):
            items = node.elts if isinstance(node, ast.List | ast.Tuple) else []
            items = [key for key in node.keys if key] if isinstance(node, ast.Dict) else items
            if items and all(isinstance(item, ast.Constant) for item in items):
                yield [ast.literal_eval(item) for item in items]


def _callee(expression: str) -> str:
    body = parsed(expression)
    node = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _is_plain(expression: str) -> bool:
    """Whether `expression` only names something."""
    body = parsed(expression)
    kinds = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Expr, ast.expr_context)
    return len(body) == 1 and all(isinstance(node, kinds) for node in ast.walk(body[0]))


def _innermost(expression: str) -> str:
    """What goes into two or more nested calls, "x" of "load(dump(x))" and of "load(x.dump())"; "" for anything else."""
    body = parsed(expression)
    node: ast.AST | None = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    depth = 0
    while isinstance(node, ast.Call):
        depth += 1
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        node = node.args[0] if node.args else receiver
    return ast.unparse(node) if depth > 1 and node is not None else ""
