"""The words of an issue that tell what should come from what does come."""

import re
from enum import Enum, auto

from fixbot_repair.issue_values import EMPTY, ends_in_value, is_literal, value_at

_NO = r"(?:\bnot|n't|n’t|\bnever|\bas|\bun|\bthan|\binstead of(?: the)?|\bwithout|不|没|非|未)\W*(?:(?:be|what|the|i|was|is)\W+){0,3}$"
_NEGATED = re.compile(_NO, re.IGNORECASE)
_UNLIKE = re.compile(
    r"\b(?:wrong|incorrect|differs?|different|unexpected|bug|mismatch|fails?|not|never|nonsense|no longer)\b|n't|不|错",
    re.IGNORECASE,
)
EXPECTED = re.compile(
    r"(?:\b(?:expect(?:ed|ing)? (?:(?!\bnot\b|\bnever\b)[^.;,:\n`]){1,50}? to(?: still| always)? (?:be|return|give|print|yield|equal|stay|remain|keep)"
    r"|expect(?:ed|s|ing)?|desired|(?:correct|right|proper) (?:(?:output|result|value|answer|one|would be)|(?:\w+ ){1,2}?(?:is|would be|should be))|what (?:i|we)(?:['’]d)? (?:need|want|expect|like)(?:ed)?(?: to (?:get|see|have))? (?:is|are|was|would be)|want(?:ed)?|used to (?:be|return|give|print|yield|show)"
    r"|(?:(?:i|we)['’]d|(?:i|we) would) (?:rather|prefer(?: to)?|like to|love to) (?:have|get|see)"
    r"|(?:i['’]d|i would) have (?:thought|guessed|said)(?: (?:that|it|this))?(?:['’]s| is| was| would be| to be)?|(?:i['’]d|(?:i|we) would) say (?:that )?(?:[\w ]{1,30} )?(?:is|should be|would be)|(?:please|should|let['’]s) make (?:it|this|that)"
    r"|(?:docs?|documentation|docstring|readme|manual|guide|specification|standard) (?:says?|shows?|has|promises?|states?|wants?)"
    r"|(?:could|can|would) (?:it|this|that|you)(?: please)? (?:say|return|give|show|print|read)"
    r"|ideally\b[^.]{0,30}?\b(?:would|could) (?:be|return|give|yield|print|output|produce)"
    r"|(?:should|must|ought to|has to|have to|(?:is|are) supposed to)(?: (?!not\b|never\b|no\b)\w+){0,2}?(?: have)? (?:be|been|return(?:ed)?|give[n]?|print(?:ed)?|output|yield|produce|evaluate to|equal|raise"
    r"|read|look like|keep|kept|stay(?:ed)?|remain(?:ed)?|become|shown|said|come out(?: as)?|say|show))\b"
    r"|(?:期望|预期|期待|应该|应当|应为|应返回|应输出|正确(?:的)?(?:结果|输出|值)))[:：,，\s]{0,4}",
    re.IGNORECASE,
)
ACTUAL = re.compile(
    r"(?:(?<!to )\b(?:got|gets?|gave|actual(?:ly)?|observed|current(?:ly)?|returned|returns|gives|prints|printed|(?:it|this|that|which) (?:shows|says|displays|reads)|(?:i|we) (?:see|saw)|result(?:s|ed) in|yields|produces|outputs|evaluates to|comes out as|ends up as|turns into"
    r"|instead(?: of that)? (?:it )?(?:returns|gives|prints)|but (?:it )?(?:is|was))\b|^\W*(?:the )?(?:output|result)(?=\s*[:=])|^\s*(?:=>|->|→|==>)"
    r"|(?:实际|得到|却返回|但返回|却是|返回了|输出了|当前))[:：,，\s]{0,4}",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"\b(?:docs?|documentation|docstring|readme|manual|specification)\b[^.]{0,40}\b(?:says?|shows?|promises?|claims?|gives?)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:the )?(?:(expected|desired|correct|what (?:did )?(?:i|we|you) expect|what should|should be|期望|预期|正确)"
    r"|(actual|current|observed|what (?:actually )?happens|what (?:(?:actually )?happened|(?:did )?(?:i|we|you) (?:get|got|see|saw|observe))|实际|当前))",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    r"(?:(?:this|that|these|the above|which|above)(?:'s| is| are| would be| was) (?:what (?:it|this|that|one|i|we|you|the \w+)?\s?"
    r"(?:should (?:be|return|give|print|output|come|look like)|(?:would |'d )?expect(?:ed)?|(?:is|was) supposed to \w+)(?: out)?\s*(?:$|[.,!])"
    r"|(?:the )?(?:expected|correct|right|desired)(?: (?:output|result|value|answer|one|behaviou?r))?\s*(?:$|[.,!]))"
    r"|(?:这|以上)\S{0,4}(?:是|为)(?:应有|期望|预期|正确)的?(?:结果|输出|值|行为)?[。.!！]?$)",
    re.IGNORECASE,
)
# What may stand between words of expectation and the end of a label; anything else tells of something other than the block.
_TAIL = re.compile(
    r"(?:\W|(?:it|this|that|to|be|been|see|get|return(?:s|ed)?|gives?|print(?:s|ed)?|is|was|the|following|as|follows|something|like|instead|here|of|for"
    r"|same|call|input|session|output|result|value|answer|behaviou?r|below|have|in|python|结果|输出|值|行为|返回|的|是|为)(?![A-Za-z])){0,40}",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\n(?=(?:[-*•]|\d{1,2}[.)])\s|[\s*_-]{0,6}(?:(?:expected|actual|desired|observed|got|input|output|result)\b|期望|预期|实际))",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(?<![\w*])\*\*([^*`\n]{1,60}?)(?::\*\*|\*\*:)")
_BLANKS = re.compile(r"(`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\")|\s+")
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\bi\.e\.)(?<!\be\.g\.)(?<!\bvs\.)\s+|(?<=[。！？])", re.IGNORECASE)


_ASIDE = re.compile(r"([\w`]+) ?\((?:it|this|that|which) (?:should|must|ought)\b[^()\n]{1,200}\)")
_RESULT = re.compile(r"(?:results?|outputs?|values?|answers?|`.*)", re.IGNORECASE)
_PART = re.compile(
    r"\bexpect(?:ed|s|ing)? (?:the|its) [`\"']?([A-Za-z_]\w{0,60})[`\"']?(?: \w+)? to (?:be|have been|stay|remain|equal)\b"
)
_WHOLE = frozenset(
    ["result", "output", "value", "answer", "return", "call", "function", "method", "last", "first", "second", "whole"]
)
_OF_IT = re.compile(
    r"\b(?:it|this|that) (?:should|must|ought to|has to|to be|is supposed)\b|\b(?:make|could|can|would) (?:it|this|that)\b",
    re.IGNORECASE,
)
_OF_THE_CALL = re.compile(
    r"(?:but |so |and |instead,? |here )?(?:i\b|we\b|it\b|this\b|that\b|expected\b|should\b|ideally\b|the (?:call|function|method|result|output|return value)\b)",
    re.IGNORECASE,
)
_IS_NOW = re.compile(
    r"\bit(?:\s*(?:->|=>|→|==)| (?:(?:then|now|still|only|always|just|simply) )?(?:is|was|becomes?|became|contains?|holds?|has become|reads|says|shows|reports|lists|comes? (?:out|back)(?: as)?|(?:is|was|gives) \w+ \())(?: (?:now|then|just|only))?"
    r"(?:(?=[:：]? (?:[`\[({\"'\d-]|True|False|None))[:：]?\s|(?<=\()(?=[`\[({\"'\d-]|True|False|None))",
    re.IGNORECASE,
)
_TOLD_OF = re.compile(
    r"\bit (?:gives?|returns?|prints?|contains?|has|shows?|is|yields?)\b[^`:.]{1,40}:\s(?=[`\[({\"'\d-])"
)
_NAMELY = re.compile(
    r"\b(?:should|expect\w*|wanted|need|please|ought to|must|i(?:'d| would) like)\b[^`]{0,200}?(?:[:：]|,? \b(?:i\.e\.|that is|namely|viz\.),?)\s+"
    r"(?=[`\[({\"'\d-]|True|False|None)",
    re.IGNORECASE,
)
# A value that words before it say to be what comes, or what should: "3 instead of 4", "4 is expected".
_INSTEAD = re.compile(
    r"\b(?:instead of|rather than|and not)\s+(?:the (?:expected|correct|right) |(?:rais|throw)ing (?:an? )?)?",
    re.IGNORECASE,
)
_COMES = re.compile(
    r"\b(?:gives?|gave|returns?|returned|yields?|yielded|prints?|printed|produces?|produced|shows?|evaluates to|becomes?|is|was|are|comes? out|got|gets?|outputs?)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:us(?:e|ing)|prefer|replac\w+|set|pass\w*|can|could|may|might|want|need|please|let|try|instead of (?!rais|throw)\w+ing\b)\b",
    re.IGNORECASE,
)
_WAS_EXPECTED = re.compile(
    r"(`[^`\n]{1,300}`|([\"'])[^\"'\n]{1,300}\2|-?\d[\w.]{0,40}|\bTrue|\bFalse|\bNone|(?<!\w)[\[({][^`\n]{0,200}[\])}])\s+(?:is|was|were|would be|being)\s+(?:the )?(?:(expected|desired|what (?:i|we)(?: would|['’]d)? (?:expect\w*|want\w*|need\w*))|correct|right|better)\b",
    re.IGNORECASE,
)
_PLEASE = re.compile(r"(`[^`\n]{1,300}`|(?<!\w)([\"'])[^\"'\n]{1,300}\2|-?\d[\w.]{0,40}),? please\b")
_PASSIVE = re.compile(
    r"(`[^`\n]{1,300}`|\b(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)\b|\bTrue|\bFalse|\bNone)\s+(?:should|must|ought to|has to)(?: \w+ly)? (?:(?:be|have been) "
    r"(?:raised|thrown|returned|printed|given|shown|left|there|the (?:result|output|answer|value))|come out|come back|be what (?:i|we) get|result|remain)\b"
)
_WOULD_BE = re.compile(
    r"\s+(?:would|should|ought to) be (?:right|correct|better|returned|expected|what|the (?:right|correct))\b",
    re.IGNORECASE,
)


_ASKS = re.compile(
    r"\b(?:is|are|was|were)\b[^.?!]{0,60}\b(?:supported|intended|intentional|expected|allowed|on purpose|by design|a bug or|meant)\b[^.!]{0,80}\?",
    re.IGNORECASE,
)
_LEADS = re.compile(r"\b(?:output|result|answer|return value)(?: then| now)? (?:is|was)$", re.IGNORECASE)
_VERSION = re.compile(r"(?<![\w.])v?\.?(\d{1,4}(?:\.\d{1,4}){1,3})(?![\w.]*\w)")


class Role(Enum):
    """What a piece of an issue shows."""

    EXPECTED = auto()
    ACTUAL = auto()
    UNSAID = auto()


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, each on one line; what is quoted keeps its blanks."""
    whole = _LABELLED.sub("\0", _BOLD.sub(r"\1:", paragraph))
    parts = (_BLANKS.sub(lambda found: found[1] or " ", part).strip() for part in whole.split("\0"))
    return [s for part in parts for s in _SENTENCE.split(part) if s]


def introduces(paragraph: str) -> Role:
    """What the end of `paragraph` says of the block below it."""
    last = sentences(paragraph)[-1:] or [""]
    text = paragraph.rsplit("\n", maxsplit=1)[-1] if paragraph.rstrip().endswith((":", "：")) else last[0]
    role = heading(text)
    ends = ends_telling(text) or _LEADS.search(text) is not None
    if role is not Role.UNSAID or not (ends or text.rstrip(" *_").endswith((":", "："))):
        return role
    wanted = [
        m.end()
        for m in EXPECTED.finditer(text)
        if not _NEGATED.search(text[: m.start()]) and _TAIL.fullmatch(text[m.end() : m.end() + 120])
    ]
    wanted += [m.end() for m in _SAYS_SO.finditer(text)]
    shown = [m.end() for m in (*ACTUAL.finditer(text), *_LEADS.finditer(text))]
    if not wanted or _UNLIKE.search(text):
        return Role.ACTUAL if shown else Role.UNSAID
    return Role.EXPECTED if max(wanted) > max(shown, default=0) or _SAYS_SO.search(text) else Role.ACTUAL


def heading(paragraph: str) -> Role:
    """What a heading or label ("Expected behavior", "**Actual:**") says of all that follows it."""
    text = paragraph.strip(" #*_:：-\t")
    found = _HEADING.match(text)
    if "\n" in text or not found or len(text.split()) > 7 or len(text) > 60 or _UNLIKE.search(text):
        return Role.UNSAID
    if stated(EXPECTED, text) or stated(ACTUAL, text):  # a sentence of its own
        return Role.UNSAID
    return Role.EXPECTED if found[1] else Role.ACTUAL


def confirms(paragraph: str) -> bool:
    """Whether `paragraph` says of the block above that it shows what should come."""
    first = (sentences(paragraph) or [""])[0]
    return bool(_CONFIRMS.match(first)) and not _UNLIKE.search(first) and not stated(EXPECTED, first)


def stated(pattern: re.Pattern[str], sentence: str) -> str:
    """The value that `sentence` names after words of `pattern`, as source text; "" for none."""
    for found in pattern.finditer(sentence):
        is_quoted = sentence.count("`", 0, found.start()) % 2 == 1
        if (
            not is_quoted
            and not _NEGATED.search(sentence[: found.start()])
            and (value := value_at(sentence[found.end() :]))
        ):
            return value
    return ""


def ends_telling(text: str) -> bool:
    """Whether `text` leads over to a value: "it gives ", "the manual has "."""
    return any(found.end() == len(text) for pattern in (EXPECTED, ACTUAL) for found in pattern.finditer(text))


def version(paragraph: str) -> tuple[int, ...] | None:
    """The one version that the last line of `paragraph` names, if it introduces what is below."""
    text = paragraph.rsplit("\n", maxsplit=1)[-1]
    found = {m[1] for m in _VERSION.finditer(text)}
    return (
        tuple(map(int, found.pop().split("."))) if len(found) == 1 and text.rstrip(" *").endswith((":", "：")) else None
    )


def instead(sentence: str) -> tuple[str, str]:
    """The values of "3 instead of 4": what should come and what does; "" where the sentence does not name them."""
    found = _INSTEAD.search(sentence)
    before = sentence[: found.start()].rstrip(" ,") if found else ""
    if found is None or _ADVICE.search(sentence) or not (_COMES.search(before) or ends_in_value(before)):
        return "", ""
    return value_at(sentence[found.end() :]), ends_in_value(before)


def was_expected(sentence: str) -> str:
    """The value of "4 is expected"; "" where the sentence names none. What "is right" but no value is a thing: "`overlap` is right"."""
    if passive := _PASSIVE.search(sentence) or _PLEASE.search(sentence):
        return passive[1].strip("`")
    for empty in EMPTY.finditer(sentence):
        if _WOULD_BE.match(sentence[empty.end() :]):
            return value_at(empty[0])
    found = _WAS_EXPECTED.search(sentence)
    if not found or _NEGATED.search(sentence[: found.start()]):
        return ""
    value = found[1].strip("`")
    if value[:1] in "[({":  # it may begin at a later bracket
        starts = [m.start() for m in re.finditer(r"[\[({]", value)]
        value = next((value[at:] for at in starts if is_literal(value[at:])), "")
    return value if value and (found[3] or is_literal(value)) else ""


def is_now(rest: str) -> str:
    """The plain value that "it" is said to be, "it is `[1, 2]` at the moment"; "" for none."""
    found = _IS_NOW.search(rest) or _TOLD_OF.search(rest)
    value = value_at(rest[found.end() :]) if found else ""
    return value if is_literal(value) else ""


def namely(sentence: str) -> str:
    """The plain value that ends a sentence of expectation, "It should come first, that is `[1, 2]`"; "" for none."""
    found = _NAMELY.search(sentence)
    if not found or _NEGATED.search(sentence[: found.start()]) or _UNLIKE.search(found[0]):
        return ""
    value = value_at(sentence[found.end() :])
    ends = sentence[found.end() :].strip().strip("`").rstrip(".!`").strip() == value.strip()
    return value if ends and is_literal(value) else ""


def without_asides(sentence: str) -> str:
    """`sentence` without brackets that speak of the thing named just before them, not of what comes: "the inner part (it
    should be `A`)".
    """
    return _ASIDE.sub(lambda found: found[0] if _RESULT.fullmatch(found[1]) else found[1], sentence)


def part(sentence: str) -> str:
    """The thing of which `sentence` tells what it should be, "name" of "I'd expect the name to be `x`"; "" for the whole."""
    found = _PART.search(sentence)
    return found[1] if found and found[1].lower() not in _WHOLE else ""


def asks(sentence: str) -> bool:
    """Whether `sentence` asks if what comes is meant to come."""
    return bool(_ASKS.search(sentence))


def speaks_of_call(sentence: str) -> bool:
    """Whether `sentence` goes on about the call of the sentence before: "I'd expect None", "it should return None"."""
    return bool(_OF_THE_CALL.match(sentence) or _OF_IT.search(sentence))
