"""What the rest of the line and the next lines already say is not said again."""

from fixbot_agent.completing.cleaning.draft import Reason, Refused
from fixbot_agent.completing.cleaning.lexemes import CLOSERS, alike, is_telling, lexemes
from fixbot_agent.completing.cleaning.work import Work

_TAIL = frozenset({*CLOSERS, '"', "'", "`", ";", ",", ":"})


def before_suffix(work: Work) -> Work | Refused:
    """The text up to where it meets what follows the cursor."""
    work = _until_below(work)
    if work.site.rest.strip():
        work = _until_rest(work)
    return work if work.text.strip() else Refused(Reason.SUFFIX)


def _until_below(work: Work) -> Work:
    """Lines from the first on that the next lines already say are cut off, indented otherwise or nearly the same too."""
    below = [line.strip() for line in work.site.below]
    lines = work.text.split("\n")
    full = [work.site.head + lines[0], *lines[1:]]
    for at, line in enumerate(full):
        if at == 0 and work.site.head.strip() and not lines[0].strip():
            continue
        if line.strip() and below and _is_told(full[at:], below):
            return work.told("\n".join(lines[:at]).rstrip("\n"))
    return work


def _is_told(lines: list[str], below: list[str]) -> bool:
    """Whether `lines` begin as `below` does: with a line that tells something, or two in a row, or all of them."""
    own = [line.strip() for line in lines if line.strip()]
    same = 0
    for mine, theirs in zip(own, below, strict=False):
        if not alike(mine, theirs):
            break
        same += 1
    if not same:
        return False
    return (
        (same == len(own) and (same > 1 or is_telling(own[0]) or len(below) == 1))
        or (same >= 1 and is_telling(own[0]))
        or same >= 2
    )


def _until_rest(work: Work) -> Work:
    rest = work.site.rest
    first, *others = work.text.split("\n")
    cut = _common_end(first, rest.strip())
    if not others:
        return work.told(first[:cut])
    if cut < len(first):  # the line's end moves down: the first line takes it along
        return work.told(work.text, len(rest))
    last = _common_end(others[-1], rest.strip())
    if last < len(others[-1]):
        return work.told("\n".join([first, *others[:-1], others[-1][:last]]))
    # What follows on the line would come after all of the text. Brackets may; code would be torn from its line.
    return work if set(rest.strip()) <= _TAIL else work.told(first)


def _common_end(line: str, rest: str) -> int:
    """Where the end of `line` that says `rest` over again begins, its length where it does not."""
    if line.rstrip().endswith(rest):
        kept = line.rstrip()[: -len(rest)]
        # A bracket of its own that happens to end the line is left to the balance of brackets.
        return len(kept) if not set(rest) <= _TAIL or _is_surplus(line, kept) else len(line)
    told, wanted = lexemes(line), lexemes(rest)
    if len(wanted) >= 3 and told[-len(wanted) :] == wanted:
        return _offset_of_last(line, len(wanted))
    return len(line)


def _is_surplus(line: str, kept: str) -> bool:
    """Whether the line closes more than it opens, so that its last brackets are those that stand after the cursor."""
    from fixbot_agent.completing.cleaning.lexemes import Reader

    nesting = Reader("python").nesting(line)
    ends = line.rstrip()[len(kept) :]
    return bool(nesting.closing) or not (set(ends) & CLOSERS)


def _offset_of_last(line: str, count: int) -> int:
    """Offset of the last but `count` lexemes."""
    at = len(line)
    for word in reversed(lexemes(line)[-count:]):
        at = line.rindex(word, 0, at)
    return at
