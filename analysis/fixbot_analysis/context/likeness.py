"""Code that is like the code at a place: what uses the same things, what has the same name under the same base."""

import math
from collections.abc import Iterator, Sequence

from fixbot_analysis.context.candidates import Found
from fixbot_analysis.context.packing import Reason
from fixbot_analysis.context.scene import Scene, last_names
from fixbot_analysis.context.weighing import Evidence
from fixbot_analysis.graph import is_test
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.symbols import split_words

_MOST_USERS, _COUSERS, _USED_HERE = 40, 10, 8
_COUSINS, _HEIRS = 12, 300
_POOLED = 60
_SIMILAR = 2


def used_together(scene: Scene) -> Iterator[Found]:
    """What other code uses together with what the function around uses already."""
    best = cousers(scene)
    yield from _pooled(scene, best, Evidence.COUSED, "used where the same things are used", "(uses the same) ->")


def same_name(scene: Scene) -> Iterator[Found]:
    """What methods of the same name in classes with the same base use."""
    best = [(cousin, 1.0) for cousin in cousins(scene)]
    why = f"used by other {scene.place.name} methods"
    yield from _pooled(scene, best, Evidence.SAME, why, "(same base, same name) ->")


def similar(scene: Scene) -> list[tuple[str, Reason]]:
    """Definitions of other files that do the same under the same name, or use most of the same things; likest first."""
    mine = {e.target for e in scene.used_by(scene.here)}
    words = {*split_words(scene.place.scope)}
    found: dict[str, float] = {}
    for each in (*cousins(scene), *(user for user, _ in cousers(scene))):
        entry = scene.directory.entry(each)
        if entry is None or is_test(entry.node.path) or entry.node.path == scene.place.path:
            continue
        theirs = {e.target for e in scene.used_by(each)}
        found[each] = likeness(mine, theirs) + likeness(words, {*split_words(entry.node.qualname)})
    best = sorted(found, key=lambda each: (-found[each], each))[:_SIMILAR]
    return [(each, Reason(f"like {scene.shown}", f"{scene.shown} ~ {last_names(each)} (like it)")) for each in best]


def cousers(scene: Scene) -> list[tuple[str, float]]:
    """Definitions that use what the function around uses, rare things counting more."""
    others: dict[str, float] = {}
    for edge in scene.used_by(scene.here)[:_USED_HERE]:
        users = scene.users(edge.target, _MOST_USERS)
        for user in users:
            if user != scene.here and "::" in user:
                others[user] = others.get(user, 0.0) + 1 / math.log2(2 + len(users))
    return sorted(others.items(), key=lambda item: (-item[1], item[0]))[:_COUSERS]


def cousins(scene: Scene) -> list[str]:
    """Methods of the same name in classes with the same base, nearest in the tree of files first."""
    place = scene.place
    if not place.owner or place.definition is place.owner:
        return []
    own, found = f"{place.path}::{place.owner.qualname}", {}
    for base in scene.bases():
        heirs = [e.source for e in scene.directory.incoming(base.id, _HEIRS) if e.kind is EdgeKind.INHERITS]
        methods = (f"{heir}.{place.name}" for heir in heirs if heir != own)
        found.update({m: -_shared_folders(m, place.path) for m in methods if m in scene.graph.nodes})
    return sorted(found, key=lambda m: (found[m], m))[:_COUSINS]


def likeness(mine: set[str], other: set[str]) -> float:
    """Jaccard's index: what two sets share of what they have together."""
    return len(mine & other) / len(mine | other) if mine and other else 0.0


def _pooled(
    scene: Scene, users: Sequence[tuple[str, float]], kind: Evidence, why: str, relation: str
) -> Iterator[Found]:
    """What `users` use, by their summed weights."""
    found: dict[str, tuple[float, str]] = {}
    for user, weight in users:
        for target in dict.fromkeys(e.target for e in scene.used_by(user)):
            known = found.get(target)
            found[target] = (known[0] + weight, known[1]) if known else (weight, user)
    total = sum(weight for _, weight in users)
    for target in sorted(found, key=lambda t: (-found[t][0], t))[:_POOLED]:
        entry = scene.directory.entry(target)
        if entry is not None:
            way = (scene.shown, "~", last_names(found[target][1]), relation, entry.name)
            yield Found(entry, ((kind, found[target][0] / total),), why, way)


def _shared_folders(one: str, other: str) -> int:
    mine, theirs = (each.partition("::")[0].split("/")[:-1] for each in (one, other))
    return next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
