"""Places alike: where else the text stands that an edit replaces, between the same text."""

from collections.abc import Callable
from itertools import pairwise

from fixbot_analysis.source import Span
from fixbot_repair.candidates.edit import Candidate, Edit, Patch

_ASIDE = 12  # bytes on both sides of an edit, on its line, by which a place is known to be alike
_MOST = 4
# Lines within which places are alike. Of small fixes in the history of seven projects 93 edited a place that had such others: 24 of the 51
# with all of them this near changed them all, and 10 of the 42 with farther ones.
_REACH = 60


def everywhere(candidate: Candidate, before: Callable[[str], bytes]) -> Candidate | None:
    """The single edit of a candidate made at all places of its file that are alike; None where there is no other, or too many."""
    edits = candidate.patch.edits
    if len(edits) != 1 or candidate.patch.created or candidate.patch.deleted:
        return None
    (edit,) = edits
    spans = places_alike(edit, before(edit.path))
    if not 1 < len(spans) <= _MOST:
        return None
    wide = Patch(tuple(Edit(edit.path, span, edit.text) for span in spans))
    return Candidate(wide, "template:pair", candidate.score, f"{candidate.note}, at {len(spans)} places alike")


def is_everywhere(patch: Patch, before: Callable[[str], bytes]) -> bool:
    """Whether `patch` is one edit made at all places alike: it is not made smaller by leaving one of them out."""
    first, *others = patch.edits or (None,)
    if (
        first is None
        or not others
        or patch.created
        or any((e.path, e.text) != (first.path, first.text) for e in others)
    ):
        return False
    return {e.span for e in patch.edits} == set(places_alike(first, before(first.path)))


def places_alike(edit: Edit, data: bytes) -> list[Span]:
    """Where else nearby the text that an edit replaces stands between the same text on its line, its own place among them, in order.

    `data` is the UTF-8 content of the file before. Empty where the text around it is too short to know a place by, and where places overlap.
    """
    start, end = edit.span.start, edit.span.end
    ahead = data[max(0, start - _ASIDE) : start].rpartition(b"\n")[2].lstrip()
    behind = data[end : end + _ASIDE].partition(b"\n")[0].rstrip()
    known = ahead + data[start:end] + behind
    if len(known) < _ASIDE or not data[start:end].strip():
        return []
    spans: list[Span] = []
    first, last = _window(data, start, end)
    at = data.find(known, first, last)
    while at >= 0:
        spans.append(Span(at + len(ahead), at + len(ahead) + end - start))
        at = data.find(known, at + 1, last)
    apart = all(one.end <= other.start for one, other in pairwise(spans))
    return spans if apart and edit.span in spans else []


def _window(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the lines begin and end that are near `start` and `end`."""
    first, last = start, end
    for _ in range(_REACH + 1):
        first = max(data.rfind(b"\n", 0, first), 0)
        last = data.find(b"\n", last) + 1 or len(data)
    return first, last


def leaves_alike(patch: Patch, before: Callable[[str], bytes]) -> bool:
    """Whether a place alike to one that `patch` edits stays as it was."""
    edited = {(e.path, e.span) for e in patch.edits}
    return any(
        1 < len(spans) <= _MOST and any((edit.path, span) not in edited for span in spans)
        for edit in patch.edits
        if edit.path not in patch.created
        for spans in [places_alike(edit, before(edit.path))]
    )
