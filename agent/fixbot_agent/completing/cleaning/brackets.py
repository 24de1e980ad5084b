"""Brackets and quotes, balanced against what stands before and after the cursor."""

from fixbot_agent.completing.cleaning.draft import Reason, Refused
from fixbot_agent.completing.cleaning.lexemes import PAIRS, Nesting, Reader
from fixbot_agent.completing.cleaning.work import Work

_AHEAD = 4000  # characters after the cursor in which brackets are looked for


def balanced(work: Work) -> Work | Refused:
    """No closing bracket or quote twice, none missing."""
    reader = Reader(work.draft.language)
    before = reader.nesting(_statement(work.site.before))
    if before.comment or _in_docstring(work):
        return work  # prose has brackets and apostrophes of its own
    work = _closed_quote(work, reader, before)
    work = _not_doubled(work, reader, before)
    own = reader.nesting(work.text, before.quote)
    if own.crossed or len(own.closing) > len(before.opening):
        return Refused(Reason.BRACKETS)
    work = _completed(work, reader, own, before)
    return work if work.text.strip() else Refused(Reason.BRACKETS)


def _in_docstring(work: Work) -> bool:
    """Whether the cursor stands in a text of Python that goes over lines."""
    before = work.draft.data[: work.draft.offset]
    return work.draft.language == "python" and any(before.count(sign) % 2 for sign in (b'"""', b"'''"))


def _statement(before: str) -> str:
    """The end of `before` from the last line on that begins at the margin with a word: brackets open there or later."""
    lines = before.split("\n")
    for at in range(len(lines) - 1, -1, -1):
        if lines[at][:1].isalpha() or lines[at][:1] in ("_", "@", "$"):
            return "\n".join(lines[at:])
    return before


def _closed_quote(work: Work, reader: Reader, before: Nesting) -> Work:
    """A literal that the text leaves open is closed, and one that the rest of the line closes is not closed twice."""
    rest = work.rest
    if before.quote and rest.startswith(before.quote):
        # the editor has put the closing quote in already
        kept = work.text.removesuffix(before.quote)
        return work.told(kept) if kept != work.text and not reader.nesting(work.text, before.quote).quote else work
    nesting = reader.nesting(work.text, before.quote)
    if nesting.quote and nesting.quote != "`" and nesting.quote not in rest and not before.quote:
        return work.told(work.text.rstrip() + nesting.quote)
    return work


def _not_doubled(work: Work, reader: Reader, before: Nesting) -> Work:
    """The text without the closing brackets at its end that the rest of the line has, where both would be too many."""
    own = reader.nesting(work.text, before.quote)
    after = reader.nesting(work.rest.strip(), own.quote).closing
    surplus = len(own.closing) + len(after) - len(before.opening) - len(own.opening)
    newline = "\n" in work.text
    while surplus > 0 and own.closing and after:
        text = work.text.rstrip()
        if not newline and text[-1:] == own.closing[-1] and own.at[-1] == len(text) - 1:
            work = work.told(text[:-1])
        elif newline:
            return work.told(work.text, len(work.site.rest))  # the text brings its own end of the line
        else:
            return work.told(work.text[: own.at[-1]])
        own = reader.nesting(work.text, before.quote)
        surplus -= 1
    return work


def _completed(work: Work, reader: Reader, own: Nesting, before: Nesting) -> Work:
    """Closing brackets put in for those that the text opens and nothing closes; a line that ends behind an opening one is cut before it."""
    if not own.opening or own.quote:
        return work
    after = reader.nesting(work.site.after[work.taken : work.taken + _AHEAD]).closing
    open_before = len(before.opening) - len(own.closing)
    given = max(0, len(after) - open_before)  # of the brackets that follow, those left for ours
    missing = own.opening[: len(own.opening) - given] if given else own.opening
    if not missing:
        return work
    if "\n" in work.text or missing[-1] == "{":
        return _closed_block(work, missing)
    text = work.text.rstrip()
    closing = "".join(PAIRS[each] for each in reversed(missing))
    if (
        text.endswith((",", "=", "(", "[", ".", "+", "-", "*", "/", "%"))
        and not text.endswith(("()", "[]"))
        and text[-1] not in "(["
    ):
        text = text.rstrip(",").rstrip() if text.endswith(",") else text[: own.opened[0]].rstrip()
        closing = closing if work.text.rstrip().endswith(",") else ""
    return work.told(text + closing)


def _closed_block(work: Work, missing: tuple[str, ...]) -> Work:
    """A block that ends with its closing brackets on a line of their own, as deep as the cursor's line; one line of it is left as it is."""
    if "\n" not in work.text or work.draft.language == "python":
        return work
    closing = "".join(PAIRS[each] for each in reversed(missing))
    return work.told(f"{work.text.rstrip()}\n{work.site.indent}{closing}")
