"""Where candidates come from: imports, classes in scope, definitions nearby, what similar code uses."""

import math
from collections.abc import Iterator
from pathlib import PurePosixPath

from fixbot_analysis.context.candidates import Found
from fixbot_analysis.context.packing import Reason
from fixbot_analysis.context.scene import USING, Member, Scene, last_names, module_of
from fixbot_analysis.context.weighing import Evidence
from fixbot_analysis.graph import is_test
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.values import Definition, Instance
from fixbot_analysis.symbols import Import, Symbol, SymbolKind, split_words

_HALF = 6  # lines after which a mention is worth half
_NAMES, _ATTRIBUTES = 30, 40  # of a scope, of self, that are looked at
_SIBLINGS = 24  # definitions nearby, of the class and of the module each
_MOST_USERS, _COUSERS, _USED_HERE = 60, 16, 12
_COUSINS, _HEIRS = 20, 400
_SIMILAR = 2

_SCOPES = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)


def finds(scene: Scene) -> Iterator[Found]:
    """Every find for a place, those that point at the cursor itself first."""
    yield from at_cursor(scene)
    yield from imported(scene)
    yield from inherited(scene)
    yield from local(scene)
    yield from attributes(scene)
    yield from nearby(scene)
    yield from used_together(scene)
    yield from same_name(scene)
    yield from under_test(scene)


def at_cursor(scene: Scene) -> Iterator[Found]:
    """What is called where arguments are being written, and the members of what stands before a dot."""
    place = scene.place
    if place.callee:
        value = scene.value(place.callee)
        if isinstance(value, Definition):
            way = f"{_here(scene)} -> {place.callee} (call being written)"
            yield Found(value.id, {Evidence.CALLEE: 1.0}, f"arguments of {place.callee} are being written", way)
            if value.symbol.kind is SymbolKind.CLASS:
                made = [m for m in scene.members(value) if m.name in ("__init__", "__new__")]
                yield from _members(scene, made, Evidence.CALLEE, f"makes {place.callee}", way)
    if place.receiver:
        value = scene.value(place.receiver)
        cls = scene.class_of(value)
        way = f"{_here(scene)} -> {place.receiver} (before the dot)"
        if cls is not None:
            yield Found(cls.id, {Evidence.RECEIVER: 1.0}, f"class of {place.receiver}", way)
            yield from _members(scene, scene.members(cls), Evidence.RECEIVER, f"member of {place.receiver}", way)
        elif location := module_of(value):
            for name, node in scene.exported(location):
                yield Found(node, {Evidence.RECEIVER: 1.0}, f"{name} of {place.receiver}", way)


def imported(scene: Scene) -> Iterator[Found]:
    """Names that the file imports, and what the modules it imports define."""
    place = scene.place
    heads = {name.partition(".")[0] for name, _ in place.facts.references}
    for each in place.facts.imports:
        if each.scope not in place.scopes:
            continue
        if each.name == "*":
            location = scene.graph.resolver.imported(place.path, each)
            yield from _of_module(scene, location or "", "", each.module)
            continue
        name = each.bound if each.alias or each.name else each.module
        value = scene.value(name, each.scope)
        if isinstance(value, Definition):
            yield _import(scene, each, value, name not in heads)
            if value.symbol.kind is SymbolKind.CLASS and name in place.mentions:
                way = f"{_here(scene)} -> {name} (import)"
                yield from _members(scene, scene.members(value), Evidence.LOCAL, f"member of {name}", way, name)
        elif isinstance(value, Instance):
            yield from _class_in_scope(scene, name, value.cls, Evidence.LOCAL)
        elif location := module_of(value):
            yield from _of_module(scene, location, name, name)


def _import(scene: Scene, each: Import, value: Definition, unused: bool) -> Found:
    name = each.bound
    evidence = {Evidence.IMPORTED: 1.0, Evidence.NEAR: _near(scene, name), Evidence.FILE: scene.spread(name)}
    if unused and name not in scene.place.mentions:
        evidence[Evidence.UNUSED] = 1.0
    if each.scope and each.scope == scene.place.scope:
        evidence[Evidence.NEAR] = 1.0
    why = f"imported as {name}" if each.alias else "imported"
    return Found(value.id, evidence, why + (", not used yet" if unused else ""), f"{_here(scene)} -> {name} (import)")


def _of_module(scene: Scene, location: str, prefix: str, shown: str) -> Iterator[Found]:
    members = list(scene.exported(location))
    crowd = math.log1p(len(members)) / 3
    for name, node in members:
        chain = f"{prefix}.{name}" if prefix else name
        evidence = {Evidence.MODULE: 1.0, Evidence.CROWD: crowd, Evidence.NEAR: _near(scene, chain)}
        if prefix:
            evidence[Evidence.NEAR_OWNER] = _near(scene, prefix)
            evidence[Evidence.FILE_OWNER] = scene.spread(prefix)
        evidence[Evidence.FILE] = scene.spread(chain)
        yield Found(node, evidence, f"of the module {shown}", f"{_here(scene)} -> {shown} (import) -> {name} (defines)")


def inherited(scene: Scene) -> Iterator[Found]:
    """Base classes of the class around, their methods, and the one that the method around overrides."""
    place = scene.place
    owner = place.owner.name if place.owner else place.scope.rpartition(".")[0].rpartition(".")[2]
    for base in scene.bases():
        way = f"{owner} -> {base.symbol.name} (inherits)"
        yield Found(base.id, {Evidence.BASE: 1.0}, f"base of {owner}", way)
        members = scene.members(base)
        yield from _members(scene, members, Evidence.INHERITED, f"inherited from {base.symbol.name}", way, "self", 1)
        for member in members:
            if member.name == place.name:
                yield Found(
                    member.id, {Evidence.OVERRIDDEN: 1.0}, f"{place.name} overrides it", f"{way} -> {member.name}"
                )


def local(scene: Scene) -> Iterator[Found]:
    """Classes of parameters and local names, with their members."""
    place = scene.place
    names: dict[str, None] = {}
    for scope in place.scopes[:-1]:
        symbol = next((s for s in place.facts.symbols if s.qualname == scope and s.kind in _SCOPES), None)
        names.update(dict.fromkeys(symbol.parameters if symbol else ()))
        names.update(dict.fromkeys(b.name for b in place.facts.bindings if b.scope == scope))
    for name in list(names)[:_NAMES]:
        value = scene.value(name)
        if isinstance(value, Instance) and not value.cls.id.startswith(f"{place.path}::"):
            yield from _class_in_scope(scene, name, value.cls, Evidence.LOCAL)


def attributes(scene: Scene) -> Iterator[Found]:
    """Classes of the attributes of self, with their members."""
    place = scene.place
    if place.owner is None or place.definition is place.owner:
        return
    own = [f"self.{b.name}" for b in place.facts.bindings if b.scope == place.owner.qualname and b.value]
    near = [m for m in place.mentions if m.startswith("self.") and m.count(".") == 1]
    for chain in list(dict.fromkeys([*near, *own]))[:_ATTRIBUTES]:
        value = scene.value(chain)
        if isinstance(value, Instance):
            yield from _class_in_scope(scene, chain, value.cls, Evidence.ATTRIBUTE)


def _class_in_scope(scene: Scene, name: str, cls: Definition, kind: Evidence) -> Iterator[Found]:
    way = f"{_here(scene)} -> {name} -> {cls.symbol.name} (type)"
    near = _near(scene, name)
    yield Found(cls.id, {Evidence.TYPE: 1.0, Evidence.NEAR_OWNER: near}, f"class of {name}", way)
    yield from _members(scene, scene.members(cls), kind, f"member of {name}", way, name)


def _members(
    scene: Scene, members: list[Member] | tuple[Member, ...], kind: Evidence, why: str, way: str, prefix: str = "",
    above: int = 0,
) -> Iterator[Found]:  # fmt: skip
    crowd, owner = math.log1p(len(members)) / 3, _near(scene, prefix) if prefix else 0.0
    spread = scene.spread(prefix) if prefix else 0.0
    for member in members:
        near = _near(scene, f"{prefix}.{member.name}") if prefix else 0.0
        evidence = {
            kind: 1.0, Evidence.CROWD: crowd, Evidence.DEPTH: (member.depth + above) / 5,
            Evidence.NEAR: near, Evidence.NEAR_OWNER: owner, Evidence.FILE_OWNER: spread,
        }  # fmt: skip
        yield Found(member.id, evidence, why, f"{way} -> {member.name} (defines)")


def nearby(scene: Scene) -> Iterator[Found]:
    """What the function around and the definitions nearby use already."""
    place = scene.place
    for edge in scene.used_by(scene.here):
        yield Found(
            edge.target,
            {Evidence.OWN: 1.0},
            f"used by {_here(scene)}",
            f"{_here(scene)} -> {last_names(edge.target)} ({edge.kind})",
        )
    siblings = _siblings(place.facts.symbols, place.scope, place.line)
    mine = set(split_words(place.name))
    for symbol in siblings:
        like = _likeness(mine, set(split_words(symbol.name)))
        for edge in scene.used_by(f"{place.path}::{symbol.qualname}"):
            evidence = {Evidence.SIBLING: 1.0, Evidence.LIKE: like}
            way = f"{_here(scene)} -> {symbol.qualname} (beside) -> {last_names(edge.target)} ({edge.kind})"
            yield Found(edge.target, evidence, f"used by {symbol.qualname} beside it", way)


def _siblings(symbols: tuple[Symbol, ...], scope: str, line: int) -> list[Symbol]:
    """Definitions nearest to the place, of its class first."""
    parent = scope.rpartition(".")[0]
    near = sorted((s for s in symbols if s.kind in _SCOPES and s.qualname != scope), key=lambda s: abs(s.line - line))
    beside = [s for s in near if parent and s.parent == parent][:_SIBLINGS]
    return beside + [s for s in near if s.parent != parent or not parent][:_SIBLINGS]


def used_together(scene: Scene) -> Iterator[Found]:
    """What other code uses together with what the function around uses already."""
    best = _cousers(scene)
    total = sum(weight for _, weight in best)
    for target, (weight, user) in _pooled(scene, best).items():
        way = f"{_here(scene)} ~ {last_names(user)} (uses the same) -> {last_names(target)}"
        yield Found(target, {Evidence.COUSED: weight / total}, "used where the same things are used", way)


def same_name(scene: Scene) -> Iterator[Found]:
    """What methods of the same name in classes with the same base use."""
    name = scene.place.name
    best = [(cousin, 1.0) for cousin in _cousins(scene)]
    for target, (weight, user) in _pooled(scene, best).items():
        way = f"{_here(scene)} ~ {last_names(user)} (same base, same name) -> {last_names(target)}"
        yield Found(target, {Evidence.SAME: weight / len(best)}, f"used by other {name} methods", way)


def _cousers(scene: Scene) -> list[tuple[str, float]]:
    """Definitions that use what the function around uses, rare things counting more."""
    used = sorted((scene.uses(e.target), e.target) for e in scene.used_by(scene.here))[:_USED_HERE]
    others: dict[str, float] = {}
    for count, target in used:
        for user in scene.users(target, _MOST_USERS):
            if user != scene.here:
                others[user] = others.get(user, 0.0) + 1 / math.log2(2 + count)
    return sorted(others.items(), key=lambda item: (-item[1], item[0]))[:_COUSERS]


def _cousins(scene: Scene) -> list[str]:
    """Methods of the same name in classes with the same base, nearest in the tree of files first."""
    place = scene.place
    if not place.owner or place.definition is place.owner:
        return []
    own, found = f"{place.path}::{place.owner.qualname}", {}
    for base in scene.bases():
        heirs = (
            scene.graph.neighbours(base.id, (EdgeKind.INHERITS,), outgoing=False)
            if scene.uses(base.id) < _HEIRS
            else ()
        )
        methods = (f"{edge.source}.{place.name}" for edge in heirs if edge.source != own)
        found.update({m: -_shared_folders(m, place.path) for m in methods if m in scene.graph.nodes})
    return sorted(found, key=lambda m: (found[m], m))[:_COUSINS]


def similar(scene: Scene) -> list[tuple[str, Reason]]:
    """Definitions of other files that do the same under the same name, or use most of the same things; likest first."""
    place, here = scene.place, scene.here
    mine = {e.target for e in scene.used_by(here)}
    found: dict[str, tuple[float, str]] = {}
    for each in (*_cousins(scene), *(user for user, _ in _cousers(scene))):
        theirs = {e.target for e in scene.used_by(each)}
        node = scene.graph.nodes.get(each)
        if node is None or not node.qualname or is_test(node.path) or node.path == place.path:
            continue
        alike = _likeness(mine, theirs) + _likeness({*split_words(place.scope)}, {*split_words(node.qualname)})
        found[each] = (alike, f"{_here(scene)} ~ {last_names(each)} (like it)")
    best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:_SIMILAR]
    return [(each, Reason(f"like {_here(scene)}", way)) for each, (_, way) in best]


def under_test(scene: Scene) -> Iterator[Found]:
    """In a test file: what the module that it is named for defines."""
    place = scene.place
    if not is_test(place.path):
        return
    stem = PurePosixPath(place.path).stem.removeprefix("test_").removesuffix("_test")
    for each in place.facts.imports:
        location = scene.graph.resolver.imported(place.path, each)
        if location and PurePosixPath(location).stem == stem:
            for name, node in scene.exported(location):
                yield Found(node, {Evidence.SUBJECT: 1.0}, "of the module under test", f"{stem} (tests) -> {name}")
            return


def _pooled(scene: Scene, users: list[tuple[str, float]]) -> dict[str, tuple[float, str]]:
    """What `users` use: summed weight, and the first user."""
    found: dict[str, tuple[float, str]] = {}
    for user, weight in users:
        for target in dict.fromkeys(e.target for e in scene.graph.neighbours(user, USING) if not e.guessed):
            known = found.get(target)
            found[target] = (known[0] + weight, known[1]) if known else (weight, user)
    return found


def _near(scene: Scene, chain: str) -> float:
    """1 for a name on the cursor's line, half of it every few lines further away; 0 where it is not near."""
    distance = scene.place.mentions.get(chain)
    return 0.0 if distance is None else 1 / (1 + distance / _HALF)


def _likeness(mine: set[str], other: set[str]) -> float:
    return len(mine & other) / len(mine | other) if mine and other else 0.0


def _shared_folders(one: str, other: str) -> int:
    return len({*PurePosixPath(one.partition("::")[0]).parents} & {*PurePosixPath(other).parents})


def _here(scene: Scene) -> str:
    return scene.place.scope or PurePosixPath(scene.place.path).name
