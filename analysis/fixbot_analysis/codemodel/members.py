"""The order of members after a dot: every candidate's signals, weighed and added up (a conditional logit)."""

import keyword
import math
from collections.abc import Iterable, Mapping
from heapq import nlargest
from io import BytesIO, TextIOBase
from pathlib import Path
from re import Match

from fixbot_analysis.codemodel.signals import Extent, Setting, signals
from fixbot_analysis.codemodel.weights import MEMBER_WEIGHTS

_EACH = 300  # candidates that one key brings along from the project, the commonest first
_TELLING = frozenset(
    {"receiver", "origin", "made", "type", "above", "base", "role"}
)  # keys under which packages bring some along
_NEAR = 120  # words written near that may be meant
# What objects of the commonest types have, and every object: of a receiver that nothing is known of it is as likely as not one of these.
_PLAIN = frozenset(
    name
    for kind in (str, bytes, list, dict, set, int, TextIOBase, BytesIO, Match, Path)
    for name in dir(kind)
    if name[0] != "_"
) | {"__class__", "__dict__", "__doc__", "__module__", "__name__", "__qualname__"}


def rank_members(setting: Setting, weights: Mapping[str, float] = MEMBER_WEIGHTS) -> dict[str, float]:
    """Members that may stand at a site, likeliest first, each with its probability among all that are known.

    A signal without a weight counts nothing.
    """
    chosen = candidates(setting)
    scores = dict.fromkeys(sorted(chosen), 0.0)
    for name, values in signals(setting, chosen):
        weight = weights.get(name, 0.0)
        if weight:
            for member, value in values.items():
                if member in scores:
                    scores[member] += weight * value
    if setting.extent is Extent.WRITTEN:
        _put_last(scores, chosen - _likely(setting))
    highest = max(scores.values(), default=0.0)
    chances = {member: math.exp(score - highest) for member, score in scores.items()}
    total = sum(chances.values())
    return {m: chances[m] / total for m in sorted(chances, key=lambda m: -chances[m])}


def _put_last(scores: dict[str, float], last: set[str]) -> None:
    """Make the scores of all in `last` lower than any other, in the same order."""
    highest = max((scores[member] for member in last), default=0.0)
    lowest = min((score for member, score in scores.items() if member not in last), default=highest)
    if highest >= lowest:
        for member in last:
            scores[member] -= highest - lowest + 1.0


def candidates(setting: Setting) -> set[str]:
    """Members that may stand at a site: nothing but known ones where what is known is all that there is (:class:`Extent`)."""
    found = set(setting.known)
    if setting.extent is not Extent.CLOSED:
        found |= _seen(setting) | _given(setting)
    return {member for member in found if member.isidentifier() and not keyword.iskeyword(member)}


def _likely(setting: Setting) -> set[str]:
    """What a class that is being written has, or may well come to have."""
    return setting.known.keys() | _asked(setting) | _given(setting)


def _seen(setting: Setting) -> set[str]:
    """Members seen at such sites or anywhere in the file, and words near that may become members."""
    evidence, found = setting.evidence, set[str]()
    for seen in evidence.file.values():
        found.update(seen)
    for counted in (evidence.folder, evidence.project):
        for counts in counted.values():
            found.update(_commonest(counts))
    for name in _TELLING & evidence.packages.keys():
        found.update(_commonest(evidence.packages[name]))
    if not setting.known:  # else a word that is no member is hardly meant
        found.update(nlargest(_NEAR, setting.words, key=lambda word: -setting.words[word]), _PLAIN)
    return found


def _asked(setting: Setting) -> set[str]:
    """Members that code of the class itself asks of its objects."""
    evidence = setting.evidence
    levels = (evidence.file, evidence.folder, evidence.project)
    return {member for level in levels for member in level.get("type", ())}


def _given(setting: Setting) -> set[str]:
    """What the statement, the function and its parameters are called: attributes often are called the same."""
    site = setting.site
    given = {site.target.rpartition(".")[2], *site.parameters[site.is_self :]}
    return {site.function, *given, *("_" + word for word in given if word)}


def _commonest(counts: Mapping[str, int]) -> Iterable[str]:
    if len(counts) <= _EACH:
        return counts
    return sorted(counts, key=counts.__getitem__, reverse=True)[:_EACH]
