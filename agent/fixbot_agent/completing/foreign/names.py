"""Names that may be written at a place in another language than Python: members of what stands before a dot, names in scope, what other files give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.completing.completion import Item, ItemKind
from fixbot_agent.completing.cursor.scope import KINDS
from fixbot_agent.completing.foreign.place import Spotted, is_name
from fixbot_analysis.codemodel import CodeModel, tokenize
from fixbot_analysis.codemodel.beam import chances_after
from fixbot_analysis.index import Index
from fixbot_analysis.languages import get
from fixbot_analysis.receivers import GLOBALS, Held, Member, abroad_of
from fixbot_analysis.source import Document, language_of
from fixbot_analysis.symbols import Symbol

_NEIGHBOURS = 24  # files of the folder whose definitions are offered
_RECENT_SHARE, _NEAR_SHARE = 0.25, 0.05  # of the order that recency decides, and being defined in the folder
_KNOWN_SHARE = 0.75  # of the order: members that are known, where there may be others
_UNSEEN = 0.1  # of the order among known members: those that were never seen in such a place, the nearest first
_NEVER = 0.0005  # of the chance of a member that was never seen after any dot
_ALIKE = 0.2  # of the order: what is called as the variable is that it is given to
_GUESSES = 30  # members that nothing but counts speaks for
_LEAST_GUESS = 0.003  # chance of such a member
_SHORTEST = 2  # letters from which names of other files are offered
_ELSEWHERE = 40  # such names
_ELSEWHERE_SHARE = 0.04  # of the order
_READING = 0.02  # seconds in which files are read for their definitions, a question


@dataclass(frozen=True, slots=True)
class Around:
    """What is known at a place: names that are defined near, members of what stands before the dot, definitions of the file."""

    names: Mapping[str, ItemKind]
    held: Held
    symbols: Sequence[Symbol] = ()

    @property
    def only(self) -> frozenset[str] | None:
        """The members, where there can be no others; None where others are possible."""
        return frozenset(self.held.members) if self.held.whole and self.held.members else None


def around(index: Index, document: Document, spot: Spotted) -> Around:
    """Effect: reads facts through the index. What is known at `spot`."""
    abroad = abroad_of(index)
    abroad.prepare(_READING)
    held = abroad.held(spot.path, document.data, spot.word) if spot.is_selecting else Held(whole=False)
    return Around(defined(index, spot.path), held, index.facts(spot.path).symbols)


def foreign_items(index: Index, model: CodeModel, spot: Spotted, known: Around, most: int) -> list[Item]:
    """Effect: reads what is known of other files. Names that go on with the word under way, best first."""
    if spot.is_selecting:
        return _members(model, spot, known.held)[:most]
    scores = _counted(model, spot)
    _add(scores, _NEAR_SHARE, dict.fromkeys(filter(lambda n: _goes_on(n, spot.prefix), known.names), 1.0))
    own = [name for name in GLOBALS.get(spot.language, ()) if _goes_on(name, spot.prefix)] if spot.prefix else []
    _add(scores, _NEAR_SHARE / 5, dict.fromkeys((n for n in own if n not in scores), 1.0))
    given = _elsewhere(index, spot, scores)
    _add(scores, _ELSEWHERE_SHARE, dict.fromkeys(given, 1.0))
    whole = sum(scores.values())
    ordered = sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:most]
    return [_item(spot, known.names, given, name, score / whole) for name, score in ordered]


def _elsewhere(index: Index, spot: Spotted, known: Mapping[str, float]) -> dict[str, tuple[ItemKind, str]]:
    """Names that other files define at their top, with the file; what brings them is left to who writes."""
    found: dict[str, tuple[ItemKind, str]] = {}
    if len(spot.prefix) >= _SHORTEST:
        for each in abroad_of(index).named(spot.prefix, spot.path):
            if each.name not in known and each.name != spot.prefix and is_name(each.name) and len(found) < _ELSEWHERE:
                found.setdefault(each.name, (KINDS[each.kind], each.path))
    return found


def _counted(model: CodeModel, spot: Spotted) -> dict[str, float]:
    """Names that go on with the word, by what follows such tokens and by how lately they were written."""
    scores: dict[str, float] = {}
    chances = chances_after(model, spot.path, spot.before, braces=True)
    for share, weights in ((1 - _RECENT_SHARE - _NEAR_SHARE, chances), (_RECENT_SHARE, _recent(spot))):
        _add(scores, share, {name: weight for name, weight in weights.items() if _goes_on(name, spot.prefix)})
    return scores


def _add(scores: dict[str, float], share: float, weights: Mapping[str, float]) -> None:
    """Add `share` to `scores`, parted as `weights` say."""
    total = sum(weights.values())
    for name, weight in weights.items():
        scores[name] = scores.get(name, 0.0) + share * weight / total


def _members(model: CodeModel, spot: Spotted, held: Held) -> list[Item]:
    """Members: those that the receiver has, by counts among them; others only where it may have more, and only likely ones."""
    counted = _counted(model, spot)
    known = {name: member for name, member in held.members.items() if _goes_on(name, spot.prefix)}
    scores: dict[str, float] = {}
    _add(scores, 1 - _UNSEEN, {name: counted[name] for name in known if name in counted})
    used, target = model.followed(spot.path, spot.before[-1:]).chances, _target(spot)
    _add(scores, _UNSEEN, {name: (_NEVER + used.get(name, 0.0)) / (1 + m.depth) for name, m in known.items()})
    alike = {name: 1.0 for name in known if target and name.replace("_", "").lower() == target}
    _add(scores, _ALIKE if scores else 0.0, alike)
    if not (held.whole and held.members):
        share = _known_share(held, counted) if known else 0.0
        inside = sum(scores.values())
        scores = {name: share * score / inside for name, score in scores.items()}
        _add(scores, 1 - share, counted)
    whole = sum(scores.values())
    ordered = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    guesses = [n for n, score in ordered if n not in known and score >= _LEAST_GUESS * whole][:_GUESSES]
    kept = {*known, *guesses}
    return [_member_item(name, score / whole, known.get(name)) for name, score in ordered if name in kept]


def _target(spot: Spotted) -> str:
    """The name that is given a value on the line under way, in small letters without ``_``; "" where none is."""
    words = tokenize(spot.text.rpartition("\n")[2], spot.language)
    at = next((n for n, word in enumerate(words) if word in ("=", ":=")), 0)
    return words[at - 1].replace("_", "").lower() if at and is_name(words[at - 1]) else ""


def _known_share(held: Held, counted: Mapping[str, float]) -> float:
    """How likely a member is one of those that are known: by what is counted where they may be the smaller part, else at least so likely."""
    seen = sum(chance for name, chance in counted.items() if name in held.members) / max(sum(counted.values()), 1e-9)
    return seen * (1 - _UNSEEN) + _UNSEEN if held.part else max(seen, _KNOWN_SHARE)


def _member_item(name: str, score: float, member: Member | None) -> Item:
    if member is None:
        return Item(name, ItemKind.ATTRIBUTE, score, "codemodel", "", name)
    detail = member.symbol.signature[:120] if member.symbol else ""
    return Item(name, ItemKind(member.kind), score, "member", detail, name)


def defined(index: Index, path: str) -> dict[str, ItemKind]:
    """Effect: reads facts through the index. What the file and its neighbours in the folder define, and what it imports."""
    found: dict[str, ItemKind] = {}
    folder = path.rpartition("/")[0]
    near = [each for each in index.paths if each.rpartition("/")[0] == folder and each != path]
    for other in [each for each in near if language_of(each) == language_of(path)][:_NEIGHBOURS]:
        found.update((s.name, _kind(s)) for s in index.facts(other).symbols if s.name and not s.parent)
    facts = index.facts(path)
    found.update((each.bound, ItemKind.MODULE) for each in facts.imports if is_name(each.bound))
    found.update((symbol.name, _kind(symbol)) for symbol in facts.symbols if symbol.name)
    return found


def _kind(symbol: Symbol) -> ItemKind:
    return KINDS[symbol.kind]


def _recent(spot: Spotted) -> dict[str, float]:
    """Names before the place, the latest weighing most; after a dot those that stood after one."""
    found: dict[str, float] = {}
    words = spot.before
    for at in range(len(words) - 1, max(0, len(words) - 3000), -1):
        word = words[at]
        if is_name(word) and spot.selects(words[at - 1]) == spot.is_selecting:
            found.setdefault(word, 1 / (3 + len(found)))
    return found


def _goes_on(name: str, prefix: str) -> bool:
    return is_name(name) and name[: len(prefix)].lower() == prefix.lower() and name != prefix


def _item(
    spot: Spotted, names: Mapping[str, ItemKind], given: Mapping[str, tuple[ItemKind, str]], label: str, score: float
) -> Item:
    keywords = get(spot.language).keywords if spot.language else frozenset[str]()
    if label in keywords:
        return Item(label, ItemKind.KEYWORD, score, "keyword", "", label)
    if label in names:
        return Item(label, names[label], score, "module", "", label)
    if label in given:
        kind, path = given[label]
        return Item(label, kind, score, "project", path, label)
    if label in GLOBALS.get(spot.language, ()):
        is_type = label[:1].isupper() and not label.isupper()
        return Item(label, ItemKind.CLASS if is_type else ItemKind.VARIABLE, score, "builtin", "", label)
    return Item(label, ItemKind.TEXT, score, "codemodel", "", label)
