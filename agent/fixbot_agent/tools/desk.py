"""What the tools work on: a private copy of the project, its tests, its symbols."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from fixbot_agent.runs import masks
from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.tools.already import Already, digest
from fixbot_agent.tools.equipment import Equipment
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import FileFacts, Symbol
from fixbot_repair.candidates import paths
from fixbot_repair.checks import Feedback
from fixbot_repair.errors import PatchError

_SECRET_NAMES = (
    ".env",
    ".envrc",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    "credentials",
    "id_rsa",
    "id_ed25519",
)
_SECRET_SUFFIXES = (".pem", ".key", ".p12", ".pfx", ".keystore", ".jks")
SCRATCH = "fixbot_scratch_test.py"  # a model's own test file: it may be written and run, and is part of no patch


class Files(Protocol):
    """The private copy; ``fixbot_repair.workspace.Workspace`` is one."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of the start state."""
        ...

    def read(self, path: str) -> bytes:
        """Effect: a file's bytes. Raises PatchError when there is no such plain file."""
        ...

    def original(self, path: str) -> bytes | None:
        """Effect: the bytes that a file had at the start, None when it was not there."""
        ...

    def write(self, files: Mapping[str, bytes | None]) -> None:
        """Effect: replace, make or (None) remove files."""
        ...


class TestBench(Protocol):
    """Runs the project's tests in the private copy."""

    def run(self, ids: Sequence[str] | None = None, *, output: Sequence[str] = ()) -> Feedback:
        """Effect: run the tests `ids`, all when None; those of the files `output`, and those that fail, say what they printed."""
        ...


class Symbols(Protocol):
    """Knows where things are defined; an ``Index`` of the private copy is one."""

    def symbols(self) -> Iterable[tuple[str, Symbol]]:
        """Yield (path, definition)."""
        ...

    def facts(self, path: str) -> FileFacts:
        """What one file says. Raises SourceError when it is not known."""
        ...

    def update(self, path: str, data: bytes | None) -> None:
        """Effect: the content of `path` is now `data` (UTF-8)."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """A file at one moment; `raw` is None where there is none."""

    path: str
    raw: bytes | None
    touched: bool
    created: bool


@dataclass(slots=True)
class Desk:
    """One model's place of work. `failing` are the tests to mend, `broken` all that failed at the start.

    `created` are files that were not there before; `equipment` is what there is besides files and tests; `redact` takes keys out of
    what the model is shown.
    """

    files: Files
    tests: TestBench
    symbols: Symbols
    failing: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    allow_test_edits: bool = False
    equipment: Equipment = field(default_factory=Equipment)
    redact: Redactor = field(default_factory=Redactor)
    touched: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    written: Counter[str] = field(
        default_factory=Counter
    )  # how often each file was written: what is kept of it is stale
    told: set[str] = field(default_factory=set)  # findings and notes that need not be told again
    already: Already = field(default_factory=Already)  # how tests ended on the files as they are
    shown: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # first and last lines that were looked at

    def was_seen(self, path: str, first: int = 1, last: int = 10**9) -> bool:
        """Whether any of these lines of `path` were looked at, or the file was changed."""
        return path in self.changed or any(a <= last and first <= b for a, b in self.shown.get(path, ()))

    def tested(self) -> Already:
        """Effect: reads the changed files. What is known of tests on the files as they are; a scratch test is not one of the files."""
        return self.already.at(digest([(path, self._held(path)) for path in sorted(self.changed)]))

    def _held(self, path: str) -> bytes:
        try:
            return self.files.read(path)
        except PatchError:
            return b"\0gone"

    @property
    def changed(self) -> frozenset[str]:
        """Paths of the files that were changed and belong to the patch."""
        return frozenset(p for p in self.touched if not self.is_scratch(p))

    def is_scratch(self, path: str) -> bool:
        """Whether `path` is the model's own test file, and no file of the project's."""
        return path == SCRATCH and path not in self.files.paths

    def listed(self) -> list[str]:
        """Paths of the files that may be looked at, sorted."""
        return sorted(p for p in {*self.files.paths, *self.created} if not is_secret(p))

    def document(self, path: str) -> Document:
        """Effect: read a file as text. Raises Refused with what is wrong."""
        if is_secret(path):
            raise Refused(f"{path} may hold secrets and is not shown")
        try:
            return decode(path, self.files.read(path))
        except (PatchError, SourceError) as error:
            raise Refused(f"{error.message}{self._near(path)}") from error

    def exists(self, path: str) -> bool:
        """Whether there is a file of that name."""
        return path in self.created or path in self.files.paths

    def check_writable(self, path: str) -> None:
        """Raise Refused when no patch may touch `path`."""
        if self.is_scratch(path):
            return
        try:
            paths.check_all([path], existing=self.files.paths, allow_tests=self.allow_test_edits)
        except PatchError as error:
            outdated = "; if it demands what the issue calls wrong, name it in 'outdated_tests' when you call finish"
            raise Refused(f"{error.message}{outdated if paths.is_test(path) else ''}") from error

    def unmasked(self, document: Document, data: bytes) -> bytes:
        """`data`, new content of `document`, with the keys of it that the model was not shown. Raises Refused for a mask of none."""
        try:
            return masks.restored(data.decode(), document.data.decode(), self.redact).encode()
        except masks.Masked as error:
            raise Refused(str(error)) from error

    def unmasked_part(self, document: Document, text: bytes) -> bytes:
        """What `text`, a piece of `document` as the model was shown it, is there. Raises Refused for a mask of none."""
        try:
            return masks.source_of(text.decode(), document.data.decode(), self.redact).encode()
        except masks.Masked as error:
            raise Refused(str(error)) from error

    def put(self, document: Document, data: bytes) -> None:
        """Effect: write `data` (UTF-8) as the new content of `document`. Raises Refused when its encoding lacks a character."""
        try:
            encoded = document.encode(data)
        except UnicodeEncodeError as error:
            raise Refused(
                f"{document.path} is {document.encoding} text and cannot hold {error.object[error.start]!r}"
            ) from error
        self._lay(document.path, encoded, data)

    def state(self, path: str) -> "State":
        """Effect: what is known of `path` now, for :meth:`put_back`."""
        raw = self.files.read(path) if self.exists(path) else None
        return State(path, raw, path in self.touched, path in self.created)

    def put_back(self, state: "State") -> None:
        """Effect: the file is again as it was, as if it had not been touched since."""
        self.files.write({state.path: state.raw})
        self.written[state.path] += 1
        self.symbols.update(state.path, decode(state.path, state.raw).data if state.raw is not None else None)
        if not state.touched:
            self.touched.discard(state.path)
        if not state.created:
            self.created.discard(state.path)

    def _lay(self, path: str, raw: bytes, data: bytes) -> None:
        if not self.exists(path):
            self.created.add(path)
        self.files.write({path: raw})
        self.written[path] += 1
        self.symbols.update(path, data)
        self.touched.add(path)

    def _near(self, path: str) -> str:
        name = PurePosixPath(path).name
        near = [p for p in self.listed() if PurePosixPath(p).name == name and p != path][:5]
        return f"; did you mean {', '.join(near)}?" if near else ""


def is_secret(path: str) -> bool:
    """Whether a file of this name usually holds keys: it is never shown to a model."""
    name = PurePosixPath(path.casefold()).name
    return name.startswith(".env.") or name in _SECRET_NAMES or name.endswith(_SECRET_SUFFIXES)
