"""Items in the order of their probability, of those candidates that go on with the word under way."""

import keyword
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fixbot_agent.completing.completion import Item, ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.names.matching import Match, match
from fixbot_agent.completing.names.overrides import SOURCE as OVERRIDE
from fixbot_agent.completing.names.overrides import SPECIAL, stub
from fixbot_analysis.codemodel.naming import Candidate, Naming, rank_names

_WORTH = {Match.EXACT: 1.0, Match.CASELESS: 0.2, Match.WORDS: 1e-3}  # of a candidate that fits so
_OTHER_CASE = 1e-4  # of what is written otherwise than with the capital that was typed
_SPECIAL = 0.05  # of a special method that no base has
_SHOWN = 100  # members that are listed because they are likely, known or not
_STRANGE = 40  # words that nothing defines but the model expects
_NEVER = frozenset({"self", "cls"})  # where they are not in scope they are never meant


def rank(place: Place, naming: Naming, names: Mapping[str, Name], most: int) -> list[Item]:
    """At most `most` items for the names of `naming` and what else the model expects, best first."""
    fitting = candidates(naming, place.prefix)
    ranked = rank_names(fitting)
    chances = {word: chance * _WORTH[match(word, place.prefix) or Match.EXACT] for word, chance in ranked.items()}
    for word in chances.keys() & names.keys():
        if names[word].role == SPECIAL:
            chances[word] *= _SPECIAL
    total = sum(chances.values())
    items = [_item(names.get(word), word, chance / total, place) for word, chance in chances.items()]
    return best_first(items, place.prefix)[:most]


def best_first(items: Sequence[Item], prefix: str) -> list[Item]:
    """`items` by their score, which is scaled to 1 in all; where a capital was typed, what begins so comes before all else."""
    is_exact = any(letter.isupper() for letter in prefix)
    worth = [i.score * (_OTHER_CASE if is_exact and not i.label.startswith(prefix) else 1.0) for i in items]
    total = sum(worth) or 1.0
    scaled = [replace(item, score=score / total) for item, score in zip(items, worth, strict=True)]
    return sorted(scaled, key=lambda i: (-i.score, i.label.swapcase()))


def candidates(naming: Naming, prefix: str) -> Naming:
    """`naming` with all candidates that go on with `prefix`, words that nothing defines but the model expects among them."""
    known = {word: found for word, found in naming.known.items() if match(word, prefix) is not None}
    known.update(dict.fromkeys(_expected(naming, prefix), Candidate("seen", "unknown")))
    return replace(naming, known=known)


def _expected(naming: Naming, prefix: str) -> list[str]:
    """Words that nothing defines but the model expects, likeliest first."""
    if naming.slot.kind == "operand":
        return []
    chances = naming.chances
    strange = (
        w for w in chances if w.startswith(prefix) and w.isidentifier() and w != prefix and w not in naming.known
    )
    fit = [w for w in strange if not keyword.iskeyword(w) and w not in _NEVER and chances[w] > 0]
    return sorted(fit, key=lambda w: -chances[w])[:_STRANGE]


def rank_dotted(place: Place, names: Mapping[str, Name], chances: Mapping[str, float], most: int) -> list[Item]:
    """At most `most` items for members that go on with the word under way; `chances` are probabilities, likeliest first.

    Where there are more, known members stay and the unlikeliest guesses go, but for the first :data:`_SHOWN`, whatever they are.
    """
    fitting = chances
    if place.prefix:
        worth = {m: how for m in chances if (how := match(m, place.prefix)) is not None}
        kept = [m for m in worth if (worth[m] is not Match.WORDS or m in names) and (m != place.prefix or m in names)]
        weighed = {m: chances[m] * _WORTH[worth[m]] for m in kept}
        fitting = dict(sorted(weighed.items(), key=lambda each: -each[1]))
    total = sum(fitting.values())
    return [_item(names.get(m), m, fitting[m] / total, place) for m in _within(fitting, names, most)]


def _within(members: Mapping[str, float], names: Mapping[str, Name], most: int) -> list[str]:
    """At most `most` of `members`, in their order: the first ones, then those among `names`, then others."""
    if len(members) <= most:
        return list(members)
    ordered = list(members)
    first, rest = ordered[: min(_SHOWN, most)], ordered[_SHOWN:]
    rest.sort(key=lambda member: member not in names)
    kept = {*first, *rest[: max(most - _SHOWN, 0)]}
    return [member for member in ordered if member in kept]


def _item(name: Name | None, label: str, score: float, place: Place) -> Item:
    if name is not None and name.source == OVERRIDE:
        return Item(label, name.kind, score, name.source, name.detail[:120], stub(name, place))
    if name is not None:
        return Item(label, name.kind, score, name.source, name.detail, label)
    if label.endswith("="):
        return Item(label, ItemKind.PARAMETER, score, "codemodel", "", label)
    return Item(label, ItemKind.ATTRIBUTE if place.dotted else ItemKind.TEXT, score, "codemodel", "", label)
