"""What a model says beside the code: chat, fences, tokens of its template, and its own prompt over again."""

import re

from fixbot_agent.completing.cleaning.draft import Reason, Refused
from fixbot_agent.completing.cleaning.work import Work

_FENCE = re.compile(r"^[ \t]*(```|~~~)[\w+#.-]*[ \t]*$", re.MULTILINE)
_TOKEN = re.compile(
    r"<\|[A-Za-z_▁]+\|>|<｜[^｜\n]{1,40}｜>|</?fim[_-]\w+>|</?s>|[ ]?<(?:PRE|SUF|MID|EOT|END|EOS)>|\[/?INST\]|<</?SYS>>|<filename>|<reponame>"
    r"|<file_sep>|<jupyter_\w+>"
)
_MIDDLE = re.compile(r"mid|hole|assistant|INST", re.IGNORECASE)  # tokens after which the answer begins
_OPENING = re.compile(
    r"(?:sure|certainly|of course|okay|ok|absolutely|great|here(?:'s| is| are)|below is|the (?:completed|following|missing|corrected|updated|rest)"
    r"|to (?:complete|implement|finish)|you can|we can|let(?:'s| us| me)|i(?:'ve| have|'ll| will| would|'d| can))\b[^=(){}\[\];]*[:.!,]\s*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:this (?:code|function|method|implementation|completion|will|should|snippet|line|version)|explanation\b|note(?: that)?[:,]"
    r"|in this (?:code|example|version)|let me know|i hope|hope this|please (?:note|let)|the (?:above|code|function|completed)\b.* (?:is|will|does|returns|uses)"
    r"|here(?:'s| is) (?:a|an|the|how|what)|feel free)[^=(){}\[\];]*$",
    re.IGNORECASE,
)
_DECLINED = re.compile(
    r"\s*(?:i(?:'m| am) (?:sorry|unable|afraid|not able)|sorry,|as an ai\b|i can(?:'t|not)\b|i apologi[sz]e|unfortunately,? i\b)", re.IGNORECASE
)  # fmt: skip
_WORD = re.compile(r"\w+\Z")


def without_chat(work: Work) -> Work | Refused:
    """The code alone: of a fenced answer what stands in the fence, else without sentences around it."""
    if _DECLINED.match(work.text):
        return Refused(Reason.CHAT)
    fences = list(_FENCE.finditer(work.text))
    lines = (_fenced(work.text, fences) if fences else work.text).split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if _OPENING.match(lines[first].strip()):
        lines = lines[first + 1 :]
        while lines and not lines[0].strip():
            del lines[0]
    end = next(
        (at for at in range(1, len(lines)) if not lines[at - 1].strip() and _CLOSING.match(lines[at])), len(lines)
    )
    if lines and _CLOSING.match(lines[0].strip()) and " " in lines[0].strip():
        end = 0
    text = "\n".join(lines[:end])
    return work.told(text) if text.strip() or not work.text.strip() else Refused(Reason.CHAT)


def _fenced(text: str, fences: list[re.Match[str]]) -> str:
    first = fences[0]
    if text[: first.start()].strip() and len(fences) == 1 and first[0].strip() in ("```", "~~~"):
        return text[: first.start()].rstrip("\n")  # the fence closes what the prompt opened
    end = fences[1].start() if len(fences) > 1 else len(text)
    return text[first.end() : end].removeprefix("\n").rstrip("\n")


def without_tokens(work: Work) -> Work:
    """The text up to the first token of a template, and from the last that says where the middle begins; a file about such tokens has them."""
    text = work.text
    own = [t for t in _TOKEN.finditer(text) if t[0].strip().encode() not in work.draft.data]
    leading = [t for t in own if _MIDDLE.search(t[0]) and not text[: t.start()].strip()]
    start = leading[-1].end() if leading else 0
    while own and own[0].start() < start:
        del own[0]
    while own and not text[start : own[0].start()].strip():  # tokens at the very beginning say nothing
        start = own.pop(0).end()
    return work.told(text[start : own[0].start() if own else len(text)])


def without_echo(work: Work) -> Work:
    """The text without what stands before the cursor, or was given as context, told over again at its beginning."""
    text = _without_lines(work.text, [*work.site.above, work.site.head])
    if work.draft.context:
        text = _without_context(text, work.draft.context)
    return work.told(_without_head(work, text))


def _without_lines(text: str, lines: list[str]) -> str:
    """`text` without the last lines before the cursor (two at the least, the last of them the cursor's own) at its beginning."""
    told = text.lstrip("\n").split("\n")
    own = [line.strip() for line in lines if line.strip()]
    for count in range(min(len(told), len(own)), 1, -1):
        tail = own[-count:]
        whole = [line.strip() for line in told[: count - 1]] == tail[:-1]
        if whole and told[count - 1].strip().startswith(tail[-1]):
            first = told[count - 1].lstrip().removeprefix(tail[-1])
            # a cursor on an empty line has no head of its own: the next line begins there
            rest = told[count:] if not first and not lines[-1].strip() else [first, *told[count:]]
            return "\n".join(rest)
    return text


def _without_context(text: str, context: str) -> str:
    """`text` without the lines at its beginning, two at the least, that follow each other in `context`."""
    given = [line.strip() for line in context.split("\n")]
    lines = text.split("\n")
    first = lines[0].strip()
    best = 0
    for at in (i for i, line in enumerate(given) if line and line == first):
        count = 0
        while at + count < len(given) and count < len(lines) and given[at + count] == lines[count].strip():
            count += 1
        best = max(best, count)
    return "\n".join(lines[best:]) if best >= 2 and any(line.strip() for line in lines[best:]) else text


def _without_head(work: Work, text: str) -> str:
    head, start = work.site.head.strip(), text.lstrip()
    if not head or not start:
        return text
    if len(head) >= 4 and start.startswith(head) and len(start) > len(head):
        return _joined(work.site.head, start[len(head) :])
    word = _WORD.search(work.site.head)
    first = re.match(r"\w+", text)
    if word and first and len(word[0]) >= 2 and first[0].startswith(word[0]) and len(first[0]) > len(word[0]):
        known = work.draft.names() if work.draft.names else ()
        return text if word[0] + first[0] in known else text[len(word[0]) :]
    return text


def _joined(head: str, text: str) -> str:
    return text.lstrip(" ") if head.endswith((" ", "\t")) else text
