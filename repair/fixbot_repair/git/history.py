"""The eyes' history port, filled by git: commits as a stream, and patches of the few that are asked for."""

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from fixbot_analysis.history import PATCHED, ProjectHistory, is_kept
from fixbot_analysis.ports import Change, FilePatch, Hunk, Progress
from fixbot_repair import temporary
from fixbot_repair.errors import GitError
from fixbot_repair.git.command import SECONDS, Process, Runner
from fixbot_repair.git.discovery import find
from fixbot_repair.git.objects import FileAt, contents
from fixbot_repair.git.repository import Repository
from fixbot_repair.git.snapshot import git_dir_of

log = logging.getLogger(__name__)

MOST_COMMITS = 100_000  # about a minute; newest first; what lies further back says little about a bug of today
_MESSAGE = 8_000  # characters
_MOST_PATHS = 5_000  # of one commit
_RECORD = 4 * 1024 * 1024  # bytes that git may say of one commit; the rest is not read
_PATCH = 256 * 1024
_CHUNK = 1 << 20
_BATCH = 400  # commits whose patches are held at once
_LARGE = "256k"  # a larger file is data to git: no diff of it is made

# Whatever a repository's configuration says of how history is shown is said again here.
_SHOWN = (
    "--no-walk=unsorted", "--stdin", "-z", "--raw", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color",
    "--ignore-submodules=all", "-O/dev/null", "--no-show-signature", "--no-notes", "--no-mailmap",
    "--no-decorate", "--encoding=UTF-8", "--diff-merges=off", "--diff-algorithm=myers",
)  # fmt: skip
_RENAMES = ("-M", "-l400")
_HUNKS = ("-p", "-U0", "--inter-hunk-context=0", "--no-indent-heuristic", "--diff-filter=MR")


class GitHistory:
    """The history of one repository as of one commit. Fills ``fixbot_analysis.ports.History``; see there.

    With `folder` (POSIX, ``""`` or ending in /) only what lies below it counts, and paths are relative to it.
    """

    def __init__(self, git: Runner, common: Path, head: str, folder: str = "") -> None:
        self._git = git
        self._common = common
        self._head = head
        self._folder = folder

    @classmethod
    def open(cls, path: Path, at: str = "") -> "GitHistory":
        """Effect: the history of the folder `path` of a repository, as of the revision `at` (HEAD). Raises GitError."""
        git, common, folder = _placed(path)
        return cls(git, common, _resolved(git, common, at), folder)

    @classmethod
    def headless(cls, path: Path) -> "GitHistory":
        """Effect: the same without a head, for its identity alone: git is not asked."""
        git, common, folder = _placed(path)
        return cls(git, common, "", folder)

    @classmethod
    def bare(cls, git_dir: Path, at: str = "") -> "GitHistory":
        """Effect: the same for a repository named by its git folder, bare or not."""
        common = git_dir_of(git_dir)
        Repository.bare(common)  # raises where it is none
        git = Runner(common)
        return cls(git, common, _resolved(git, common, at))

    @property
    def identity(self) -> str:
        """Where the repository is, and how shallow: a commit at which a clone was cut off seems to add every file."""
        shallow = self._common / "shallow"
        cut = shallow.read_bytes() if shallow.is_file() else b""
        place = f"{self._common}\0{self._folder}\0".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(place + cut, digest_size=16).hexdigest()

    @property
    def head(self) -> str:
        """Id of the commit that it is seen from; ``""`` before the first one."""
        return self._head

    def ids(self, known: str = "") -> tuple[str, ...]:
        """Effect: ids of the commits, newest first, children before parents; none that is an ancestor of `known`."""
        return self._listed(self._head, known) if self._head else ()

    def gone(self, known: str) -> tuple[str, ...] | None:
        """Effect: ids of `known` and its ancestors that are no ancestors of the head; None where `known` is lost."""
        try:
            return self._listed(known, self._head) if self._head else None
        except GitError:
            return None

    def _listed(self, head: str, without: str) -> tuple[str, ...]:
        limit = f"--max-count={MOST_COMMITS}"
        excluded = [f"^{without}"] if without else []
        out = self._git.run("rev-list", "--no-merges", "--date-order", limit, head, *excluded, "--")
        return tuple(out.decode("ascii").split())

    def changes(self, commits: Sequence[str]) -> Iterator[Change]:
        """Effect: yield the commits of these ids, in the same order."""
        done = 0
        try:
            for change in self._changes(commits, _RENAMES):
                done += 1
                yield change
        except GitError:  # a partial clone lacks the contents that tell a rename
            yield from self._changes(commits[done:], ("--no-renames",))

    def _changes(self, commits: Sequence[str], renames: Sequence[str]) -> Iterator[Change]:
        for record in self._log(commits, "%H%n%ct%n%ae%n%B", (*_SHOWN, *renames), _RECORD):
            said, _, raw = record.partition(b"\0")
            commit, seconds, author, message = said.decode("utf-8", "replace").split("\n", 3)
            paths, moved = _touched(raw)
            who = hashlib.blake2b(author.encode(), digest_size=4).hexdigest()
            yield Change(commit, _whole(seconds), message.strip()[:_MESSAGE], paths, moved, who)

    def patches(
        self, commits: Sequence[str], wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, tuple[FilePatch, ...]]]:
        """Effect: yield what each of `commits` changed in existing files whose path is `wanted`; nothing where it changed none."""
        for at in range(0, len(commits), _BATCH):
            yield from self._patched(commits[at : at + _BATCH], wanted)

    def _patched(
        self, commits: Sequence[str], wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, tuple[FilePatch, ...]]]:
        found: list[tuple[str, list[tuple[FileAt, tuple[Hunk, ...]]]]] = []
        for record in self._log(commits, "%H", (*_SHOWN, *_RENAMES, *_HUNKS), _PATCH):
            said, _, rest = record.partition(b"\0")
            found.append((said.decode("ascii"), [pair for pair in _sections(rest) if wanted(pair[0].path)]))
        files = contents(self._git, (file for _, pairs in found for file, _ in pairs))
        for commit, pairs in found:
            yield commit, tuple(FilePatch(file.path, next(files)[1], hunks) for file, hunks in pairs)

    def _log(self, commits: Sequence[str], said: str, options: Sequence[str], limit: int) -> Iterator[bytes]:
        """What git says of each commit, at most `limit` bytes: the format `said`, NUL, changed files, patches."""
        if not commits:
            return
        mark = secrets.token_hex(8)  # with the NUL in front, nothing that a commit may hold
        with temporary.file() as ids:
            ids.write("\n".join(commits).encode("ascii"))
            ids.seek(0)
            asked = ("-c", f"core.bigFileThreshold={_LARGE}", "log", f"--format=tformat:%x00{mark}{said}%x00")
            relative = f"--relative={self._folder}" if self._folder else "--no-relative"
            process = self._git.stream(*asked, *options, relative, stdin=cast("BinaryIO", ids))
            with _ended(process):
                yield from _records(process.stdout, b"\0" + mark.encode(), limit)


def past(
    folder: Path, cache: Path | None, at: str = "", progress: Progress | None = None, patched: int = PATCHED
) -> ProjectHistory:
    """Effect: the past of the project in `folder` as of `at` (HEAD), with `patched` fixes mined, kept in the folder `cache`.

    Empty, with a line in the log, where there is no repository or it cannot be read: the past is a help, not a need.
    """
    try:
        return ProjectHistory.open(GitHistory.open(folder, at), cache, progress, patched)
    except (GitError, OSError) as error:
        log.info("no history: %s", error)
        return ProjectHistory()


def kept_past(folder: Path, cache: Path) -> ProjectHistory | None:
    """Effect: :func:`past` of the project in `folder` where it was read before, with what came since but no more patches; else None."""
    try:
        known = is_kept(cache, GitHistory.headless(folder).identity)
    except GitError:
        return None
    return past(folder, cache, patched=0) if known else None


def _placed(path: Path) -> tuple[Runner, Path, str]:
    """Effect: how to ask the repository of a folder, where it keeps what all its worktrees share, and the folder below its top."""
    found = find(path)
    below = path.resolve().relative_to(found.top).as_posix()
    return Runner(found.git_dir, found.top), found.common, "" if below == "." else f"{below}/"


def _resolved(git: Runner, common: Path, at: str) -> str:
    repository = Repository(git, common)
    return repository.resolve(at) if at else repository.head


@contextmanager
def _ended(process: Process) -> Iterator[None]:
    """Effect: see to it that `process` comes to an end. Raises GitError where it failed or hung."""
    from git.exc import GitCommandError

    proc = process.proc
    timer = threading.Timer(SECONDS, proc.kill)
    timer.daemon = True
    timer.start()
    finished = False
    try:
        yield
        finished = True
        process.wait()
    except GitCommandError as error:
        raise GitError(f"git log failed: {' '.join(str(error.stderr).split())[:400]}", "run git fsck") from error
    finally:
        timer.cancel()
        if not finished:  # nobody reads on
            proc.kill()
            proc.wait()


def _records(stream: BinaryIO, mark: bytes, limit: int) -> Iterator[bytes]:
    """What stands after each `mark` of a stream, at most `limit` bytes of it, in constant memory."""
    pending, first = b"", True
    while chunk := stream.read(_CHUNK):
        *whole, pending = (pending + chunk).split(mark)
        for record in whole:
            if not first:
                yield record[:limit]
            first = False
        if len(pending) > limit + len(mark):  # the mark may have begun at its end
            pending = pending[:limit] + pending[-len(mark) :]
    if not first:
        yield pending[:limit]


def _entries(raw: bytes) -> tuple[list[tuple[bytes, bytes, bytes, bytes]], bytes]:
    """(mode, blob, old path, path) of each file that ``--raw -z`` names, and what follows them."""
    found: list[tuple[bytes, bytes, bytes, bytes]] = []
    rest = raw.lstrip(b"\0\n")
    while rest.startswith(b":"):
        parts = rest.split(b"\0", 3)
        fields = parts[0].split(b" ")
        if len(parts) < 3 or len(fields) != 5:  # cut off
            return found, b""
        moved = fields[4][:1] in (b"R", b"C")
        if moved and len(parts) < 4:
            return found, b""
        old, new = (parts[1], parts[2]) if moved else (parts[1], parts[1])
        found.append((fields[1], fields[3], old, new))
        rest = parts[3] if moved else b"\0".join(parts[2:])
    return found, rest


def _touched(raw: bytes) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    entries, _ = _entries(raw)
    pairs = [(_path(old), _path(new)) for _, _, old, new in entries[:_MOST_PATHS]]
    paths = tuple(new for _, new in pairs if new)
    return paths, tuple((old, new) for old, new in pairs if old and new and old != new)


def _sections(raw: bytes) -> Iterator[tuple[FileAt, tuple[Hunk, ...]]]:
    """Files with their hunks; git writes the patches in the order in which it has named the files."""
    entries, patch = _entries(raw)
    sections = (b"\n" + patch.lstrip(b"\0\n")).split(b"\ndiff --git ")[1:]
    for (mode, blob, _, new), section in zip(entries, sections, strict=False):
        file = FileAt(_path(new), int(mode, 8), blob.decode("ascii"))
        if file.path and file.is_regular and (hunks := tuple(_hunks(section))):
            yield file, hunks


def _hunks(section: bytes) -> Iterator[Hunk]:
    for part in ("\n" + section.decode("utf-8", "replace")).split("\n@@ -")[1:]:
        head, _, body = part.partition("\n")
        where, _, header = head.partition(" @@")
        start = where.rpartition("+")[2].partition(",")[0]
        lines = body.split("\n")
        yield Hunk(max(_whole(start), 1), _side(lines, "-"), _side(lines, "+"), header.strip())


def _side(lines: Iterable[str], sign: str) -> str:
    return "".join(line[1:] + "\n" for line in lines if line.startswith(sign))


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # a date that is none
        return 0


def _path(name: bytes) -> str:
    """A path as text; ``""`` for one that is not UTF-8, which the eyes never look at."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return ""
