"""The errors that sentences of an issue name: raised, wanted, missed, or only quoted."""

import re

_RAISES = re.compile(
    r"\b(?:rais(?:es?|ing)|throw(?:s|ing)?|\w+(?: up| out| down| off)? with|results? in|ends? (?:in|with)|gives?|get(?:s|ting)?|got)\b"
    r"[^.\n`]{0,40}?`?\b((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception))\b(?:: ?([^`\n]{1,200}))?"
)
_ENDS_IN_ERROR = re.compile(
    r"\b(?:fails?|failed|failing|raises?|raised|throws?|threw|crash(?:es|ed)?|ends?|ended|dies?|died|breaks?|gives?|results?|errors?|get|gets|got)\b"
    r"[^.`]{0,60}$",
    re.IGNORECASE,
)
_WORKS = re.compile(r"\b(?:works?|worked|is (?:fine|ok|right|correct))\b", re.IGNORECASE)
_NEXT_SENTENCE = re.compile(r"\.\s+(?=[A-Z])")
_NOT_RAISED = re.compile(
    r"\b(?:does not|doesn['’]t|do not|don['’]t|never|fails to|without) (?:rais(?:es?|ing)|throw(?:s|ing)?)\s+(?:an? |the |any )?"
    r"`?((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception))\b"
)
_WANTS_ERROR = re.compile(
    r"(?:should|must|expect\w*|instead of|rather than|better)\b[^.\n]{0,60}?\b(?:raise\w*|throw\w*|[A-Z]\w*(?:Error|Exception)|error|exception)\b",
)
_UNWANTED = re.compile(
    r"\b(?:should|must|ought|would)(?: not|n['’]t| never)(?: to)? (?:rais\w+|throw\w*|fail with|crash with|end (?:in|with)|give|result in)\s+"
    r"(?:an? |the |any )?`?((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception))\b",
    re.IGNORECASE,
)
_QUOTED_ERROR = re.compile(r"([`\"])((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)): [^`\"\n]*\1")


def raised(text: str) -> str:
    """The error that `text` says in passing to be raised, "TypeError: no len"; "" where it may be one that is wanted."""
    if error := unwanted(text):
        return error
    found = None if _WANTS_ERROR.search(text) or _NOT_RAISED.search(text) else _RAISES.search(text)
    said = _NEXT_SENTENCE.split(found[2].strip().rstrip('"'), maxsplit=1)[0] if found and found[2] else ""
    return (found[1] + (f": {said}" if said else "")) if found else ""


def unwanted(text: str) -> str:
    """The error that `text` says should not be raised; "" for none."""
    found = _UNWANTED.search(text)
    return found[1] if found else ""


def not_raised(sentence: str) -> str:
    """The error that `sentence` misses, "does not raise ValueError"; "" for none."""
    found = _NOT_RAISED.search(sentence)
    return found[1] if found else ""


def ends_in_error(sentence: str) -> bool:
    """Whether `sentence` leads over to the error that a call ends in: "`f(1)` fails with"."""
    return bool(_ENDS_IN_ERROR.search(sentence)) and not _WANTS_ERROR.search(sentence) and not _WORKS.search(sentence)


def without_messages(sentence: str) -> str:
    """`sentence` without what quoted errors say: "(expected 3)" in a message is nobody's wish."""
    return _QUOTED_ERROR.sub(lambda found: found[2] if found[1] == '"' else f"`{found[2]}`", sentence)
