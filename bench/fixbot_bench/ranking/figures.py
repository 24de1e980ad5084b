"""The figures of localisation: accuracy within k with its interval, by the shipped weights and by weights learned elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_bench.ranking.learning import Case, Learned, can_learn, check, interval, left_out, ranks, shipped

Ranks = Mapping[str, tuple[int, int]]  # of the last gold file and function; 0 where there is no function to find
Figures = Mapping[str, object]

# What is taken away together when it is asked what a signal adds.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "title apart": ("title", "title of its best", "title of its class"),
    "best definitions": ("words of its best", "title of its best"),
    "words of the class": ("words of its class", "title of its class"),
    "kindred words (dense)": ("kindred words",),
    "names": ("names", "names as words", "attributes"),
    "names in full": ("whole name",),
    "uses": ("uses",),
    "calls of what is named": ("called by named",),
    "imports and modules": ("imports", "modules", "imported modules"),
    "messages": ("message", "whole message"),
    "tracebacks": ("traceback", "innermost frame"),
    "paths and lines": ("path", "line"),
    "past fixes": ("past fixes",),
    "the file, for definitions": ("best file", "near file", "words in file"),
    "what a candidate is": ("outside packages", "vendored", "class", "private", "special", "length"),
}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Share of cases whose gold locations all lie within the first k, with a 95 % bootstrap interval."""

    k: int
    share: float
    low: float
    high: float


def by_weights(cases: Sequence[Case], weights: Learned) -> Ranks:
    """Ranks of each case by given weights."""
    return {case.name: ranks(case, weights) for case in cases}


def figures(found: Ranks, ks: Sequence[int]) -> Figures:
    """``file`` and ``function``: k -> share; and the intervals of both."""
    files = [file for file, _ in found.values()]
    functions = [function for _, function in found.values() if function]
    document: dict[str, object] = {"function_instances": len(functions)}
    for name, all_ranks in (("file", files), ("function", functions)):
        each = [_accuracy(all_ranks, k) for k in ks]
        document[name] = {str(a.k): a.share for a in each}
        document[f"{name}_interval"] = {str(a.k): [a.low, a.high] for a in each}
    return document


def report(cases: Sequence[Case], ks: Sequence[int], ablate: bool) -> Figures:
    """Figures by the shipped weights, by weights learned from the other repositories and, to `ablate`, with signals taken away.

    Without numpy, ``left_out`` is None; to ablate then raises BenchError.
    """
    if ablate:
        check()
    found = by_weights(cases, shipped())
    whole = left_out(cases) if can_learn() else None
    document: dict[str, object] = {**figures(found, ks), "left_out": figures(whole, ks) if whole else None}
    document["missed"] = [name for name, (file, _) in (whole or found).items() if file > max(ks)]
    if ablate:
        document["ablation"] = {group: figures(left_out(cases, names), ks) for group, names in GROUPS.items()}
        document["alone"] = {group: figures(_alone(cases, names), ks) for group, names in ALONE.items()}
    return document


ALONE: Mapping[str, tuple[str, ...]] = {
    "words": ("words", "words of its best"),
    "title": ("title", "title of its best"),
    "kindred words (dense)": ("kindred words",),
    "names": ("names", "names as words", "attributes"),
    "uses": ("uses",),
    "messages": ("message", "whole message"),
    "tracebacks": ("traceback", "innermost frame"),
    "past fixes": ("past fixes",),
}


def _alone(cases: Sequence[Case], names: Sequence[str]) -> Ranks:
    """Ranks by some signals alone, each counting the same."""
    weights = Learned(dict.fromkeys(names, 1.0), dict.fromkeys(names, 1.0))
    return by_weights(cases, weights)


def _accuracy(all_ranks: Sequence[int], k: int) -> Accuracy:
    hits = [float(rank <= k) for rank in all_ranks]
    low, high = interval(hits)
    return Accuracy(k, round(sum(hits) / max(len(hits), 1), 4), round(low, 4), round(high, 4))
