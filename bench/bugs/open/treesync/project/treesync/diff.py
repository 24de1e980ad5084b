"""What differs between two trees."""

from collections import namedtuple

from .ignore import IgnoreRules
from .snapshot import DIR, FILE

ADDED = "added"
REMOVED = "removed"
MODIFIED = "modified"
MODE = "mode"
RENAMED = "renamed"

# `source` is the former path of a renamed file
Change = namedtuple("Change", "kind path source old new")


def _visible(tree, rules):
    return {path: entry for path, entry in tree.items() if not rules.ignored(path, entry.kind == DIR)}


def _pair_renames(removed, added):
    """Pairs of paths with the same content: (source, target).

    Each file is the source of one rename at most, the first by path before the others. Empty files are all alike
    and tell nothing.
    """
    sources = {}
    for path, entry in removed:
        if entry.content:
            sources.setdefault(entry.digest, []).append(path)
    pairs = []
    for path, entry in added:
        candidates = sources.get(entry.digest)
        if candidates:
            pairs.append((candidates.pop(0), path))
    return pairs


def compare(old, new, ignore=(), renames=True):
    """The changes that make `new` of `old`, sorted by path."""
    rules = ignore if isinstance(ignore, IgnoreRules) else IgnoreRules(ignore)
    before, after = _visible(old, rules), _visible(new, rules)
    changes = []
    for path in before.keys() | after.keys():
        was, now = before.get(path), after.get(path)
        if was is None:
            changes.append(Change(ADDED, path, None, None, now))
        elif now is None:
            changes.append(Change(REMOVED, path, None, was, None))
        elif was.kind != now.kind:
            changes.append(Change(REMOVED, path, None, was, None))
            changes.append(Change(ADDED, path, None, None, now))
        elif not was.same_content(now):
            changes.append(Change(MODIFIED, path, None, was, now))
        elif was.mode != now.mode:
            changes.append(Change(MODE, path, None, was, now))
    if renames:
        changes = _with_renames(changes, before, after)
    return sorted(changes, key=lambda change: (change.path.split("/"), change.kind == ADDED))


def _with_renames(changes, before, after):
    """Put one rename in the place of a removed and an added file."""
    changes = sorted(changes, key=lambda change: change.path.split("/"))
    removed = [
        (change.path, change.old) for change in changes
        if change.kind == REMOVED and change.old.kind == FILE and change.path not in after
    ]
    added = [
        (change.path, change.new) for change in changes
        if change.kind == ADDED and change.new.kind == FILE and change.path not in before
    ]
    pairs = _pair_renames(removed, added)
    gone = {source for source, _ in pairs}
    come = {target for _, target in pairs}
    kept = [
        change for change in changes
        if not (change.kind == REMOVED and change.path in gone or change.kind == ADDED and change.path in come)
    ]
    return kept + [
        Change(RENAMED, target, source, before[source], after[target]) for source, target in pairs
    ]
