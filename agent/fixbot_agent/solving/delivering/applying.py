"""Writing a patch into the user's tree: never over work that is not committed, all files or none, modes and bytes kept.

Before the first file is touched, what it was is written down in the user's state folder. When writing is cut short, by
an error or by the machine, the next :func:`recover` puts everything back that nobody has changed since.
"""

import base64
import glob
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.ports import Progress, Silent
from fixbot_repair import confined
from fixbot_repair.candidates import paths
from fixbot_repair.errors import DirtyTree, PatchError
from fixbot_repair.git import Repository


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one file: its own bytes `before` and `after`; None where it is absent."""

    path: str
    before: bytes | None
    after: bytes | None


def check(root: Path, changes: tuple[Change, ...], *, allow_dirty: bool, allow_tests: bool) -> None:
    """Effect: see that every change may be made to the tree at `root` as it is now.

    Raises PatchError for a path that no patch may touch, DirtyTree for a file with uncommitted work (unless allowed) or
    one that is no longer what the patch was made and verified against.
    """
    check_paths(root, changes, allow_tests=allow_tests)
    for change in changes:
        if current(root, change.path) != change.before:
            raise DirtyTree(
                f"{change.path} is not what the patch was verified against",
                "run it again on the tree as it is",
            )
    dirty = () if allow_dirty else Repository.open(root).dirty([c.path for c in changes])
    if dirty:
        raise DirtyTree(f"{', '.join(dirty)}: there is work that is not committed", "commit it, or use --allow-dirty")


def check_paths(root: Path, changes: tuple[Change, ...], *, allow_tests: bool) -> None:
    """Effect: see that no change touches a path that no patch may touch. Raises PatchError."""
    paths.check_all([c.path for c in changes], existing=Repository.open(root).tracked(), allow_tests=allow_tests)


def write(root: Path, changes: tuple[Change, ...], state: Path, progress: Progress | None = None) -> None:
    """Effect: make all of `changes`, or none. Raises PatchError when the disk refuses; nothing is changed then."""
    progress = progress or Silent()
    journal = _Journal.begin(state, root, changes)
    try:
        for number, change in enumerate(changes):
            progress.step("writing", number, len(changes))
            _put(root, change.path, change.after)
    except BaseException as error:
        journal.undo()
        journal.end()
        if isinstance(error, (OSError, PatchError)):
            raise PatchError(
                f"nothing was changed: {error}", "make room and the files writable, and try again"
            ) from error
        raise
    journal.end()


def recover(root: Path, state: Path) -> list[str]:
    """Effect: undo what an earlier run left half written in `root`; returns what was done, in words."""
    done = []
    for journal in _Journal.unfinished(state, root):
        done += journal.undo()
        journal.end()
    return done


def branch(root: Path, name: str, changes: tuple[Change, ...], message: str, base: str = "") -> str:
    """Effect: commit `changes` as a new branch `name` on top of `base` (HEAD); the checkout stays as it is."""
    return Repository.open(root).commit_to_branch(name, {c.path: c.after for c in changes}, message, base)


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    mode: int  # 0: the file was not there
    before: bytes
    after: str  # digest of what is written; "" for a deleted file


@dataclass(frozen=True, slots=True)
class _Journal:
    """What the files were. `file` is where that is written down; None where the state folder cannot be written."""

    root: Path
    entries: tuple[_Entry, ...]
    file: Path | None

    @classmethod
    def begin(cls, state: Path, root: Path, changes: tuple[Change, ...]) -> "_Journal":
        entries = tuple(_Entry(c.path, _mode(root / c.path), c.before or b"", digest(c.after)) for c in changes)
        folder, name = state / "journal", f"{secrets.token_hex(8)}.json"
        try:
            if state.resolve().is_relative_to(root):
                return cls(root, entries, None)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            confined.replace(folder, name, _written(root, entries), 0o600)
        except (OSError, PatchError):
            return cls(root, entries, None)  # undoing after an error is still to be had, after a crash it is not
        return cls(root, entries, folder / name)

    @classmethod
    def unfinished(cls, state: Path, root: Path) -> Iterator["_Journal"]:
        for file in sorted((state / "journal").glob("*.json")):
            journal = _read(file)
            if journal is not None and journal.root == root:
                yield journal

    def undo(self) -> list[str]:
        """Effect: put back every file that holds what we wrote; a file that somebody changed since stays."""
        return [said for entry in self.entries if (said := self._undone(entry))]

    def _undone(self, entry: _Entry) -> str:
        try:
            _drop_unfinished(self.root / entry.path)
            now = current(self.root, entry.path)
            if (digest(now), now or b"") == (digest(entry.before if entry.mode else None), entry.before):
                return ""
            if digest(now) != entry.after:
                return f"{entry.path} was left half way and changed since: look at it"
            _put(self.root, entry.path, entry.before if entry.mode else None, entry.mode or None)
        except (OSError, PatchError) as error:
            return f"{entry.path} could not be put back: {error}"
        return f"{entry.path} was put back after a run that was cut short"

    def end(self) -> None:
        if self.file is not None:
            self.file.unlink(missing_ok=True)


def _written(root: Path, entries: tuple[_Entry, ...]) -> bytes:
    rows = [
        {"path": e.path, "mode": e.mode, "before": base64.b64encode(e.before).decode(), "after": e.after}
        for e in entries
    ]
    return json.dumps({"schema": 1, "root": str(root), "entries": rows}).encode()


def _read(file: Path) -> _Journal | None:
    try:
        stored = json.loads(file.read_bytes())
        rows: list[Mapping[str, str | int]] = stored["entries"]
        entries = tuple(
            _Entry(str(r["path"]), int(r["mode"]), base64.b64decode(str(r["before"])), str(r["after"])) for r in rows
        )
        return _Journal(Path(stored["root"]), entries, file)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def current(root: Path, path: str) -> bytes | None:
    """Effect: the file's bytes as they are; None where there is none. Raises PatchError for what is no plain file of the project."""
    return confined.read(root, path) if os.path.lexists(root / path) else None


def _put(root: Path, path: str, data: bytes | None, mode: int | None = None) -> None:
    if data is None:
        confined.remove(root, path)
    else:
        confined.replace(root, path, data, mode)


def _drop_unfinished(place: Path) -> None:
    """Effect: remove what :func:`confined.replace` left beside `place` when it was killed."""
    for left in place.parent.glob(f".{glob.escape(place.name)}.*.fixbot"):
        left.unlink(missing_ok=True)


def _mode(place: Path) -> int:
    try:
        return stat.S_IMODE(place.lstat().st_mode)
    except FileNotFoundError:
        return 0


def digest(data: bytes | None) -> str:
    """A short name for a content; "" for an absent file."""
    return "" if data is None else hashlib.blake2b(data, digest_size=16).hexdigest()
