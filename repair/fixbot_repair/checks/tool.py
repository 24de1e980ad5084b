"""What a checking tool is, what it is handed, and the one way its process is started."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from fixbot_analysis.source import Document
from fixbot_analysis.source.languages import language_of
from fixbot_repair import temporary
from fixbot_repair.checks.finding import Feedback
from fixbot_repair.environment import Environment
from fixbot_repair.errors import CheckFailed, EnvironmentFailure
from fixbot_repair.sandbox import Completed, Limits, Policy, Sandbox

PYTHON = frozenset({"python"})
_OUTPUT_BYTES = 256 << 20  # thousands of findings are no reason to lose them


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that sources are compiled with; `version` is (major, minor), `readable` the folders it needs."""

    python: Path
    version: tuple[int, int]
    readable: tuple[Path, ...] = ()

    @classmethod
    def own(cls) -> "Interpreter":
        """The one that fixbot runs in."""
        return cls(Path(sys.executable), sys.version_info[:2])

    @classmethod
    def of(cls, environment: Environment) -> "Interpreter":
        """The project's: the program itself, outside the project, that its virtual environment stands on."""
        return cls(environment.python.resolve(), environment.version[:2], environment.readable)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be checked: `documents` by path relative to `root`.

    `overlaid` names those whose text is not what the file on disk holds (open buffers, other encodings).
    `trusted` lets the project's own configuration of linters and Semgrep count. `target` is the Python that the
    code is written for, (major, minor); `interpreter` is the one that compiles it, `environment` the project's Python
    with its packages, None where none was found. `buffers` are all documents that stand for a file as it is not on disk,
    for tools that look at the whole project. `versions` says of documents that are a version of a file which path that has
    in the project: configuration goes by it.
    """

    root: Path
    documents: Mapping[str, Document]
    sandbox: Sandbox
    overlaid: frozenset[str] = frozenset()
    trusted: bool = False
    interpreter: Interpreter = field(default_factory=Interpreter.own)
    target: tuple[int, int] = sys.version_info[:2]
    environment: Environment | None = None
    buffers: Mapping[str, Document] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def of_languages(self, languages: frozenset[str]) -> "Request":
        """The same for the documents in these languages alone; one that is no source by its name counts as Python."""
        mine = {p: d for p, d in self.documents.items() if (language_of(p) or "python") in languages}
        return self if len(mine) == len(self.documents) else replace(self, documents=mine)


class Tool(Protocol):
    """One tool behind one shape. What it cannot check it says in `Feedback.problems`.

    One that judges each file by itself may say so by an attribute `per_file`: many versions of a file are then handed to
    it at once (:func:`is_per_file`).
    """

    @property
    def name(self) -> str:
        """As findings and ``--only`` name it."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Names of the languages whose files it is handed."""
        ...

    def check(self, request: Request) -> Feedback:
        """Effect: run the tool. Raises CheckFailed when it is missing or breaks."""
        ...


def is_per_file(tool: Tool) -> bool:
    """Whether what `tool` says of a file hangs on no other file that it is handed."""
    return bool(getattr(tool, "per_file", False))


def own_folders() -> tuple[Path, ...]:
    """Folders that fixbot's own interpreter and tools live in."""
    package = Path(__file__).parents[1]
    return tuple(dict.fromkeys(Path(p) for p in (sys.prefix, sys.base_prefix, package)))


@contextmanager
def scratch() -> Iterator[Path]:
    """Effect: a private folder that is gone afterwards. Raises CheckFailed when there is no room for one."""
    try:
        folder = temporary.Folder()
    except EnvironmentFailure as error:
        raise CheckFailed(f"no scratch folder: {error.message}", error.hint) from error
    with folder:
        yield folder.path


def write(folder: Path, documents: Mapping[str, Document]) -> None:
    """Effect: write `documents` (UTF-8) below `folder`. Raises CheckFailed when the disk is full or refuses."""
    try:
        for path, document in documents.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(document.data)
    except OSError as error:
        raise CheckFailed(f"cannot write to {folder}: {error.strerror}", "free some space, or set TMPDIR") from error


def run(
    sandbox: Sandbox,
    argv: Sequence[str],
    workdir: Path,
    *,
    readable: Sequence[Path] = (),
    stdin: bytes = b"",
    seconds: float = 120.0,
    memory_bytes: int = 4 << 30,
    environment: Mapping[str, str] | None = None,
) -> Completed:
    """Effect: run a tool in `workdir` with nothing of the host's environment; `environment` is more than the usual.

    Raises SandboxError when the sandbox breaks, CheckFailed when there is more output than can be kept.
    """
    limits = Limits(
        wall_seconds=seconds, cpu_seconds=seconds * 4, output_bytes=_OUTPUT_BYTES, memory_bytes=memory_bytes
    )
    policy = Policy(workdir, readable=tuple(dict.fromkeys((*own_folders(), *readable))), limits=limits)
    variables = _environment(str(sandbox.where(policy))) | dict(environment or {})
    completed = sandbox.run(argv, replace(policy, environment=variables), stdin)
    if completed.output_cut:
        raise CheckFailed(f"it wrote more than {_OUTPUT_BYTES >> 20} MB", "check fewer files at once")
    return completed


def _environment(home: str) -> dict[str, str]:
    import certifi

    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_CACHE_HOME": home,
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        # Semgrep wants trust anchors even where it may not reach anything.
        "SSL_CERT_FILE": certifi.where(),
    }


def json_of(completed: Completed) -> object:
    """The JSON document that a tool wrote. Raises CheckFailed, with its last words, when it did not."""
    try:
        return json.loads(completed.stdout)
    except ValueError:
        raise CheckFailed(
            f"it broke: {last_words(completed)}", "run 'fixbot doctor'; the other checks are not affected"
        ) from None


def last_words(completed: Completed) -> str:
    """Why a tool broke: it took too long, the first line of its stderr, or its exit status."""
    if completed.timed_out:
        return f"it took more than {completed.seconds:.0f} s"
    lines = [s.strip() for s in completed.stderr.decode("utf-8", "replace").splitlines() if s.strip()]
    return lines[0][:300] if lines else f"exit status {completed.returncode}"
