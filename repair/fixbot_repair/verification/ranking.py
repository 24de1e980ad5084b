"""Which plausible patch to show first: likely, small, and not one that only takes functionality away."""

import ast
import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterable

from fixbot_repair.candidates.edit import Edit, Patch
from fixbot_repair.verification.verdict import Trial

# What a patch that only takes code or data away is worth against one that does not: it often passes by doing less.
# Source: Qi, Long, Achour, Rinard, "An Analysis of Patch Plausibility and Correctness for Generate-and-Validate Patch
# Generation Systems", ISSTA 2015.
_LOSES = 0.2
_AHEAD = 80  # bytes before an edit in which its last token is looked for
_HALF = 60  # characters of change that halve a patch's worth
_COMPARES = frozenset({"<", ">", "=", "!", "in", "is"})  # the first tokens of comparisons

Before = Callable[[str], bytes]


def ranked(trials: Iterable[Trial], before: Before) -> list[Trial]:
    """`trials` in the order in which to show them; equal ones stay in the order in which they were tried.

    `before` gives the UTF-8 content of a file before the patch.
    """
    return sorted(trials, key=lambda t: -_worth(t, before))


def only_loses(patch: Patch, before: Before) -> bool:
    """Whether all that `patch` does is to take code, data or a decision away."""
    edits = _of_old_files(patch)
    return bool(edits) and not patch.created and all(_loses(e, before(e.path)) for e in edits)


def smallness(patch: Patch) -> float:
    """What the size of a change is worth: 1 for none, half for sixty characters."""
    size = sum(abs(len(e.text) - len(e.span)) + min(len(e.text), len(e.span)) // 2 for e in _of_old_files(patch))
    return _HALF / (_HALF + size)


def names_lost(patch: Patch, before: Before) -> int:
    """How many names and attributes fewer the edited places read afterwards; 0 where as many or more came in their place."""
    was: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for edit in _of_old_files(patch):
        was.update(_names(before(edit.path)[edit.span.start : edit.span.end]))
        now.update(_names(edit.text.encode()))
    return max(0, (was - now).total() - (now - was).total())


def _names(data: bytes) -> list[str]:
    return [token for token in _tokens(data) if token.isidentifier() and not keyword.iskeyword(token)]


def _worth(trial: Trial, before: Before) -> float:
    patch = trial.candidate.patch
    return trial.candidate.score * (_LOSES if only_loses(patch, before) else 1.0) * smallness(patch)


def _of_old_files(patch: Patch) -> list[Edit]:
    return [e for e in patch.edits if e.path not in patch.created]


def _loses(edit: Edit, data: bytes) -> bool:
    """Whether the edit deletes code, takes a part of a value, or puts a constant where something was computed or a name where something was compared."""
    was = _tokens(data[edit.span.start : edit.span.end])
    now = _tokens(edit.text.encode())
    if not now and (data[: edit.span.start].endswith(b":") or data[edit.span.end :].startswith(b":")):
        return False  # a bound of a slice that goes leaves more than there was
    same = _common(was, now)
    ahead = (_tokens(data[max(0, edit.span.start - _AHEAD) : edit.span.start]) + was[:same])[-1:]
    was, now = was[same:], now[same:]
    same = _common(was[::-1], now[::-1])
    was, now = was[: len(was) - same], now[: len(now) - same]
    return _only_deletes(was, now) or _takes_part(ahead, was, now) or _fixes(was, now) or _decides_less(was, now)


def _common(one: list[str], other: list[str]) -> int:
    """How many tokens both begin with."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _only_deletes(was: list[str], now: list[str]) -> bool:
    """Whether the new tokens are some of the old ones, in their order."""
    rest = iter(was)
    return all(token in rest for token in now)


def _takes_part(ahead: list[str], was: list[str], now: list[str]) -> bool:
    """Whether all that is new is an index or a slice behind a value that was there: ``rows`` to ``rows[1:]``."""
    if was or now[:1] != ["["] or now[-1] != "]" or not ahead or keyword.iskeyword(ahead[0]):
        return False
    return ahead[0].isidentifier() or ahead[0] in (")", "]")


def _fixes(was: list[str], now: list[str]) -> bool:
    """Whether a constant stands where an expression was that is none."""
    return bool(was) and _is_constant(" ".join(now)) and not _is_constant(" ".join(was))


def _decides_less(was: list[str], now: list[str]) -> bool:
    """Whether a bare name, perhaps negated, stands where two values were compared: what the comparison told apart is lost."""
    plain = now[1:] if now[:1] == ["not"] else now
    is_name = len(plain) == 1 and plain[0].isidentifier() and not keyword.iskeyword(plain[0])
    return is_name and not _COMPARES.isdisjoint(was)


def _is_constant(text: str) -> bool:
    try:
        ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _tokens(data: bytes) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", data.decode("utf-8", "replace"))
