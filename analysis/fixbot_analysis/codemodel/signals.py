"""What speaks for each member at a site: signals, each a value per candidate, to be weighed and added up.

A signal that says nothing of a candidate leaves it out, which is the value 0.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from fixbot_analysis.codemodel.sites import Site
from fixbot_analysis.codemodel.tokens import LAYOUT
from fixbot_analysis.codemodel.usage import hashed, keys
from fixbot_analysis.symbols import split_words

Signal = tuple[str, Mapping[str, float]]
# Of what was seen under a key: all of it in a number, and those of the candidates with how often each was.
Tally = tuple[int, Sequence[tuple[str, int]]]

_NEVER: Tally = (0, ())

_DOUBT = {"file": 2.0, "folder": 4.0, "project": 4.0, "packages": 4.0}  # a share of n accesses is taken of n + this
_BELIEF = 6.0  # weighted accesses under a key at which half of what is believed comes from it
_WEIGHTS = (8.0, 2.0, 1.0, 0.2)  # of an access in the file, its folder, the rest of the project, packages
# From general to particular; each way of describing the site is mixed by itself, in the manner of Jelinek and Mercer.
_WAYS = {
    "by receiver": ("any", "last", "trail", "receiver", "previous"),
    "by origin": ("any", "made", "origin"),
    "by type": ("any", "base", "above", "below", "type"),
    "by place": ("any", "opening", "last", "slot", "call", "lead", "target"),
    "by role": ("any", "last", "role", "function"),
}
_SIGNS = {
    "a comparison": frozenset({"==", "!=", "<", ">", "<=", ">=", "is", "in"}),
    "a sum": frozenset({"+", "-", "*", "/", "//", "%", "|", "&"}),
    "a junction": frozenset({"and", "or", "not", "if", "else"}),
    "a comma": frozenset({",", "(", "[", ":"}),
}
_LINE = 12  # tokens of the statement that are looked at
_RECENT = 0.85  # what one more access in between leaves of an access's recency


class Extent(IntEnum):
    """How far the members that are known of a receiver are all that it has."""

    OPEN = 0  # it may have others
    WRITTEN = 1  # its class is being written: what its own code asks of it, and what is given to it here, comes before other words
    CLOSED = 2  # it has no others


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one member by definition: how far up the bases (0: the class itself), and what it is."""

    depth: int
    kind: str  # method, attribute, class, function, variable, module, property


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen at sites like this: per key, members in the file in order, and counts in its folder, the rest of the project, packages."""

    file: Mapping[str, Sequence[str]]
    folder: Mapping[str, Mapping[str, int]]
    project: Mapping[str, Mapping[str, int]]
    packages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that is known at a site: what it looks like, what was seen at such sites, what is defined, what words are near."""

    site: Site
    evidence: Evidence
    known: Mapping[str, Known] = field(default_factory=dict)
    chances: Mapping[str, float] = field(default_factory=dict)  # of the n-gram model, for the next token
    words: Mapping[str, int] = field(default_factory=dict)  # identifiers near before the site, and how far back each is
    line: Sequence[str] = ()  # tokens of the statement so far, before the receiver
    extent: Extent = Extent.OPEN  # of what is known


def described(site: Site, lineage: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Keys to look under: those of the site, and those of its class and bases as far as they are known (`lineage`, last names)."""
    lineage = lineage or _lineage(site)
    for name, key in keys(site):
        if name not in ("type", "base", "role"):
            yield name, key
    for depth, cls in enumerate(lineage):
        yield ("above" if depth else "type"), hashed("type", cls)
        yield ("base" if depth else "below"), hashed("base", cls)
        if depth:
            yield "role", hashed("role", f"{cls} {site.function}")


def _lineage(site: Site) -> list[str]:
    name = site.type_name
    return [name, *(site.bases if site.is_self else ())] if name else []


def signals(setting: Setting, candidates: Iterable[str]) -> Iterator[Signal]:
    """All signals for the `candidates` at a site."""
    chosen = set(candidates)
    tallies = _tallies(setting.evidence, chosen)
    for where, tallied in tallies.items():
        for name, tally in tallied.items():
            yield from _shares(f"{name} {where}", tally, _DOUBT[where])
    weighted = {name: _weighted([each.get(name, _NEVER) for each in tallies.values()]) for name in tallies["file"]}
    for way, names in _WAYS.items():
        yield f"mixed {way}", _mixed([weighted[name] for name in names if name in weighted])
    yield from _recency(setting, chosen)
    yield "next token", {m: math.log(1 + p * 1e4) / 10 for m, p in setting.chances.items() if m in chosen}
    yield from _defined(setting, chosen)
    yield from _looks(setting.site, chosen)
    saying = candidates_saying(chosen)
    yield from _lexical(setting, chosen, saying)
    yield from _stated(setting, chosen, saying)


def _tallies(evidence: Evidence, chosen: set[str]) -> dict[str, dict[str, Tally]]:
    """Where -> key -> its tally, for what every signal of counts asks."""
    file = {name: Counter(seen) for name, seen in evidence.file.items()}
    levels: tuple[Mapping[str, Mapping[str, int]], ...] = (file, evidence.folder, evidence.project, evidence.packages)
    return {
        where: {
            name: (sum(counts.values()), [(m, n) for m, n in counts.items() if m in chosen])
            for name, counts in level.items()
        }
        for where, level in zip(_DOUBT, levels, strict=True)
    }


def _weighted(tallies: Sequence[Tally]) -> tuple[dict[str, float], float]:
    """Weighted counts of the chosen under a key, and the sum of all counts."""
    counts: dict[str, float] = {}
    for weight, (_, seen) in zip(_WEIGHTS, tallies, strict=True):
        for member, times in seen:
            counts[member] = counts.get(member, 0.0) + weight * times
    return counts, sum(weight * total for weight, (total, _) in zip(_WEIGHTS, tallies, strict=True))


def _mixed(levels: Sequence[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """Logarithms of probabilities, from the counts of one key after the other: the more a key was seen, the more it is believed."""
    chances: dict[str, float] = {}
    left = 1.0
    for counts, total in reversed(levels):
        if total:
            share = left / (total + _BELIEF)
            left *= _BELIEF / (total + _BELIEF)
            for member, count in counts.items():
                chances[member] = chances.get(member, 0.0) + share * count
    return {member: math.log(1 + 1e4 * chance) / 10 for member, chance in chances.items()}


def _shares(name: str, tally: Tally, doubt: float) -> Iterator[Signal]:
    whole, seen = tally
    if not whole:
        return
    total = whole + doubt
    logs = {n: math.log(1 + 1000 * n / total) for n in {n for _, n in seen}}
    yield f"{name} share", {m: n / total for m, n in seen}
    yield f"{name} log", {m: logs[n] for m, n in seen}


def _recency(setting: Setting, chosen: set[str]) -> Iterator[Signal]:
    for name in ("receiver", "last", "type", "any"):
        values: dict[str, float] = {}
        worth = 1.0
        for member in reversed(setting.evidence.file.get(name, ())[-40:]):
            if member in chosen and member not in values:
                values[member] = worth
            worth *= _RECENT
        yield f"{name} recent", values
    yield "the one before", {setting.site.previous: 1.0}


def _defined(setting: Setting, chosen: set[str]) -> Iterator[Signal]:
    known = {m: k for m, k in setting.known.items() if m in chosen}
    yield "defined", dict.fromkeys(known, 1.0)
    yield "defined here", {m: 1.0 for m, k in known.items() if k.depth == 0}
    anywhere = set(setting.evidence.file.get("any", ()))
    yield "defined unseen", {m: 1.0 for m in known if m not in anywhere}
    yield "defined far", {m: 1.0 for m, k in known.items() if k.depth > 1}
    begins = setting.site.lead in LAYOUT
    for kind in ("method", "attribute", "property", "class", "module", "function", "variable"):
        yield f"{kind} {'first' if begins else 'within'}", {m: 1.0 for m, k in known.items() if k.kind == kind}


def _looks(site: Site, chosen: set[str]) -> Iterator[Signal]:
    own = site.is_self or site.receiver in ("self", "cls", "super()")
    yield f"private {'own' if own else 'other'}", {m: 1.0 for m in chosen if m[0] == "_" and m[:2] != "__"}
    yield f"dunder {'own' if own else 'other'}", {m: 1.0 for m in chosen if m[:2] == "__"}
    yield "capital", {m: 1.0 for m in chosen if m[0].isupper()}
    if site.receiver == "super()":
        yield "same as function, of super", {site.function: 1.0}
    elif site.function:
        yield "same as function", {site.function: 1.0}


def _lexical(setting: Setting, chosen: set[str], saying: Mapping[str, Sequence[str]]) -> Iterator[Signal]:
    site = setting.site
    target = site.target.rpartition(".")[2].strip("_")
    if target:
        yield "same as target", {m: 1.0 for m in (target, "_" + target) if m in chosen}
        yield "words of target", overlap(target, saying)
    if site.function:
        yield "words of function", overlap(site.function, saying)
    if site.callee:
        yield "words of callee", overlap(site.callee.rpartition(".")[2].removesuffix("()"), saying)
    yield "words of receiver", overlap(site.last.rstrip("()[]"), saying)
    yield "written near", {m: 1 / (1 + math.log(1 + back)) for m, back in setting.words.items() if m in chosen}
    if site.is_self and site.function:
        used = set(setting.evidence.file.get("function", ()))
        left = [p for p in site.parameters[1:] if p not in used]
        where = "maker" if site.function == "__init__" else "method"
        yield f"parameter of {where}", {m: 1.0 for p in left for m in (p, "_" + p) if m in chosen}
        yield f"next parameter of {where}", {m: 1.0 for p in left[:1] for m in (p, "_" + p) if m in chosen}


def _stated(setting: Setting, chosen: set[str], saying: Mapping[str, Sequence[str]]) -> Iterator[Signal]:
    """What else the statement says: the member on the other side of a sign, a key in quotes, the names so far."""
    site = setting.site
    if site.again:
        sign = next((name for name, signs in _SIGNS.items() if site.lead in signs), "something else")
        yield f"once more after {sign}", {site.again: 1.0}
    near = setting.line[-_LINE:]
    quoted = next((word.strip("\"'") for word in reversed(near) if word[-1] in "'\"" and word[0] in "'\""), "")
    if quoted:
        yield "same as quoted", {m: 1.0 for m in (quoted, "_" + quoted) if m in chosen}
        yield "words of quoted", overlap(quoted, saying)
    said = frozenset(word for name in near if name.isidentifier() and name != site.target for word in words_of(name))
    yield "words of line", {m: times / len(words_of(m)) for m, times in shared(said, saying).items()}


def overlap(text: str, saying: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Share of words in common between the identifier `text` and each candidate (Dice)."""
    words = words_of(text)
    return {m: 2 * times / (len(words) + len(words_of(m))) for m, times in shared(words, saying).items()}


def candidates_saying(chosen: Iterable[str]) -> dict[str, list[str]]:
    """Word -> the candidates whose names say it."""
    found: dict[str, list[str]] = {}
    for member in chosen:
        for word in words_of(member):
            found.setdefault(word, []).append(member)
    return found


def shared(words: Iterable[str], saying: Mapping[str, Sequence[str]]) -> Counter[str]:
    """Candidates that say some of the `words`, each with how many of them."""
    return Counter(member for word in words for member in saying.get(word, ()))


@lru_cache(1 << 14)
def words_of(identifier: str) -> frozenset[str]:
    """The words of an identifier, each in the singular."""
    return frozenset(word.rstrip("s") for word in split_words(identifier))
