"""The order of items: how often the code model saw each next, mixed with where each name was found."""

import keyword
from collections.abc import Mapping
from itertools import islice

from fixbot_agent.completing.completion import Item, ItemKind
from fixbot_agent.completing.place import Place
from fixbot_agent.completing.scope import Name

# Share of the order that the place of a definition decides; the rest is the code model's.
SCOPE_SHARE = 0.3

# How likely a name of each source is, before anything is known of its use.
_SOURCE_WEIGHT = {
    "local": 8.0,
    "member": 4.0,
    "argument": 3.0,
    "enclosing": 3.0,
    "import": 3.0,
    "module": 2.0,
    "builtin": 1.0,
    "keyword": 1.0,
}

# A name that the model saw but nothing defines: an attribute of something unknown is fine, a bare name hardly.
_UNKNOWN_MEMBER, _STRANGE_MEMBER, _STRANGE_NAME = 1.0, 0.2, 0.1

_NEVER = frozenset({"self", "cls"})  # where they are not in scope they are never meant


def rank(place: Place, names: Mapping[str, Name], chances: Mapping[str, float]) -> list[Item]:
    """Items that go on with the word under way, best first; `chances` are the model's for whole words."""
    scores: dict[str, float] = {}
    for word, chance in chances.items():
        if worth := _worth(place, names, word):
            scores[word] = (1 - SCOPE_SHARE) * worth * chance
    fitting = [name for name in names.values() if _continues(name.name, place.prefix)]
    total = sum(_prior(name, place) for name in fitting)
    for name in fitting:
        scores[name.name] = scores.get(name.name, 0.0) + SCOPE_SHARE * _prior(name, place) / total
    whole = sum(scores.values())
    # Among equals those that begin small: functions before the many exceptions.
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0].swapcase()))
    return [_item(names.get(label), label, score / whole, place) for label, score in ordered]


def rank_dotted(place: Place, names: Mapping[str, Name], chances: Mapping[str, float], most: int) -> list[Item]:
    """At `most` so many items for members that go on with the word under way; `chances` are probabilities, likeliest first."""
    fitting = chances
    if place.prefix:
        kept = (m for m in chances if _continues(m, place.prefix) and (m != place.prefix or m in names))
        fitting = {m: chances[m] for m in kept}
    total = sum(fitting.values())
    return [_item(names.get(member), member, chance / total, place) for member, chance in islice(fitting.items(), most)]


def _worth(place: Place, names: Mapping[str, Name], name: str) -> float:
    """What the model's word for `name` is worth here; 0 where it cannot stand."""
    if not name.isidentifier() or not _continues(name, place.prefix) or (place.dotted and keyword.iskeyword(name)):
        return 0.0
    if name in names:
        return 1.0
    if name in _NEVER or name == place.prefix or keyword.iskeyword(name):
        return 0.0  # the word as typed was seen here only
    if place.dotted:
        return _STRANGE_MEMBER if names else _UNKNOWN_MEMBER
    return _STRANGE_NAME if names else 1.0


def _continues(name: str, prefix: str) -> bool:
    return name[: len(prefix)].lower() == prefix.lower()


def _prior(name: Name, place: Place) -> float:
    """Private names are less likely outside their own class, and names that begin as typed are likelier than others."""
    weight = _SOURCE_WEIGHT.get(name.source, 1.0)
    outside = place.dotted and place.receiver.partition(".")[0] not in {"self", "cls"}
    if name.name.startswith("_" if outside else "__"):
        weight *= 0.1
    return weight if name.name.startswith(place.prefix) else 0.5 * weight


def _item(name: Name | None, label: str, score: float, place: Place) -> Item:
    if name is not None:
        return Item(label, name.kind, score, name.source, name.detail, label)
    return Item(label, ItemKind.ATTRIBUTE if place.dotted else ItemKind.TEXT, score, "codemodel", "", label)
