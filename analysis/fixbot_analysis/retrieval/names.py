"""Which definitions and files the names in a text mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.retrieval.lexicon import Definition, Lexicon
from fixbot_analysis.retrieval.mentions import NameMention, Where
from fixbot_analysis.retrieval.paths import dotted_of

# How much it says that a name stands in this part of the text.
WHERE_WEIGHT = {Where.TITLE: 3.0, Where.MARKED: 2.0, Where.PROSE: 2.0, Where.BLOCK: 1.0}

# A name says less of what merely has a parameter of that name, and less still of what uses it.
PARAMETER, REFERENCE = 0.5, 0.25

_LONELY = 0.25  # a dotted name whose earlier parts fit nothing: ``obj.save``, where ``obj`` could be anything


@dataclass(frozen=True, slots=True)
class Named:
    """Scores of definitions and files by the names in a text."""

    definitions: Mapping[Definition, float]
    files: Mapping[str, float]


def named(lexicon: Lexicon, mentioned: Sequence[NameMention], named_tests: frozenset[str] = frozenset()) -> Named:
    """What the names mean, a name with few meanings saying more of each; tests are left out but for `named_tests`."""
    left_out = lexicon.tests - named_tests
    modules = _modules(path for path in lexicon.paths if path not in left_out)
    definitions: dict[Definition, float] = defaultdict(float)
    files: dict[str, float] = defaultdict(float)
    for mention in mentioned:
        last = mention.name.rpartition(".")[2]
        for worth, meanings in (
            (1.0, lexicon.defining(last)),
            (PARAMETER, lexicon.taking(last)),
            (REFERENCE, lexicon.referring(last)),
        ):
            fits = {m: _fit(mention.name, m) if worth == 1.0 else 1.0 for m in meanings if m[0] not in left_out}
            best = max(fits.values(), default=0.0)
            fitting = [meaning for meaning, fit in fits.items() if fit == best]
            for meaning in fitting:
                share = WHERE_WEIGHT[mention.where] * worth * best / len(fitting)
                definitions[meaning] += share
                files[meaning[0]] += share
        meant = [path for path, module in modules.get(last, ()) if ("." + module).endswith("." + mention.name)]
        for path in meant:
            files[path] += WHERE_WEIGHT[mention.where] / len(meant)
    return Named(definitions, files)


def _modules(paths: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Last part of a module's name -> (path, whole name)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in paths:
        module = dotted_of(path)
        found[module.rpartition(".")[2]].append((path, module))
    return found


def _fit(name: str, meaning: Definition) -> float:
    """How well the earlier parts of a dotted name fit a definition: all, some or none of them."""
    earlier = name.split(".")[:-1]
    if not earlier:
        return 1.0
    path, qualname = meaning
    around = {*dotted_of(path).split("."), *qualname.split(".")}
    return _LONELY + (1 - _LONELY) * sum(part in around for part in earlier) / len(earlier)
