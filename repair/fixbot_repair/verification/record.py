"""What trials came to, kept on disk as they are made, so that none is made twice: not after a crash, not by another process.

A line a trial, keyed by all that a verdict hangs on: the project's files, its environment, how its tests are run, which of
them are to be mended, and the files after the candidate. Contents are not kept, only their digest.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.environment import Environment
from fixbot_repair.verification.verdict import Trial, Verdict
from fixbot_repair.workspace import Workspace

_VERSION = "2"  # goes up when a verdict comes to mean something else
_SYNCED_EVERY = 1.0  # seconds that a crash of the machine (not of the process) may lose
_LONGEST_WHY = 500
_MOST_TESTS = 20  # that are named

Contents = Mapping[str, bytes | None]


class Record:
    """The trials on `ground` (a digest of what they stand on) in `file`; those of other grounds in it are left alone.

    May be told by several threads. A file that cannot be written costs the record, not the search; `lost` says why. `clean` is
    asked what of a text may be written.
    """

    def __init__(self, file: Path, ground: str, clean: Callable[[str], str] = str) -> None:
        """Effect: reads what is kept; a line that was cut short by a crash is left out."""
        self.lost = ""
        self._ground = ground
        self._clean = clean
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        self._known = {str(row.get("key")): row for row in _rows(file)}
        self.kept = len(self._known)
        self._out: int | None = None
        try:
            self._out = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            if not _ends_well(self._out):
                os.write(self._out, b"\n")
        except OSError as error:
            self._lose(error)

    def key(self, contents: Contents, failing: Iterable[str], *, final: bool = False, patient: bool = False) -> str:
        """The name of a trial: `contents` are the files that it changes, `failing` the tests to be mended."""
        whole = hashlib.sha256(f"{_VERSION}\0{self._ground}\0{final}\0{patient}\0".encode())
        for test in failing:
            whole.update(_counted(test.encode("utf-8", "surrogatepass")))
        for path, data in sorted(contents.items()):
            whole.update(b"-" if data is None else b"+")
            whole.update(_counted(path.encode("utf-8", "surrogatepass")) + _counted(data or b""))
        return whole.hexdigest()

    def known(self, key: str, candidate: Candidate) -> Trial | None:
        """The trial of that name, as one of `candidate`; None when there was none."""
        row = self._known.get(key)
        try:
            return _trial(row, candidate) if row else None
        except (KeyError, ValueError, TypeError):
            return None

    def keep(self, key: str, trial: Trial) -> None:
        """Effect: write a trial down, once."""
        row = {
            "key": key, "verdict": str(trial.verdict), "failed": [self._clean(t) for t in trial.failed[:_MOST_TESTS]],
            "seconds": round(trial.seconds, 4), "why": self._clean(trial.why[:_LONGEST_WHY]), "final": trial.final,
            "late": trial.late,
        }  # fmt: skip
        with self._lock:
            if key not in self._known:
                self._known[key] = row
                self._write(json.dumps(row).encode() + b"\n")

    def close(self) -> None:
        """Effect: see all of it safely on disk. Safe to call twice."""
        with self._lock:
            if self._out is not None:
                self._sync(self._out)
                os.close(self._out)
                self._out = None

    def _write(self, line: bytes) -> None:
        if self._out is None:
            return
        try:
            os.write(self._out, line)
        except OSError as error:
            self._lose(error)
        else:
            if time.monotonic() - self._synced > _SYNCED_EVERY:
                self._sync(self._out)

    def _sync(self, out: int) -> None:
        self._synced = time.monotonic()
        try:
            os.fsync(out)
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        self.lost = self.lost or f"trials are not kept: {error.strerror or error}"


def digest_of_files(workspace: Workspace, without: Iterable[str] = ()) -> str:
    """Effect: reads the start state. A digest of the files that `workspace` began with, but for those in `without`."""
    whole = hashlib.sha256()
    left_out = frozenset(without)
    for path in sorted(p for p in workspace.paths if p not in left_out):
        data = workspace.original(path)
        place = workspace.path / path
        link = str(place.readlink()) if data is None and place.is_symlink() else ""
        for part in (os.fsencode(path), os.fsencode(link), data or b""):
            whole.update(_counted(part))
    return whole.hexdigest()


def digest_of_environment(environment: Environment) -> str:
    """Effect: looks at the interpreter and its packages. A digest that changes when one of them is replaced."""
    whole = hashlib.sha256(f"{environment.python}\0{environment.version}\0".encode("utf-8", "surrogateescape"))
    for line in (*_facts(environment.python), *(f for folder in environment.site for f in _installed(folder))):
        whole.update(_counted(line.encode("utf-8", "surrogateescape")))
    return whole.hexdigest()


def _installed(folder: Path) -> Iterator[str]:
    try:
        places = sorted(folder.iterdir())
    except OSError:
        return
    for place in places:
        yield place.name
        if place.suffix in (".dist-info", ".egg-info", ".pth", ".egg-link"):
            yield from _facts(place)


def _facts(place: Path) -> Iterator[str]:
    try:
        facts = place.stat()
    except OSError:
        return
    yield f"{facts.st_size} {facts.st_mtime_ns}"


def _counted(part: bytes) -> bytes:
    """`part` behind its length, so that no two rows of parts look the same."""
    return b"%d:%b" % (len(part), part)


def _trial(row: Mapping[str, object], candidate: Candidate) -> Trial:
    failed = row["failed"]
    return Trial(
        candidate,
        Verdict(str(row["verdict"])),
        failed=tuple(map(str, failed)) if isinstance(failed, list) else (),
        why=str(row["why"]),
        final=row["final"] is True,
        late=row["late"] is True,
        remembered=True,
    )


def _rows(file: Path) -> Iterator[Mapping[str, object]]:
    try:
        lines = file.read_bytes().split(b"\n") if file.is_file() else []
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            yield row


def _ends_well(out: int) -> bool:
    size = os.fstat(out).st_size
    return not size or os.pread(out, 1, size - 1) == b"\n"
