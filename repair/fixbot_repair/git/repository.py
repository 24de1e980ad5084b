"""A repository: what is in it, what changed, a fresh clone of it, a commit on a branch of its own."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from fixbot_analysis.ports import Change
from fixbot_repair.errors import GitError
from fixbot_repair.git.blame import BlamedLine, blame, written
from fixbot_repair.git.command import FLAGS, Runner, check_path, check_ref
from fixbot_repair.git.discovery import find, is_git_dir
from fixbot_repair.git.objects import SYMLINK, FileAt, blob_id, contents, files, names
from fixbot_repair.git.writing import check_branch, commit

LOOKING = 60.0  # seconds that git may look through a working tree
_READING = 20.0  # seconds that it may read its settings

_DIFF = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--ignore-submodules=all")


class Repository:
    """A git repository, read without running anything that it configures.

    `top` is the working tree's root (None for a bare one). Paths are POSIX, relative to it.
    """

    def __init__(self, runner: Runner, common: Path) -> None:
        self._git = runner
        self._common = common

    @classmethod
    def open(cls, path: Path) -> "Repository":
        """Effect: open the repository that `path` lies in. Raises GitError with what to do when there is none."""
        found = find(path)
        return cls(Runner(found.git_dir, found.top), found.common)

    @classmethod
    def bare(cls, git_dir: Path) -> "Repository":
        """Effect: open a repository by its git folder, bare or not; for reading commits only. Raises GitError."""
        inner = git_dir / ".git"
        folder = (inner if inner.is_dir() else git_dir).resolve()
        if not is_git_dir(folder):
            raise GitError(f"{git_dir} is not a git repository", "name the folder that holds HEAD, objects and refs")
        return cls(Runner(folder), folder)

    @property
    def top(self) -> Path:
        """Root of the working tree. Raises GitError for a repository opened as bare."""
        if self._git.top is None:
            raise GitError(f"{self._git.git_dir} has no working tree", "clone it and work there")
        return self._git.top

    @property
    def objects(self) -> tuple[Path, ...]:
        """Effect: the folders that hold its objects: its own and those it borrows from."""
        seen: list[Path] = []
        todo = [self._common / "objects"]
        while todo and len(seen) < 8:
            folder = todo.pop()
            if folder in seen or not folder.is_dir():
                continue
            seen.append(folder)
            borrowed = folder / "info" / "alternates"
            if borrowed.is_file():
                todo += [
                    (folder / line).resolve() for line in borrowed.read_text(errors="replace").splitlines() if line
                ]
        return tuple(seen)

    @property
    def head(self) -> str:
        """Effect: id of the commit that is checked out; "" before the first commit."""
        try:
            return self.resolve("HEAD")
        except GitError:
            return ""

    @property
    def branch(self) -> str:
        """Effect: name of the branch that is checked out; "" when HEAD is detached."""
        try:
            return self._git.run("symbolic-ref", "--quiet", "--short", "HEAD").decode().strip()
        except GitError:
            return ""

    def resolve(self, ref: str) -> str:
        """Effect: return the id of the commit `ref` names. Raises GitError when it names none."""
        check_ref(ref)
        try:
            out = self._git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        except GitError as error:
            raise GitError(
                f"no commit is called {ref!r}", "see `git branch -a` and `git log` for what there is"
            ) from error
        return out.decode().strip()

    def merge_base(self, one: str, other: str) -> str:
        """Effect: return the commit at which two revisions parted; "" when they share none."""
        try:
            return self._git.run("merge-base", self.resolve(one), self.resolve(other)).decode().strip()
        except GitError:
            return ""

    def index(self) -> tuple[FileAt, ...]:
        """Effect: return the files that git tracks (the index), gitlinks and symbolic links too."""
        return files(self._git.run("ls-files", "--stage", "-z"))

    def configuration(self) -> tuple[tuple[str, str], ...]:
        """Effect: return what git's configuration says here, the user's own and the repository's: (key, value), both as written."""
        out = self._git.run("config", "--list", "-z", seconds=_READING).decode("utf-8", "replace")
        ours = {(key.lower(), value) for key, value in FLAGS.items()}
        pairs = (record.partition("\n") for record in out.split("\0") if record)
        return tuple((key, value) for key, _, value in pairs if (key.lower(), value) not in ours)

    def drop_branch(self, name: str, commit: str) -> None:
        """Effect: delete the branch `name` if it still points to `commit` and is not checked out. Raises GitError otherwise."""
        ref = f"refs/heads/{check_ref(name)}"
        if self.branch == name:
            raise GitError(f"the branch {name!r} is checked out", "check out another one first: git switch -")
        try:
            self._git.run("update-ref", "-m", "fixbot", "-d", ref, commit)
        except GitError as error:
            raise GitError(
                f"the branch {name!r} is gone, or somebody went on with it",
                f"look at it: git log {name}; delete it by hand with git branch -D",
            ) from error

    def check_branch(self, name: str) -> None:
        """Effect: ask git. Raises GitError when `name` cannot name a branch, or there is one of that name."""
        check_branch(self._git, name)

    def tracked(self) -> tuple[str, ...]:
        """Effect: return the paths that git tracks, submodules left out."""
        return tuple(e.path for e in self.index() if e.is_regular or e.mode == SYMLINK)

    def untracked(self) -> tuple[str, ...]:
        """Effect: return the files that git neither tracks nor ignores; nested repositories are not entered."""
        return tuple(n for n in self._others() if not n.endswith("/"))

    def ignored(self) -> tuple[str, ...]:
        """Effect: return what git ignores; a folder that is ignored as a whole is one name that ends in ``/``."""
        return self._others("--ignored", "--directory")

    def _others(self, *options: str) -> tuple[str, ...]:
        """Effect: walk the working tree by the project's rules, whose files may be anything: git waits for ever for what a pipe never says."""
        listed = self._git.run("ls-files", "--others", "--exclude-standard", *options, "-z", seconds=LOOKING)
        return names(listed)

    def files(self, commit: str) -> tuple[FileAt, ...]:
        """Effect: return the files of a commit, gitlinks and symbolic links too."""
        return files(self._git.run("ls-tree", "-r", "-z", "--full-tree", self.resolve(commit)))

    def contents(self, wanted: Iterable[FileAt]) -> Iterator[tuple[FileAt, bytes]]:
        """Effect: yield each file with its bytes as git stores them; no filter runs, no line end is converted."""
        return contents(self._git, wanted)

    def show(self, commit: str, path: str) -> bytes:
        """Effect: return a file's bytes as they are in a commit. Raises GitError when it is not there."""
        return self._git.run("cat-file", "blob", f"{self.resolve(commit)}:{check_path(path)}")

    def dirty(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Effect: return those of `paths` that differ from HEAD in the index or on disk (line ends apart).

        git's own status would run clean filters; contents are compared here instead.
        """
        staged = {e.path: e.blob for e in self.index()}
        committed = {f.path: f for f in self.files("HEAD")} if self.head else {}
        wanted = [check_path(p) for p in paths]
        unequal = [p for p in wanted if self._is_unequal(p, staged.get(p), committed.get(p))]
        stored = {f.path: data for f, data in self.contents(committed[p] for p in unequal if p in committed)}
        return tuple(p for p in unequal if staged.get(p) != _blob(committed.get(p)) or self._differs(p, stored.get(p)))

    def _is_unequal(self, path: str, staged: str | None, committed: FileAt | None) -> bool:
        """Whether index and disk do not hold exactly the bytes that are committed (or absent, where nothing is)."""
        data = self._on_disk(path)
        if data is None or committed is None:
            return staged != _blob(committed) or (data is None) != (committed is None)
        return staged != committed.blob or blob_id(data, committed.blob) != committed.blob

    def _differs(self, path: str, stored: bytes | None) -> bool:
        data = self._on_disk(path)
        if data is None or stored is None:
            return True
        return data.replace(b"\r\n", b"\n") != stored.replace(b"\r\n", b"\n")

    def _on_disk(self, path: str) -> bytes | None:
        """Bytes as git would store them, of a link its target."""
        place = self.top / path
        if place.is_symlink():
            return os.fsencode(place.readlink())
        return place.read_bytes() if place.is_file() else None

    def diff(self, base: str, head: str, context: int = 3) -> str:
        """Effect: return the unified diff between two commits, `context` lines around each change."""
        out = self._git.run(
            "diff-tree", "-r", "-p", "--full-index", f"-U{context}", *_DIFF, self.resolve(base), self.resolve(head)
        )
        return out.decode("utf-8", "surrogateescape")

    def diff_names(self, base: str, head: str) -> tuple[str, ...]:
        """Effect: return the paths that differ between two commits, sorted."""
        return names(
            self._git.run("diff-tree", "-r", "-z", "--name-only", *_DIFF, self.resolve(base), self.resolve(head))
        )

    def changed_lines(self, base: str, head: str) -> dict[str, tuple[int, ...]]:
        """Effect: return, per path, the lines (from 1, as numbered in `head`) that are new or changed since `base`."""
        sections = ("\n" + self.diff(base, head, context=0)).split("\ndiff --git ")[1:]
        names = self.diff_names(base, head)
        return {name: tuple(_new_lines(section)) for name, section in zip(names, sections, strict=True)}

    def changes(self, limit: int) -> tuple[Change, ...]:
        """Effect: return at most `limit` commits, newest first, merges left out."""
        if not self.head:
            return ()
        out = self._git.run(
            "log", f"--max-count={int(limit)}", "--no-merges", "-z", "--name-only", "--no-show-signature",
            "--format=%x01%H%x02%ct%x02%B%x02", *_DIFF, "HEAD",
        )  # fmt: skip
        return tuple(_change(record) for record in out.decode("utf-8", "replace").split("\x01")[1:])

    def blame(self, commit: str, path: str) -> tuple[BlamedLine, ...]:
        """Effect: return the lines of a committed file, each with the commit that it came with. Raises GitError."""
        return blame(self._git, self.resolve(commit), path)

    def written(
        self, commit: str, path: str, first: int, last: int, without: Sequence[str] = ()
    ) -> tuple[BlamedLine, ...]:
        """Effect: return lines of a committed file, each with the commit that wrote it; see :func:`fixbot_repair.git.blame.written`."""
        return written(self._git, self.resolve(commit), path, first, last, without)

    def commits_of(self, path: str) -> tuple[tuple[str, int], ...]:
        """Effect: return id and time (seconds since the epoch) of each commit of HEAD's past that changed `path`, newest first."""
        if not self.head:
            return ()
        out = self._git.run("log", "--format=%H %ct", "--no-show-signature", "HEAD", "--", check_path(path)).decode()
        return tuple((line.split()[0], int(line.split()[1])) for line in out.splitlines())

    def clone_to(self, dest: Path, commit: str = "", *, checkout: bool = True) -> "Repository":
        """Effect: make a fresh repository at `dest` that borrows this one's objects, at `commit` (HEAD when "").

        Nothing of this repository's configuration, hooks or attributes comes along, and no filter runs. With
        `checkout` the commit's files are written, symbolic links and submodules left out.
        """
        dest.mkdir(parents=True, exist_ok=True)
        clone = Repository(Runner(dest / ".git", dest), dest / ".git")
        sha = self.resolve(commit) if commit else self.head
        clone._git.run("init", "--quiet", "--template=", "--initial-branch=main")
        info = dest / ".git" / "objects" / "info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "alternates").write_text(f"{self._common / 'objects'}\n")
        if sha:
            clone._git.run("update-ref", "--no-deref", "refs/heads/main", sha)
            clone._git.run("read-tree", sha)
        if sha and checkout:
            for file, data in self.contents(f for f in self.files(sha) if f.is_regular):
                target = dest / check_path(file.path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                target.chmod(file.mode & 0o777)
        return clone

    def commit_to_branch(self, name: str, changed: Mapping[str, bytes | None], message: str, base: str = "") -> str:
        """Effect: commit `changed` (None deletes) on top of `base` (HEAD) as the new branch `name`; returns its id.

        Neither the checkout nor the index of the user is touched. Raises GitError when the branch exists.
        """
        ref = check_branch(self._git, name)
        parent = self.resolve(base) if base else self.head
        before = {f.path: f for f in self.files(parent)} if parent else {}
        sha = commit(self._git, parent, before, changed, message)
        self._git.run("update-ref", "-m", "fixbot", ref, sha, "0" * len(sha))
        return sha


def _blob(file: FileAt | None) -> str | None:
    return file.blob if file else None


def _new_lines(section: str) -> Iterator[int]:
    """Lines that the hunks of one file's diff (without context) bring in."""
    for line in section.split("\n"):
        if line.startswith("@@ "):
            start, _, count = line.split(" ")[2][1:].partition(",")
            yield from range(int(start), int(start) + int(count or 1))


def _change(record: str) -> Change:
    sha, seconds, message, rest = record.split("\x02", 3)
    paths = tuple(path for path in (part.strip("\n") for part in rest.split("\0")) if path)
    return Change(sha, int(seconds), message.strip(), paths)
