"""The order of members after a dot: every candidate's signals, weighed and added up (a conditional logit)."""

import keyword
import math
from collections.abc import Iterable, Mapping
from heapq import nlargest

from fixbot_analysis.codemodel.signals import Setting, signals
from fixbot_analysis.codemodel.weights import MEMBER_WEIGHTS

_EACH = 300  # candidates that one key brings along from the project, the commonest first
_TELLING = frozenset(
    {"receiver", "origin", "made", "type", "above", "base", "role"}
)  # keys under which packages bring some along
_NEAR = 120  # words written near that may be meant


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
    highest = max(scores.values(), default=0.0)
    chances = {member: math.exp(score - highest) for member, score in scores.items()}
    total = sum(chances.values())
    return {m: chances[m] / total for m in sorted(chances, key=lambda m: -chances[m])}


def candidates(setting: Setting) -> set[str]:
    """Members that are defined, that were seen at such sites or anywhere in the file, and words near that may become members."""
    evidence, site = setting.evidence, setting.site
    found = set(setting.known)
    for seen in evidence.file.values():
        found.update(seen)
    for counted in (evidence.folder, evidence.project):
        for counts in counted.values():
            found.update(_commonest(counts))
    for name in _TELLING & evidence.packages.keys():
        found.update(_commonest(evidence.packages[name]))
    if not setting.known:  # else a word that is no member is hardly meant
        found.update(nlargest(_NEAR, setting.words, key=lambda word: -setting.words[word]))
    given = {site.target.rpartition(".")[2], *site.parameters[site.is_self :]}
    found |= {site.function, *given, *("_" + word for word in given if word)}
    return {member for member in found if member.isidentifier() and not keyword.iskeyword(member)}


def _commonest(counts: Mapping[str, int]) -> Iterable[str]:
    if len(counts) <= _EACH:
        return counts
    return sorted(counts, key=counts.__getitem__, reverse=True)[:_EACH]
