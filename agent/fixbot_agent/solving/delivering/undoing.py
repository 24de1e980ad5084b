"""Taking back what a run wrote: its patch out of the tree, or the branch that it made; exactly, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs import Kept
from fixbot_agent.schemas import Json
from fixbot_agent.solving.delivering import applying, filling
from fixbot_agent.solving.delivering.applying import Change, current, digest
from fixbot_repair.candidates import diff
from fixbot_repair.errors import DirtyTree, GitError, PatchError
from fixbot_repair.git import Repository


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: `files` of the tree, or a `branch`."""

    files: tuple[str, ...] = ()
    branch: str = ""


def written_to(kept: Kept) -> Path:
    """Effect: reads the run. The folder that it wrote to last, the one that it was about where it wrote nothing."""
    return Path(str((_written(kept) or {}).get("to") or kept.root))


def undo(kept: Kept, root: Path, state: Path) -> Undone:
    """Effect: take back what `kept` wrote last to the repository at `root` and has not taken back.

    Raises UsageFailure where it wrote nothing, DirtyTree or GitError where somebody has gone on with it since; nothing is changed then.
    """
    written = _written(kept)
    if written is None:
        raise UsageFailure(
            f"nothing that the run {kept.id} wrote is left to take back", "'fixbot runs show' tells what it did"
        )
    branch, commit = str(written.get("branch", "")), str(written.get("commit", ""))
    if branch:
        Repository.open(root).drop_branch(branch, commit)
        return Undone(branch=branch)
    changes = _back(kept, root)
    applying.check(root, changes, allow_dirty=True, allow_tests=True)
    applying.write(root, changes, state)
    return Undone(tuple(c.path for c in changes))


def _written(kept: Kept) -> Mapping[str, Json] | None:
    last = None
    for event in kept.events():
        last = event if event.get("kind") == "applied" else None if event.get("kind") == "undone" else last
    return last


def _back(kept: Kept, root: Path) -> tuple[Change, ...]:
    """The changes that lead back to what the files were. Raises DirtyTree for a file that is no longer what was written."""
    stored = kept.kept("patch.json") or {}
    before, after = stored.get("before"), stored.get("after")
    if not isinstance(before, Mapping):
        raise UsageFailure(
            f"the run {kept.id} did not keep what it wrote", f"by hand: git apply -R {kept.folder / 'patch.diff'}"
        )
    now = {path: current(root, path) for path in before}
    for path, data in now.items():
        if isinstance(after, Mapping) and digest(data) != after.get(path):
            by_hand = "" if filling.lacks(kept) else f"; by hand: git apply -R --3way {kept.folder / 'patch.diff'}"
            raise DirtyTree(f"{path} has changed since the run wrote it", f"look at 'git diff {path}'{by_hand}")
    was = _was(kept, now)
    for path in before:
        if digest(was.get(path)) != before[path]:
            was[path] = _committed(root, path)
        if digest(was.get(path)) != before[path]:
            raise PatchError(
                f"{path} cannot be put back exactly: {_why_not(kept)}",
                f"nothing was changed; look at 'git diff {path}'",
            )
    return tuple(Change(path, now[path], was.get(path)) for path in before)


def _was(kept: Kept, now: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """What the files were, by the kept patch; none of them where it leaves out a key that they do not hold."""
    try:
        reverse = tuple(reversed_of(d) for d in filling.parsed(kept))
        there = {path: data for path, data in now.items() if data is not None}
        return dict(diff.apply(filling.filled(reverse, now), there))
    except PatchError:
        if filling.lacks(kept):
            return {}
        raise


def _why_not(kept: Kept) -> str:
    if filling.lacks(kept):
        return f"{filling.LACKS}, and the last commit holds something else"
    return "it has changed since"


def _committed(root: Path, path: str) -> bytes | None:
    """Effect: asks git. The file as the last commit has it, None where it has none."""
    try:
        repository = Repository.open(root)
        wanted = [f for f in repository.files(repository.head) if f.path == path and f.is_regular]
        return next((data for _, data in repository.contents(wanted)), None)
    except GitError:
        return None


def reversed_of(change: diff.FileDiff) -> diff.FileDiff:
    """The diff that takes `change` back."""
    hunks, shift = [], 0
    for hunk in change.hunks:
        at = (hunk.start - 1 if hunk.old else hunk.start) + shift
        hunks.append(diff.Hunk(at + 1 if hunk.new else at, hunk.new, hunk.old))
        shift += len(hunk.new) - len(hunk.old)
    return diff.FileDiff(change.path, tuple(hunks), change.deleted, change.created)
