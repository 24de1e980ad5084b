"""Merging two trees that come from a common one."""

import posixpath
from collections import namedtuple

from .snapshot import FILE, Entry, Snapshot, parent, sort_key

POLICIES = ("report", "left", "right", "newer", "both")

# `left` and `right` are None where the path was removed
Conflict = namedtuple("Conflict", "path left right")
MergeResult = namedtuple("MergeResult", "tree conflicts")


def conflict_name(path, taken):
    """A free path for a second version of a file; its ending stays."""
    stem, ending = posixpath.splitext(path)
    name = "{} (conflict){}".format(stem, ending)
    number = 2
    while name in taken:
        name = "{} (conflict {}){}".format(stem, number, ending)
        number += 1
    return name


def _merge_file(base, left, right):
    """Content and mode are merged apart. None if both sides changed the same of them."""
    if base is None or left is None or right is None or len({base.kind, left.kind, right.kind}) > 1:
        return None
    if left.content == right.content or right.content == base.content:
        content = left
    elif left.content == base.content:
        content = right
    else:
        return None
    if left.mode == right.mode or right.mode == base.mode:
        mode = left.mode
    elif left.mode == base.mode:
        mode = right.mode
    else:
        return None
    return Entry(content.kind, content.content, mode, max(left.mtime, right.mtime))


def _choose(policy, left, right):
    """The version that stays at the path where both sides disagree."""
    if policy == "right":
        return right
    if policy in ("newer", "both"):
        if left is None or right is None:
            return left if right is None else right
        if policy == "newer" and right.mtime > left.mtime:
            return right
    return left


def three_way(base, left, right, policy="report"):
    """Merge; the tree holds a version of each path, and conflicts are listed whatever the policy.

    With "report" the left version stays. With "newer" the later one stays, and a changed file wins over a removed one.
    With "both" the right version is kept too, under a name of its own.
    """
    if policy not in POLICIES:
        raise ValueError("unknown policy {!r}".format(policy))
    taken = {path for tree in (base, left, right) for path in tree}
    kept, conflicts = {}, []
    for path in sorted(taken, key=sort_key):
        was, ours, theirs = base.get(path), left.get(path), right.get(path)
        if ours == theirs or theirs == was:
            chosen = ours
        elif ours == was:
            chosen = theirs
        else:
            chosen = _merge_file(was, ours, theirs)
            if chosen is None:
                conflicts.append(Conflict(path, ours, theirs))
                chosen = _choose(policy, ours, theirs)
                if policy == "both" and ours is not None and theirs is not None and theirs.kind == FILE:
                    name = conflict_name(path, taken)
                    taken.add(name)
                    kept[name] = theirs
        if chosen is not None:
            kept[path] = chosen
    return MergeResult(_build(kept, taken), conflicts)


def _build(kept, taken):
    """The tree of what was kept; a file in the way of a folder gets another name."""
    needed = set()
    for path in kept:
        above = parent(path)
        while above:
            needed.add(above)
            above = parent(above)
    entries = []
    for path in sorted(kept, key=sort_key):
        entry = kept[path]
        if entry.kind == FILE and path in needed:
            path = conflict_name(path, taken)
            taken.add(path)
        entries.append((path, entry))
    return Snapshot(entries)
