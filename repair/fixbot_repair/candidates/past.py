"""Fixes of the project's past as donors: what they replaced stands elsewhere too, and may have to be replaced there as it was."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.proposal import Proposal
from fixbot_repair.candidates.templates.base import Rewrite, Template
from fixbot_repair.candidates.templates.learned import prior

PAST = Template("past.fix", "past", 0.4, frozenset(), lambda _: (), ())
_TOKEN = re.compile(r"\w+|==|!=|<=|>=|->|\*\*|//|[^\w\s]")
_LONGEST = 12  # tokens that a fix replaced, or put in
_MOST = 3  # places of a file in which one fix is repeated
_LEAST = 0.6  # agreement: of an operator both neighbours, of a name one of them
_FADING = 0.9  # of the weight, from one fix to the next like it


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a fix did to one line: the tokens it replaced, the text that came, and the token on either side ("" at an end)."""

    gone: tuple[str, ...]
    text: str
    before: str
    after: str


def repeated(before: str, after: str) -> Repeated | None:
    """The change from the lines `before` to `after`, where it is one short run of tokens; an insertion takes a neighbour along."""
    old, new = list(_TOKEN.finditer(before)), list(_TOKEN.finditer(after))
    was, now = [m[0] for m in old], [m[0] for m in new]
    if was == now:
        return None
    head = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    most = min(len(was), len(now)) - head
    tail = next((i for i in range(most) if was[-1 - i] != now[-1 - i]), most)
    if head == len(was) - tail and head:
        head -= 1  # nothing went: the token before it stands for the place
    gone, come = was[head : len(was) - tail], new[head : len(new) - tail]
    if not gone or max(len(gone), len(come)) > _LONGEST:
        return None
    text = after[come[0].start() : come[-1].end()] if come else ""
    if "\n" in text:
        return None
    return Repeated(tuple(gone), text, was[head - 1] if head else "", was[len(was) - tail] if tail else "")


def proposals(code: Code, suspicion: Mapping[int, float], fixes: Iterable[tuple[str, str]]) -> Iterator[Proposal]:
    """Yield what `fixes` (lines before and after, those most like the task first) did, for the lines of `suspicion` (from 1 -> 0..1)."""
    lines = [(number, score, *_tokens(code, number)) for number, score in suspicion.items() if score > 0]
    weight = 1.0
    for fix in dict.fromkeys(filter(None, (repeated(*pair) for pair in fixes))):
        made = [
            Proposal(Rewrite(((span, fix.text),), weight * share), PAST, score * prior(PAST) * weight * share, number)
            for number, score, start, tokens in lines
            for span, share in _places(fix, start, tokens)
        ]
        yield from sorted(made, key=lambda p: -p.score)[:_MOST]
        weight *= _FADING


def _places(fix: Repeated, start: int, tokens: Sequence["re.Match[str]"]) -> Iterator[tuple[Span, float]]:
    """Where the line that begins at `start` has what the fix replaced, with how well what stands around it agrees."""
    words, size = [m[0] for m in tokens], len(fix.gone)
    telling = any(len(word) > 1 and word.isidentifier() and not iskeyword(word) for word in fix.gone)
    for i in range(len(words) - size + 1):
        if tuple(words[i : i + size]) != fix.gone:
            continue
        before = (words[i - 1] if i else "") == fix.before
        after = (words[i + size] if i + size < len(words) else "") == fix.after
        share = (0.3 if telling else 0.0) + 0.35 * before + 0.35 * after
        if share >= _LEAST:
            yield Span(start + tokens[i].start(), start + tokens[i + size - 1].end()), share


def _tokens(code: Code, number: int) -> tuple[int, list["re.Match[str]"]]:
    """Offset of a line, and its tokens; none of a line whose characters are not one byte each."""
    start = code.line_start(number)
    text = code.data[start : code.line_end(start)].decode("utf-8", "replace")
    return start, list(_TOKEN.finditer(text)) if text.isascii() else []
