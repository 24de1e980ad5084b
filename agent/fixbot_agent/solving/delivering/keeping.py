"""What a run keeps so that its patch can be applied later, and taken back: the files it touches, as they were and as they become."""

from collections.abc import Mapping
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs import Kept, Run
from fixbot_agent.solving.delivering import filling
from fixbot_agent.solving.delivering.applying import Change, current, digest
from fixbot_agent.solving.reporting.report import Report
from fixbot_repair.candidates import diff
from fixbot_repair.errors import DirtyTree, PatchError


def keep(run: Run, report: Report, changes: tuple[Change, ...], allow_tests: bool) -> None:
    """Effect: write report, patch and what the patch was made against into the run's folder."""
    keep_patch(run, report.patch, changes, allow_tests=allow_tests)
    run.keep("report.json", report.to_json())


def keep_patch(run: Run, patch: str, changes: tuple[Change, ...], *, allow_tests: bool) -> None:
    """Effect: write `patch`, which makes `changes`, into the run's folder, so that it can be applied and taken back."""
    run.keep("patch.diff", patch)
    before, after = {c.path: digest(c.before) for c in changes}, {c.path: digest(c.after) for c in changes}
    run.keep("patch.json", {"before": before, "after": after, "allow_tests": allow_tests})


def applied(run: Run, root: Path, changes: tuple[Change, ...], branch: str = "", commit: str = "") -> None:
    """Effect: write down that `changes` were made to the tree at `root`, or lie on `branch` as `commit`."""
    run.event("applied", to=str(root), files=[c.path for c in changes], branch=branch, commit=commit)


def already_there(kept: Kept, root: Path) -> tuple[str, ...]:
    """Effect: the files of a kept patch, where each at `root` is what the patch makes of it; none where one is not.

    Raises PatchError for what is no plain file of the project.
    """
    stored = kept.kept("patch.json") or {}
    before, after = stored.get("before"), stored.get("after")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping) or before == after:
        return ()
    paths = tuple(f.path for f in filling.parsed(kept))
    return paths if all(after.get(path) == digest(current(root, path)) for path in paths) else ()


def kept_changes(kept: Kept, root: Path) -> tuple[tuple[Change, ...], bool]:
    """Effect: the changes of a kept run for the tree at `root`, and whether they may touch tests.

    Raises UsageFailure when the run has no patch, DirtyTree when a file is no longer what the patch was made against,
    PatchError when the patch does not apply.
    """
    if not kept.patch:
        raise UsageFailure(f"the run {kept.id} has no patch", "'fixbot runs list' shows which have")
    stored = kept.kept("patch.json") or {}
    wanted = stored.get("before")
    diffs = filling.parsed(kept)
    before = {f.path: current(root, f.path) for f in diffs}
    for path, data in before.items():
        if not isinstance(wanted, Mapping) or wanted.get(path) != digest(data):
            again = {"check": "check --fix", "cover": "cover"}.get(kept.command, "solve")
            raise DirtyTree(
                f"{path} is not what the patch was verified against", f"run 'fixbot {again}' again on the tree as it is"
            )
    after = _after(kept, diffs, before, stored.get("after"))
    changes = tuple(Change(path, before[path], data) for path, data in after.items())
    return changes, stored.get("allow_tests") is True


def _after(
    kept: Kept, diffs: tuple[diff.FileDiff, ...], before: Mapping[str, bytes | None], wanted: object
) -> Mapping[str, bytes | None]:
    """What the patch makes of the files. Raises PatchError, also where that is not what the run made, for want of a key."""
    there = {path: data for path, data in before.items() if data is not None}
    if not filling.lacks(kept):
        return diff.apply(diffs, there)
    try:
        after = diff.apply(filling.filled(diffs, before), there)
    except PatchError as error:
        raise filling.lacking() from error
    if not isinstance(wanted, Mapping) or any(wanted.get(path) != digest(data) for path, data in after.items()):
        raise filling.lacking()
    return after


def whole_patch(kept: Kept, root: Path) -> str:
    """Effect: the kept patch with the keys that it leaves out, which the files at `root` hold.

    Raises PatchError or DirtyTree where they do not, or are not what it was made against.
    """
    if not filling.lacks(kept):
        return kept.patch
    changes, _ = kept_changes(kept, root)
    before = {c.path: c.before for c in changes if c.before is not None}
    return diff.unified(before, {c.path: c.after for c in changes if c.after is not None})
