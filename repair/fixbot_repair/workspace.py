"""A place to try things: a fresh clone with the project's files as they are now, gone when it is closed."""

import os
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from fixbot_repair import confined, temporary
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure, RepairError
from fixbot_repair.git import Repository
from fixbot_repair.sandbox import Limits, Policy, Sandbox
from fixbot_repair.startstate import StartState

GUEST = Path(__file__).parent / "guest"
_LARGEST = 256 << 20  # bytes of one file
_MOST_BYTES = 8 << 30
_MOST_IGNORED = (5_000, 512 << 20)  # files, bytes
# What a build leaves in the tree, ignored by git, that tests cannot do without.
_NEEDED_SUFFIXES = (".so", ".pyd", ".dylib")
_NEEDED_NAMES = ("version.py", "_version.py", "__version__.py", "_version_info.py", "_generated_version.py")


@dataclass(slots=True)
class Workspace:
    """A private copy of a project. `path` is its folder on the host, `root` the project's own; a context manager.

    `notes` says what was left out and why. Nothing that happens in it reaches the project.
    """

    root: Path
    path: Path
    environment: Environment
    sandbox: Sandbox
    base: str
    repository: Repository
    notes: tuple[str, ...] = ()
    _folder: temporary.Folder | None = None
    _start: StartState = field(init=False)
    over: threading.Event = field(default_factory=threading.Event)  # while it is set, no command runs in it

    @classmethod
    def create(
        cls,
        root: Path,
        environment: Environment,
        sandbox: Sandbox,
        base: str = "",
        overlay: Mapping[str, bytes] | None = None,
    ) -> "Workspace":
        """Effect: clone the repository that `root` lies in, into a private folder below the system's temporary one.

        With `base` "" it holds the regular files that git tracks or does not ignore as they are on disk now, else
        those of that commit; `overlay` (path -> bytes) is laid over either. Raises GitError, EnvironmentFailure.
        """
        repository = Repository.open(root)
        commit = repository.resolve(base) if base else ""
        folder = temporary.Folder()
        try:
            workspace = cls(
                repository.top, folder.path / "tree", environment, sandbox, commit, repository, _folder=folder
            )
            workspace._fill(overlay or {})
        except OSError as error:
            folder.close()
            raise _no_room(folder.path.parent, error) from error
        except BaseException:
            folder.close()
            raise
        return workspace

    def clone(self) -> "Workspace":
        """Effect: make another workspace with the same start state. Raises GitError, EnvironmentFailure."""
        folder = temporary.Folder()
        try:
            other = Workspace(
                self.root, folder.path / "tree", self.environment, self.sandbox, self.base, self.repository,
                self.notes, _folder=folder,
            )  # fmt: skip
            other.path.mkdir()
            other._start = StartState(other.path, folder.path / "start")
            self.repository.clone_to(other.path, self.base, checkout=False)
            self._start.copy_to(other._start)
        except OSError as error:
            folder.close()
            raise _no_room(folder.path.parent, error) from error
        except BaseException:
            folder.close()
            raise
        return other

    @property
    def seen_at(self) -> Path:
        """Where commands in the sandbox see it: the project's own path where the sandbox can do that."""
        return self.sandbox.where(self.policy())

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of the start state."""
        return self._start.paths

    def read(self, path: str) -> bytes:
        """Effect: return a file's bytes as they are now. Raises PatchError when there is no such plain file."""
        return confined.read(self.path, path)

    def write(self, files: Mapping[str, bytes | None]) -> None:
        """Effect: replace, make or (None) delete files. Raises PatchError for a path that leaves the workspace."""
        for path in files:
            confined.check(path)
        for path, data in files.items():
            self._start.touch(path)
            if data is None:
                confined.remove(self.path, path)
            else:
                confined.write(self.path, path, data)

    def original(self, path: str) -> bytes | None:
        """Effect: return the bytes a file had at the start, None when it was not there."""
        return self._start.original(path)

    def changed(self) -> frozenset[str]:
        """Effect: return the files that differ from the start state, whoever changed them."""
        return self._start.changed()

    def restore(self, paths: frozenset[str]) -> None:
        """Effect: put these files back to their start state (one that was not there is removed)."""
        self._start.restore(paths)

    def reset(self) -> frozenset[str]:
        """Effect: restore the start state exactly; returns what had changed."""
        return self._start.restore()

    def policy(self, limits: Limits | None = None, **environment: str) -> Policy:
        """What a command in this workspace may see and do; `environment` are further variables."""
        here = self.environment
        variables = {
            "PATH": os.pathsep.join([str(here.bin), "/usr/local/bin", "/usr/bin", "/bin"]),
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",  # a stale .pyc hides an edit of the same length in the same second
            "PYTHONNOUSERSITE": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            **environment,
        }
        return Policy(
            workdir=self.path,
            mount_at=self.root,
            readable=(*here.readable, GUEST, *self.repository.objects),
            environment=variables,
            limits=limits or Limits(),
            over=self.over,
        )

    def close(self) -> None:
        """Effect: delete everything. Safe to call twice."""
        self._start.close()
        if self._folder:
            self._folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _fill(self, overlay: Mapping[str, bytes]) -> None:
        self.path.mkdir()
        self._start = StartState(self.path, self.path.with_name("start"))
        self.repository.clone_to(self.path, self.base, checkout=False)
        for place in self.environment.readable:
            if place.is_relative_to(self.root) and place != self.root:  # an environment in the project is seen there
                self._start.lay_folder(place.relative_to(self.root).as_posix())
        notes = list(self._lay_commit() if self.base else self._lay_tree())
        notes += [f"{path}: the link leaves the project" for path in self._start.drop_links_that_leave()]
        for path, data in overlay.items():
            confined.check(path)
            self._start.lay(path, data, 0o644)
        self.notes = tuple(notes)

    def _lay_commit(self) -> Iterator[str]:
        """Lay the files of the base commit; yields what was left out and why."""
        for file, data in self.repository.contents(self.repository.files(self.base)):
            if file.is_regular:
                self._start.lay(file.path, data, file.mode & 0o777)
            elif not self._start.lay_link(file.path, os.fsdecode(data)):
                yield f"{file.path}: the link leaves the project"
            self._check_room()

    def _lay_tree(self) -> Iterator[str]:
        """Lay the files as they are on disk now; yields what was left out and why."""
        inside: dict[Path, bool] = {}
        top = self.repository.top
        for path in (*self.repository.tracked(), *self.repository.untracked(), *built(self.repository)):
            place = top / path
            parent = place.parent
            if parent not in inside:
                inside[parent] = Path(os.path.realpath(parent)) == parent
            if not inside[parent]:
                continue  # behind a link: git tracks such a path only as deleted
            why = self._lay_one(place, path)
            if why:
                yield f"{path}: {why}"
            self._check_room()

    def _lay_one(self, place: Path, path: str) -> str:
        """Lay one file or link from disk; returns why it was left out, "" when it was not."""
        try:
            facts = place.lstat()
            if stat.S_ISLNK(facts.st_mode):
                return self._lay_link(place, path)
            if not stat.S_ISREG(facts.st_mode):
                return "neither a file nor a link"
            if facts.st_size > _LARGEST:
                return f"larger than {_LARGEST >> 20} MiB"
            data = confined.read(self.repository.top, path)
        except FileNotFoundError:
            return ""  # tracked, and deleted in the working tree
        except (OSError, RepairError) as error:
            return str(error)
        self._start.lay(path, data, 0o755 if facts.st_mode & 0o100 else 0o644)
        return ""

    def _lay_link(self, place: Path, path: str) -> str:
        target = place.readlink()
        if target.is_absolute() and target.is_relative_to(self.root):
            target = Path(os.path.relpath(target, place.parent))
        return "" if self._start.lay_link(path, str(target)) else "the link leaves the project"

    def _check_room(self) -> None:
        if self._start.size > _MOST_BYTES:
            raise EnvironmentFailure(
                f"the project holds more than {_MOST_BYTES >> 30} GiB of files that git does not ignore",
                "add what is not source to .gitignore",
            )


def built(repository: Repository) -> Iterator[str]:
    """Effect: ask git. Ignored files of a tree that tests cannot do without: compiled extensions, generated versions, egg-info."""
    files, size = _MOST_IGNORED
    for name in repository.ignored():
        for path in _egg_info(repository.top, name) if name.endswith(".egg-info/") else (name,):
            last = path.rpartition("/")[2]
            if name.endswith(".egg-info/") or last.endswith(_NEEDED_SUFFIXES) or last in _NEEDED_NAMES:
                place = repository.top / path
                files, size = files - 1, size - (place.lstat().st_size if place.is_file() else 0)
                if files < 0 or size < 0:
                    return
                yield path


def _egg_info(top: Path, name: str) -> Iterator[str]:
    folder = top / name
    if not folder.is_symlink():
        yield from sorted(f"{name}{p.name}" for p in folder.iterdir() if p.is_file())


def _no_room(place: Path, error: OSError) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"the workspace cannot be made: {error.strerror or error}",
        f"it needs room and write access below {place}; TMPDIR names another folder",
    )
