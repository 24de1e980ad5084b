"""The order of names where no dot stands before: every candidate's signals, weighed and added up (a conditional logit)."""

import keyword
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixbot_analysis.codemodel.commonness import COMMON_BUILTINS, COMMON_MODULES
from fixbot_analysis.codemodel.name_weights import NAME_WEIGHTS
from fixbot_analysis.codemodel.signals import Signal, candidates_saying, overlap, shared, words_of
from fixbot_analysis.codemodel.slots import Slot
from fixbot_analysis.codemodel.tokens import LAYOUT

_NEAR = 2000  # tokens before a place in which uses of names are looked for
_RECENT = 40  # uses of names before a place that are told apart one by one
_FADING = 0.9  # what one more use of a name in between leaves of recency
_EDITED = 0.85  # what one more word typed since leaves
# Weights that are not learnt: files do not say in which order they were typed, too few compare enumerations, and a fit is in its own measure.
_CHOSEN = {"typed lately": 0.5, "expected": 4.0, "fit": 1.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that may stand at a place: where it was found, what it is, and how it was bound (of a local one).

    `at` is the index of the token at which a local name was bound, -1 where that is not known; `fit` is what is known beside all that of
    how well it fits the place, as it is added to its score.
    """

    source: str  # local, enclosing, module, import, builtin, "keyword return", argument, library, package, override, expected, seen
    kind: str  # variable, parameter, function, class, module, exception, keyword, constant
    how: str = ""
    at: int = -1
    fit: float = 0.0


@dataclass(frozen=True, slots=True)
class Naming:
    """Everything that is known at a place where a name or keyword is written.

    `before` are tokens up to the place (of the whole file, or of a long end of it), `begins` the index at which the function around
    begins; `chances` are the n-gram model's for the next token; `parameter` is what the called function calls the argument
    under way; `recent` are the words that were typed last in this session, the latest first.
    """

    slot: Slot
    before: Sequence[str]
    known: Mapping[str, Candidate]
    chances: Mapping[str, float] = field(default_factory=dict)
    begins: int = 0
    function: str = ""
    parameter: str = ""
    recent: Sequence[str] = ()

    def near(self) -> "Naming":
        """The same without tokens that are too far away to count."""
        cut = len(self.before) - _NEAR
        if cut <= 0:
            return self
        known = {w: replace(c, at=c.at - cut) if c.at >= 0 else c for w, c in self.known.items()}
        slot = replace(self.slot, first=max(0, self.slot.first - cut))
        return replace(self, slot=slot, before=self.before[cut:], known=known, begins=max(0, self.begins - cut))


def rank_names(naming: Naming, weights: Mapping[str, float] = NAME_WEIGHTS) -> dict[str, float]:
    """Candidates, likeliest first, each with its probability among all of them; a signal without a weight counts nothing."""
    scores = dict.fromkeys(sorted(naming.known), 0.0)
    for name, values in name_signals(naming):
        weight = weights.get(name) or _CHOSEN.get(name, 0.0)
        if weight:
            for word, value in values.items():
                if word in scores:
                    scores[word] += weight * value
    highest = max(scores.values(), default=0.0)
    chances = {word: math.exp(score - highest) for word, score in scores.items()}
    total = sum(chances.values())
    return {word: chances[word] / total for word in sorted(chances, key=lambda word: -chances[word])}


def name_signals(naming: Naming) -> Iterator[Signal]:
    """All signals for the candidates of a place."""
    yield from _model(naming)
    yield from _found(naming)
    yield from _used(naming)
    yield from _lexical(naming)


def _model(naming: Naming) -> Iterator[Signal]:
    """What the n-gram model says, from where its word counts."""
    seen = {w: p for w, p in naming.chances.items() if w in naming.known and p > 0}
    logs = {w: math.log(1 + p * 1e4) / 10 for w, p in seen.items()}
    yield "next token", logs
    yield "next token's share", seen
    yield "unseen", {w: 1.0 for w in naming.known if w not in seen}
    for source in ("keyword", "seen", "argument"):
        yield f"next token, {source}", {w: v for w, v in logs.items() if naming.known[w].source == source}


def _found(naming: Naming) -> Iterator[Signal]:
    """Where names come from and what they are, by the kind of place."""
    by_source: dict[str, dict[str, float]] = {}
    by_kind: dict[str, dict[str, float]] = {}
    by_how: dict[str, dict[str, float]] = {}
    for word, found in naming.known.items():
        by_source.setdefault(found.source, {})[word] = 1.0
        by_kind.setdefault(found.kind, {})[word] = 1.0
        if found.how:
            by_how.setdefault(found.how, {})[word] = 1.0
    for source, words in by_source.items():
        yield source, words
        yield f"{source}: {naming.slot.kind}", words
    for kind, words in by_kind.items():
        yield f"a {kind}", words
        yield f"a {kind}: {naming.slot.kind}", words
        if naming.slot.head in ("except", "raise"):
            yield f"a {kind} in {naming.slot.head}", words
    yield "a common builtin", {w: COMMON_BUILTINS.get(w, 0.0) for w in by_source.get("builtin", ())}
    yield "a common module", {w: COMMON_MODULES.get(w, 0.0) for w in by_source.get("library", ())}
    for how, words in by_how.items():
        yield f"by {how}", words
    yield "fit", {word: found.fit for word, found in naming.known.items() if found.fit}
    if naming.slot.kind in ("raise", "except") or (naming.slot.head == "except" and naming.slot.kind == "group"):
        others = [w for w, found in naming.known.items() if found.kind != "exception" and found.source != "local"]
        yield "no exception where one belongs", dict.fromkeys(others, 1.0)


def _used(naming: Naming) -> Iterator[Signal]:
    """How near, how often, and how lately a name was used or bound; and whether it waits for its first use."""
    before, known = naming.before, naming.known
    last: dict[str, int] = {}
    lately: dict[str, float] = {}
    worth = 1.0
    function: Counter[str] = Counter()
    for at in range(len(before) - 1, -1, -1):
        word = before[at]
        if word not in known or (at and before[at - 1] == "."):
            continue
        if word not in last:
            last[word] = len(before) - at
            if not keyword.iskeyword(word) and worth > 0.01:
                lately[word] = worth
                worth *= _FADING
        if at >= naming.begins:
            function[word] += 1
    yield "near", {w: 1 / (1 + math.log(back)) for w, back in last.items()}
    yield "lately", lately
    yield "in the function", {w: math.log(1 + n) for w, n in function.items()}
    inside = [w for w, found in known.items() if found.source == "local"]
    yield "in the function, local", {w: math.log(1 + function[w]) for w in inside}
    yield "local not in the function", {w: 1.0 for w in inside if not function[w]}
    waiting = [w for w in inside if function[w] == 1]
    yield "waits for its use", dict.fromkeys(waiting, 1.0)
    for kind in ("parameter", "variable"):
        yield f"{kind} waits for its use", {w: 1.0 for w in waiting if known[w].kind == kind}
    newest = max(waiting, key=lambda w: known[w].at, default="")
    yield "bound last, and waits", {newest: 1.0} if newest else {}
    yield "bound right before", {w: 1.0 for w in inside if known[w].at == naming.slot.first - 2}
    bound = sorted((known[w].at, w) for w in inside if known[w].kind == "parameter")
    if slot_of_arguments := naming.slot.kind == "argument":
        used = set(before[naming.slot.first :])
        order = [w for _, w in bound if w not in used and w not in ("self", "cls")]
        yield "next parameter handed on", {order[0]: 1.0} if order else {}
    yield from _said(naming, is_argument=slot_of_arguments)
    yield "typed lately", {w: _EDITED**n for n, w in reversed(list(enumerate(naming.recent[:_RECENT]))) if w in known}


def _said(naming: Naming, *, is_argument: bool) -> Iterator[Signal]:
    """What the statement says already."""
    statement = naming.before[naming.slot.first :]
    said = {w for w in statement if w in naming.known and not keyword.iskeyword(w)}
    where = "call" if is_argument else "comparison" if naming.slot.kind == "comparison" else "statement"
    yield f"said in the {where}", dict.fromkeys(said, 1.0)
    if statement:
        yield "the statement's first word", {statement[0]: 1.0}
    yield "first word before", dict.fromkeys(_beginnings(naming.before, naming.slot.first), 1.0)


def _beginnings(before: Sequence[str], first: int) -> list[str]:
    """First word of the last statement."""
    at = first - 1
    while at > 0 and before[at] in LAYOUT:
        at -= 1
    while at > 0 and before[at - 1] not in LAYOUT:
        at -= 1
    return [before[at]] if 0 <= at < len(before) else []


def _lexical(naming: Naming) -> Iterator[Signal]:
    """Names that say the same words as what they are for."""
    names = {w.removesuffix("=") for w, found in naming.known.items() if found.source != "keyword"}
    spoken = candidates_saying(names)
    slot = naming.slot
    asked = {
        "target": slot.target.strip("_"),
        "keyword": slot.argument.strip("_") if slot.kind == "value of keyword" else "",
        "parameter": naming.parameter.strip("_"),
    }
    for what, text in asked.items():
        if text:
            yield f"same as {what}", {w: 1.0 for w in (text, f"_{text}") if w in naming.known}
            yield f"words of {what}", overlap(text, spoken)
    if slot.callee:
        yield "words of callee", overlap(slot.callee, spoken)
    if naming.function:
        yield "words of function", overlap(naming.function, spoken)
    said = frozenset(
        word for name in naming.before[slot.first :][-12:] if name.isidentifier() for word in words_of(name)
    )
    yield "words of line", {w: n / max(1, len(words_of(w))) for w, n in shared(said, spoken).items()}
