"""Where candidates of Python come from: the cursor, imports, classes in scope, the module under test; of any language: definitions nearby."""

import math
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from fixbot_analysis.context.candidates import Found
from fixbot_analysis.context.entries import Entry, Member
from fixbot_analysis.context.likeness import likeness
from fixbot_analysis.context.scene import Scene, last_names, module_of
from fixbot_analysis.context.weighing import Evidence
from fixbot_analysis.graph import is_test
from fixbot_analysis.graph.model import Edge
from fixbot_analysis.graph.values import Definition, Instance
from fixbot_analysis.symbols import Import, Symbol, SymbolKind, split_words

_NAMES, _ATTRIBUTES = 30, 30  # of a scope, of self, that are looked at
_UNMENTIONED = 1000  # lines: further away than any mention
_BEYOND, _STEPS_BEYOND = 6, 2  # things in scope whose attributes are looked at, which count as so many steps further up
_SIBLINGS = 24  # definitions nearby
OF_GROUP, _UNSAID = 80, 60  # members of one class or module that come into question; those the text says nothing of

_SCOPES = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)

Shared = tuple[tuple[Evidence, float], ...]


def at_cursor(scene: Scene) -> Iterator[Found]:
    """What is called where arguments are being written, and the members of what stands before a dot."""
    callee, receiver = scene.place.callee, scene.place.receiver
    if callee:
        way, shared = f"{scene.shown} -> {callee} (call being written)", ((Evidence.CALLEE, 1.0),)
        for value in scene.values(callee):
            if isinstance(value, Definition):
                yield from one(scene, value.id, shared, f"arguments of {callee} are being written", way)
            cls = value.cls if isinstance(value, Instance) else value
            if isinstance(cls, Definition) and cls.is_class:
                takers = ("__call__",) if cls is not value else ("__init__", "__new__")
                members = [m for m in scene.directory.members(cls.id) if m.name in takers]
                yield from group(scene, members, shared, f"takes the arguments of {callee}", way)
    if receiver:
        way, shared = f"{scene.shown} -> {receiver} (before the dot)", ((Evidence.RECEIVER, 1.0),)
        for value in scene.values(receiver):
            cls = value.cls if isinstance(value, Instance) else value
            if isinstance(cls, Definition) and cls.is_class:
                yield from one(scene, cls.id, shared, f"class of {receiver}", way)
                yield from group(scene, scene.directory.members(cls.id), shared, f"member of {receiver}", way)
            elif location := module_of(value):
                yield from group(scene, scene.directory.exports(location), shared, f"of {receiver}", way)


def imported(scene: Scene) -> Iterator[Found]:
    """Names that the file imports, and what the modules it imports define."""
    place = scene.place
    scopes = place.scopes
    for each in place.facts.imports:
        if each.scope not in scopes:
            continue
        if each.name == "*":
            location = scene.graph.resolver.imported(place.path, each)
            yield from _of_module(scene, location or "", "", each.module)
            continue
        name = each.bound if each.alias or each.name else each.module
        direct = scene.defined_as(each)
        if direct is not None and (name not in place.mentions or not _is_class(direct) or scene.is_only(each)):
            yield from _import(scene, each, name, direct)
            continue
        value = scene.value(name, each.scope)
        if isinstance(value, Definition):
            yield from _import(scene, each, name, scene.directory.entry(value.id))
        elif isinstance(value, Instance):
            yield from _class_in_scope(scene, name, value.cls, Evidence.LOCAL)
        elif location := module_of(value):
            yield from _of_module(scene, location, name, name)


def _import(scene: Scene, each: Import, name: str, entry: Entry | None) -> Iterator[Found]:
    """What an import names, with its members where it is a class that is written near the place."""
    if entry is None:
        return
    is_local = bool(each.scope) and each.scope == scene.place.scope
    spread = scene.spread(each.bound)
    unused = not spread and each.bound not in scene.place.mentions
    evidence = (
        (Evidence.IMPORTED, 1.0), (Evidence.NEAR, 1.0 if is_local else scene.near(each.bound)), (Evidence.FILE, spread),
        (Evidence.UNUSED, float(unused)),
    )  # fmt: skip
    why = (f"imported as {each.bound}" if each.alias else "imported") + (", not used yet" if unused else "")
    way = f"{scene.shown} -> {name} (import)"
    yield Found(entry, evidence, why, (f"{scene.shown} -> {each.bound} (import)",))
    if _is_class(entry) and name in scene.place.mentions and scene.first_time(entry.node.id):
        members = scene.directory.members(entry.node.id)
        yield from members_of(scene, members, Evidence.LOCAL, f"member of {name}", way, name)


def _is_class(entry: Entry) -> bool:
    return entry.node.kind is SymbolKind.CLASS


def _of_module(scene: Scene, location: str, prefix: str, shown: str) -> Iterator[Found]:
    way = f"{scene.shown} -> {shown} (import)"
    members = scene.directory.exports(location)
    yield from members_of(scene, members, Evidence.MODULE, f"of the module {shown}", way, prefix)


def inherited(scene: Scene) -> Iterator[Found]:
    """Base classes of the class around, their methods, and the one that the method around overrides."""
    place = scene.place
    owner = place.owner.name if place.owner else place.scope.rpartition(".")[0].rpartition(".")[2]
    for base in scene.bases():
        way = f"{owner} -> {base.symbol.name} (inherits)"
        yield from one(scene, base.id, ((Evidence.BASE, 1.0),), f"base of {owner}", way)
        members = scene.directory.members(base.id)
        yield from members_of(scene, members, Evidence.INHERITED, f"inherited from {base.symbol.name}", way, "self", 1)
        same = [member for member in members if member.name == place.name]
        yield from group(scene, same, ((Evidence.OVERRIDDEN, 1.0),), f"{place.name} overrides it", way)


def in_scope(scene: Scene) -> Iterator[Found]:
    """Classes of what names and attributes of self stand for, with their members; then the same for attributes of these."""
    beyond: list[tuple[str, Definition]] = []
    for chain, kind in (*_names(scene), *_own_attributes(scene)):
        for cls in scene.classes(chain):
            if cls.path != scene.place.path:
                yield from _class_in_scope(scene, chain, cls, kind)
            if len(beyond) < _BEYOND:
                beyond.append((chain, cls))
    attributes = [
        (f"{chain}.{name}", other) for chain, cls in beyond for name, other in scene.directory.attributes(cls)
    ]
    attributes.sort(key=lambda each: scene.place.mentions.get(each[0], _UNMENTIONED))
    for chain, cls in attributes[:_ATTRIBUTES]:
        if cls.path != scene.place.path:
            yield from _class_in_scope(scene, chain, cls, Evidence.ATTRIBUTE, _STEPS_BEYOND)


def _names(scene: Scene) -> list[tuple[str, Evidence]]:
    """Parameters, local names and those of the module, the nearest first."""
    place = scene.place
    scopes, written = place.scopes[:-1], scene.written
    names: dict[str, None] = {}
    for symbol in place.facts.symbols:
        if symbol.qualname in scopes and symbol.kind in _SCOPES:
            names.update(dict.fromkeys(symbol.parameters))
    bindings = place.facts.bindings
    names.update(dict.fromkeys(b.name for b in bindings if b.scope in scopes))
    names.update(dict.fromkeys(b.name for b in bindings if not b.scope and b.value and b.name in written))
    order = sorted(names, key=lambda n: (place.mentions.get(n, _UNMENTIONED), -written.get(n, 0)))
    return [(name, Evidence.LOCAL) for name in order[:_NAMES]]


def _own_attributes(scene: Scene) -> list[tuple[str, Evidence]]:
    place = scene.place
    if place.owner is None or place.definition is place.owner:
        return []
    own = [f"self.{b.name}" for b in place.facts.bindings if b.scope == place.owner.qualname and b.value]
    near = [m for m in place.mentions if m.startswith("self.") and m.count(".") == 1]
    return [(chain, Evidence.ATTRIBUTE) for chain in list(dict.fromkeys([*near, *own]))[:_ATTRIBUTES]]


def _class_in_scope(scene: Scene, name: str, cls: Definition, kind: Evidence, above: int = 0) -> Iterator[Found]:
    way = f"{scene.shown} -> {name} -> {cls.symbol.name} (type)"
    shared: Shared = ((Evidence.TYPE, 1.0), (Evidence.NEAR_OWNER, scene.near(name)))
    if above:
        shared += ((Evidence.DEPTH, above / 5),)
    yield from one(scene, cls.id, shared, f"class of {name}", way)
    if scene.first_time(cls.id):
        yield from members_of(scene, scene.directory.members(cls.id), kind, f"member of {name}", way, name, above)


def members_of(
    scene: Scene,
    members: Sequence[Member],
    kind: Evidence,
    why: str,
    way: str,
    prefix: str = "",
    above: int = 0,
    most: int = OF_GROUP,
) -> Iterator[Found]:
    """Members of a class or module whose name in scope is `prefix` (``""``: they need none)."""
    shared: Shared = ((kind, 1.0), (Evidence.CROWD, math.log1p(len(members)) / 3))
    if prefix:
        shared += (Evidence.NEAR_OWNER, scene.near(prefix)), (Evidence.FILE_OWNER, scene.spread(prefix))
    yield from group(scene, members, shared, why, way, f"{prefix}." if prefix else "", above, most)


def group(
    scene: Scene,
    members: Sequence[Member],
    shared: Shared,
    why: str,
    way: str,
    prefix: str = "",
    above: int = 0,
    most: int = OF_GROUP,
) -> Iterator[Found]:
    """Those of a class or module that the text says most of, where there are over `most`, with what speaks for all of them alike."""
    chosen = members if len(members) <= most else _telling(scene, members, prefix)
    mentions, written = scene.place.mentions, scene.written
    for name, entry, depth in chosen:
        chain, evidence = prefix + name, shared
        if chain in mentions:
            evidence += ((Evidence.NEAR, scene.near(chain)),)
        if chain in written:
            evidence += ((Evidence.FILE, scene.spread(chain)),)
        if depth + above:
            evidence += ((Evidence.DEPTH, (depth + above) / 5),)
        yield Found(entry, evidence, why, (way, "->", name, "(defines)"))


def _telling(scene: Scene, members: Sequence[Member], prefix: str) -> list[Member]:
    """Of many members those whose names or words of names the text says, then the first few others."""
    words, written = scene.place.words.keys(), scene.written
    said = [m for m in members if not words.isdisjoint(m.entry.words) or prefix + m.name in written]
    said.sort(key=lambda m: -scene.said(m.entry) - scene.spread(prefix + m.name))
    known = {m.name for m in said}
    return [*said[:OF_GROUP], *[m for m in members if m.name not in known][:_UNSAID]]


def one(scene: Scene, node: str, evidence: Shared, why: str, way: str) -> Iterator[Found]:
    """A class, function or method by its node id."""
    entry = scene.directory.entry(node)
    if entry is not None:
        yield Found(entry, evidence, why, (way,))


def nearby(scene: Scene) -> Iterator[Found]:
    """What the function around and the definitions nearby use already."""
    place = scene.place
    for edge in scene.used_by(scene.here):
        way = f"{scene.shown} -> {last_names(edge.target)} ({edge.kind})"
        yield from one(scene, edge.target, ((Evidence.OWN, 1.0),), f"used by {scene.shown}", way)
    mine = set(split_words(place.name))
    likest: dict[str, tuple[float, Symbol, Edge]] = {}
    for symbol in _siblings(place.facts.symbols, place.scope, place.line):
        like = likeness(mine, set(split_words(symbol.name)))
        for edge in scene.used_by(f"{place.path}::{symbol.qualname}"):
            known = likest.get(edge.target)
            if known is None or like > known[0]:
                likest[edge.target] = (like, symbol, edge)
    for target, (like, symbol, edge) in likest.items():
        entry = scene.directory.entry(target)
        if entry is not None:
            steps = (f"{scene.shown} -> {symbol.qualname} (beside) ->", entry.name, f"({edge.kind})")
            evidence = ((Evidence.SIBLING, 1.0), (Evidence.LIKE, like))
            yield Found(entry, evidence, f"used by {symbol.qualname} beside it", steps)


def _siblings(symbols: Sequence[Symbol], scope: str, line: int) -> list[Symbol]:
    """Definitions nearest to the place."""
    found = [(abs(s.line - line), s.line, s) for s in symbols if s.kind in _SCOPES and s.qualname != scope]
    found.sort(key=lambda each: each[:2])
    return [symbol for _, _, symbol in found[:_SIBLINGS]]


def under_test(scene: Scene) -> Iterator[Found]:
    """In a test file: what the module that it is named for defines."""
    place = scene.place
    if not is_test(place.path):
        return
    stem = PurePosixPath(place.path).stem.removeprefix("test_").removesuffix("_test")
    for each in place.facts.imports:
        named = stem in (each.name, each.module.rpartition(".")[2])
        location = scene.graph.resolver.imported(place.path, each) if named else None
        if location:
            members = scene.directory.exports(location)
            shared = ((Evidence.SUBJECT, 1.0),)
            yield from group(scene, members, shared, "of the module under test", f"{stem} (tests)")
            return
