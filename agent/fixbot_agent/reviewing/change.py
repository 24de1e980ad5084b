"""The change under review: which files, what they held before and hold now, and which lines are its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.reviewing.scope import changed_paths
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_repair.errors import GitError
from fixbot_repair.git import Repository

_MAINLINES = ("main", "master", "origin/main", "origin/master", "origin/HEAD")  # the last: whatever the remote calls it


@dataclass(frozen=True, slots=True)
class Change:
    """What lies between `base` and `head` (commit ids); `working_tree` says that the head is the files as they are now.

    `before` and `after` hold the content of each changed source file that exists on that side; `lines` the lines
    (from 1, of the head) that the change touches, those beside a deletion too; `renamed` new paths by old.
    `at_hand` says that the other files of the head are those on disk; `buffers` are files that lie over the commit `head`.
    """

    root: Path
    base: str
    head: str
    working_tree: bool
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    lines: Mapping[str, tuple[int, ...]]
    renamed: Mapping[str, str]
    at_hand: bool = True
    buffers: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def between(
        cls, repository: Repository, base: str = "", head: str = "", buffers: Mapping[str, bytes] | None = None
    ) -> "Change":
        """Effect: read the change from `base` (where the head left the main branch) to `head` (the working tree), with `buffers` laid over that commit.

        Raises GitError for a revision that does not exist, UsageFailure when there is no main branch to start from.
        """
        tip = repository.resolve(head or "HEAD")
        start = repository.resolve(base) if base else _fork_point(repository, tip)
        if head:
            laid = {path: data for path, data in (buffers or {}).items() if language_of(path)}
            paths = sorted({p for p in repository.diff_names(start, tip) if language_of(p)} | set(laid))
            after = _at_commit(repository, tip, paths) | laid
        else:
            paths = list(changed_paths(repository, start))
            after = _on_disk(repository.top, paths)
        before = _at_commit(repository, start, paths)
        renamed = _renames(before, after)
        origins = {new: old for old, new in renamed.items()}
        lines = {p: _touched(before.get(origins.get(p, p), b""), data) for p, data in after.items()}
        at_hand = not head or repository.head in (tip, start)
        return cls(repository.top, start, tip, not head, before, after, lines, renamed, at_hand, buffers or {})


def _fork_point(repository: Repository, tip: str) -> str:
    for name in _MAINLINES:
        try:
            if parted := repository.merge_base(name, tip):
                return parted
        except GitError:
            continue
    raise UsageFailure(
        "there is no main or master branch to compare with, and 'origin' names none", "name a commit with --base"
    )


def _at_commit(repository: Repository, commit: str, paths: list[str]) -> dict[str, bytes]:
    wanted = set(paths)
    files = [f for f in repository.files(commit) if f.path in wanted and f.is_regular]
    return {f.path: data for f, data in repository.contents(files)}


def _on_disk(root: Path, paths: list[str]) -> dict[str, bytes]:
    tree, found = SourceTree(root), dict[str, bytes]()
    for path in paths:
        try:
            document = tree.read(path)
        except SourceError:
            continue  # deleted, a link, or not text: nothing to review
        found[path] = document.encode(document.data)
    return found


def _renames(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, str]:
    """Old path -> new path, for files that went away and came back elsewhere with most of their lines."""
    gone, come = [p for p in before if p not in after], [p for p in after if p not in before]
    pairs: dict[str, str] = {}
    for old in gone:
        alike = [(_likeness(before[old], after[new]), new) for new in come if new not in pairs.values()]
        best = max(alike, default=(0.0, ""))
        if best[0] > 0.5:
            pairs[old] = best[1]
    return pairs


def _likeness(one: bytes, other: bytes) -> float:
    ours, theirs = set(one.splitlines()), set(other.splitlines())
    return len(ours & theirs) / max(len(ours | theirs), 1)


def _touched(before: bytes, after: bytes) -> tuple[int, ...]:
    """Lines of `after` that are new or changed; where lines were only taken away, the one that follows the gap."""
    new = after.split(b"\n")
    touched: set[int] = set()
    for kind, _, _, start, end in SequenceMatcher(None, before.split(b"\n"), new).get_opcodes():
        if kind == "delete":
            touched.add(min(start + 1, len(new)))
        elif kind != "equal":
            touched.update(range(start + 1, end + 1))
    return tuple(sorted(touched))
